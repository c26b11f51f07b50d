package org.mptcp4j.tcp;

/**
 * Limits of path MTU discovery, immutable. Sizes are those of whole IP packets, in bytes.
 *
 * @param leastV4 a router's claim of less is taken for this over IPv4; IPv6 has 1280 (RFC 8200
 *     section 5)
 * @param base what is tried when larger packets seem to vanish without a word; {@link
 *     #NO_BLACK_HOLES} to leave that alone
 * @param searchAgainNs how long a size is believed before a larger one is tried (RFC 8201 section
 *     4: not under 5 minutes)
 */
public record PathMtuLimits(int leastV4, int base, long searchAgainNs) {

  /** A {@link #base} above every size: packets that vanish are not thought to be too large. */
  public static final int NO_BLACK_HOLES = 65_535;

  /**
   * 552 bytes as on Linux; 1280, which every path of IPv6 carries, tunnels of IPv4 too; and 10
   * minutes.
   */
  public static final PathMtuLimits DEFAULT = new PathMtuLimits(552, 1280, 600_000_000_000L);

  /** The defaults with another {@link #leastV4}. */
  public static PathMtuLimits withLeastV4(int bytes) {
    return new PathMtuLimits(bytes, DEFAULT.base, DEFAULT.searchAgainNs);
  }

  /** Checks every range; throws {@link IllegalArgumentException} that says what is allowed. */
  public PathMtuLimits {
    // RFC 1191 section 3: a host must never go below 68 bytes; options and data need more.
    if (leastV4 < 200 || leastV4 > 1500) {
      throw new IllegalArgumentException("leastV4 must be 200 to 1500 bytes, not " + leastV4);
    }
    // RFC 8200 section 5: there is no need to go below 1280 with IPv6.
    if (base < 1280 || base > 65_535) {
      throw new IllegalArgumentException("base must be 1280 to 65535 bytes, not " + base);
    }
    if (searchAgainNs <= 0 || searchAgainNs > Long.MAX_VALUE / 2) {
      throw new IllegalArgumentException("searchAgainNs must be positive and under 146 years");
    }
  }
}
