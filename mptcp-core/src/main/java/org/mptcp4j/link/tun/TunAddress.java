package org.mptcp4j.link.tun;

import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;

/**
 * An address of ours on a TUN device with the prefix it shares with the kernel's side of it.
 *
 * @param prefix our address in its prefix, which has room for at least one more
 */
public record TunAddress(IpPrefix prefix) {
  /**
   * Checks the prefix length.
   *
   * @throws IllegalArgumentException when it leaves no address for the kernel's side
   */
  public TunAddress {
    if (prefix.hostBits() == 0) {
      throw new IllegalArgumentException(
          prefix
              + " is one address: take a shorter prefix, so that the kernel's side has one, too");
    }
    // RFC 3021 and RFC 6164: a prefix of two addresses has no network address
    if (prefix.hostBits() > 1 && prefix.address().equals(prefix.host(0))) {
      throw new IllegalArgumentException(
          prefix.address()
              + " is the address of the network itself: take another of its addresses, such as "
              + prefix.host(2));
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
      return new TunAddress(IpPrefix.parse(text));
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
    // RFC 3021 and RFC 6164: a prefix of two addresses has no network address
    int first = prefix.hostBits() == 1 ? 0 : 1;
    IpAddress candidate = prefix.host(first);
    return candidate.equals(local()) ? prefix.host(first + 1) : candidate;
  }

  /** The kernel's address in the prefix. */
  IpPrefix kernelPrefix() {
    return new IpPrefix(kernelSide(), prefix.bits());
  }

  /** Our address. */
  public IpAddress local() {
    return prefix.address();
  }

  @Override
  public String toString() {
    return prefix.toString();
  }
}
