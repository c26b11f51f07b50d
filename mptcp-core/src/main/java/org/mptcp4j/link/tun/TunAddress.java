package org.mptcp4j.link.tun;

import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;

/**
 * An address of ours on a TUN device with the prefix it shares with the kernel's side of it.
 *
 * @param local our address
 * @param prefix the prefix length: 0 to 31 for IPv4, 0 to 127 for IPv6
 */
public record TunAddress(IpAddress local, int prefix) {
  /**
   * Checks the prefix length.
   *
   * @throws IllegalArgumentException when it leaves no address for the kernel's side
   */
  public TunAddress {
    int width = local.isV4() ? 32 : 128;
    if (prefix < 0 || prefix >= width) {
      throw new IllegalArgumentException(
          "prefix length of "
              + local
              + " must be 0 to "
              + (width - 1)
              + ", so that the kernel's side has an address, but is "
              + prefix);
    }
    int hostBits = width - prefix;
    // RFC 3021 and RFC 6164: a prefix of two addresses has no network address
    if (hostBits > 1 && local.equals(inPrefix(local, hostBits, 0))) {
      throw new IllegalArgumentException(
          local
              + " is the address of the network itself: take another of its addresses, such as "
              + inPrefix(local, hostBits, 2));
    }
  }

  /**
   * Reads {@code 10.1.0.2/24} or {@code fd00::2/64}.
   *
   * @throws TunException with {@link TunException.Reason#BAD_ADDRESS} when it does not parse
   */
  public static TunAddress parse(String text) throws TunException {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw bad(text, "the prefix length is missing", null);
    }
    try {
      IpAddress address = IpAddress.parse(text.substring(0, slash));
      return new TunAddress(address, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw bad(text, "the prefix length is not a number", e);
    } catch (IllegalArgumentException e) {
      throw bad(text, e.getMessage(), e);
    }
  }

  private static TunException bad(String text, @Nullable String why, @Nullable Throwable cause) {
    return new TunException(
        TunException.Reason.BAD_ADDRESS,
        "not an address with prefix, such as 10.1.0.2/24 or fd00::2/64: \""
            + text
            + "\" ("
            + why
            + ")",
        cause);
  }

  /** The kernel's address: the first host address of the prefix that is not ours. */
  public IpAddress kernelSide() {
    int hostBits = (local.isV4() ? 32 : 128) - prefix;
    // RFC 3021 and RFC 6164: a prefix of two addresses has no network address
    int first = hostBits == 1 ? 0 : 1;
    IpAddress candidate = inPrefix(local, hostBits, first);
    return candidate.equals(local) ? inPrefix(local, hostBits, first + 1) : candidate;
  }

  private static IpAddress inPrefix(IpAddress local, int hostBits, int number) {
    if (local.isV4()) {
      int mask = hostBits == 32 ? 0 : -1 << hostBits;
      return IpAddress.ofV4((local.v4Bits() & mask) | number);
    }
    long highMask = hostBits >= 128 ? 0 : hostBits <= 64 ? -1L : -1L << (hostBits - 64);
    long lowMask = hostBits >= 64 ? 0 : -1L << hostBits;
    return IpAddress.of(local.hi() & highMask, (local.lo() & lowMask) | number);
  }

  @Override
  public String toString() {
    return local + "/" + prefix;
  }
}
