package org.mptcp4j.stack;

import org.mptcp4j.link.packet.IpAddress;

/**
 * An address and the length of the network prefix it lies in.
 *
 * @param address the host's address, not the network's
 * @param bits 0 to 32 for IPv4, 0 to 128 for IPv6
 */
record Prefix(IpAddress address, int bits) {

  /**
   * Reads {@code "10.0.1.1/24"} or {@code "fd00::1/64"}; without a length the address stands alone.
   *
   * @throws IllegalArgumentException with a message that quotes the text
   */
  static Prefix parse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    int longest = address.isV4() ? 32 : 128;
    int bits = slash < 0 ? longest : parseBits(text, slash, longest);
    return new Prefix(address, bits);
  }

  private static int parseBits(String text, int slash, int longest) {
    int bits = -1;
    try {
      bits = Integer.parseInt(text.substring(slash + 1));
    } catch (NumberFormatException e) {
      // Reported below, together with lengths out of range.
    }
    if (bits < 0 || bits > longest) {
      throw new IllegalArgumentException(
          "prefix length of \"" + text + "\" must be 0 to " + longest + ", as in 10.0.1.1/24");
    }
    return bits;
  }
}
