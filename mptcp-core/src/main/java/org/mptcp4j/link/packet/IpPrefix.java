package org.mptcp4j.link.packet;

/**
 * An address and the length of the network prefix that it lies in.
 *
 * @param address any address of the prefix, such as a host's
 * @param bits 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record IpPrefix(IpAddress address, int bits) {
  private static final int WORD = Long.SIZE;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException when it is longer than the address
   */
  public IpPrefix {
    if (bits < 0 || bits > widthOf(address)) {
      throw new IllegalArgumentException(
          "prefix length of " + address + " must be 0 to " + widthOf(address) + ", but is " + bits);
    }
  }

  /**
   * Reads {@code "10.0.1.1/24"} or {@code "fd00::1/64"}; without a length the address stands alone.
   *
   * @throws IllegalArgumentException with a message that quotes the text
   */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      IpAddress alone = IpAddress.parse(text);
      return new IpPrefix(alone, widthOf(alone));
    }
    IpAddress address = IpAddress.parse(text.substring(0, slash));
    try {
      return new IpPrefix(address, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "prefix length of \"" + text + "\" is not a number, as in 10.0.1.1/24", e);
    }
  }

  private static int widthOf(IpAddress address) {
    return address.isV4() ? Integer.SIZE : 2 * WORD;
  }

  /** How many bits tell the hosts of the prefix from each other. */
  public int hostBits() {
    return widthOf(address) - bits;
  }

  /** Whether an address lies in the prefix. */
  public boolean contains(IpAddress other) {
    return other.isV4() == address.isV4()
        && ((other.hi() ^ address.hi()) & highMask()) == 0
        && ((other.lo() ^ address.lo()) & lowMask()) == 0;
  }

  /**
   * One of the addresses of the prefix.
   *
   * @param number its host part, which must fit
   */
  public IpAddress host(int number) {
    return IpAddress.of(address.hi() & highMask(), address.lo() & lowMask() | number);
  }

  private long highMask() {
    return upper(WORD - Math.max(0, hostBits() - WORD));
  }

  private long lowMask() {
    return upper(WORD - Math.min(WORD, hostBits()));
  }

  /** The upper {@code count} bits of a word. */
  private static long upper(int count) {
    return count == 0 ? 0 : -1L << (WORD - count);
  }

  @Override
  public String toString() {
    return address + "/" + bits;
  }
}
