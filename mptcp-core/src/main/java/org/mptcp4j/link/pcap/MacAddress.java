package org.mptcp4j.link.pcap;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * An Ethernet address.
 *
 * @param bits the 48 bits, first byte highest
 */
public record MacAddress(long bits) {
  /** All stations. */
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  private static final Pattern TEXT = Pattern.compile("([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}");
  private static final long LOCAL_UNICAST = 0x0200_0000_0000L;
  private static final long GROUP = 0x0100_0000_0000L;

  /**
   * Checks the width.
   *
   * @throws IllegalArgumentException when there are more than 48 bits
   */
  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("a MAC address has 48 bits: " + Long.toHexString(bits));
    }
  }

  /**
   * Reads {@code 02:00:00:00:00:01}.
   *
   * @throws IllegalArgumentException when it does not parse
   */
  public static MacAddress parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a MAC address, such as 02:00:00:00:00:01: \"" + text + "\"");
    }
    return new MacAddress(Long.parseLong(text.replaceAll("[:-]", ""), 16));
  }

  /** A random locally administered unicast address. */
  public static MacAddress random(RandomGenerator random) {
    return new MacAddress(random.nextLong() & 0xfcff_ffff_ffffL | LOCAL_UNICAST);
  }

  /** The six bytes at {@code index}. */
  static MacAddress get(ByteBuf buf, int index) {
    return new MacAddress((long) buf.getUnsignedShort(index) << 32 | buf.getUnsignedInt(index + 2));
  }

  /** Appends the six bytes. */
  void write(ByteBuf out) {
    out.writeShort((int) (bits >>> 32)).writeInt((int) bits);
  }

  /** Whether it names one station. */
  public boolean isUnicast() {
    return (bits & GROUP) == 0 && bits != 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(String.format("%02x", bits >>> shift & 0xff)).append(shift == 0 ? "" : ":");
    }
    return text.toString();
  }
}
