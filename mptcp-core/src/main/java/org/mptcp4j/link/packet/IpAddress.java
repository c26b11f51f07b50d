package org.mptcp4j.link.packet;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An immutable IPv4 or IPv6 address. IPv4 is held as an IPv4-mapped IPv6 address (RFC 4291 section
 * 2.5.5.2), so that two longs identify either kind; an IPv4-mapped address therefore always means
 * IPv4.
 */
public final class IpAddress implements Comparable<IpAddress> {
  /** The upper half of the low word of an IPv4-mapped address. */
  private static final long V4_MAPPED = 0xffffL << 32;

  private final long hi;
  private final long lo;

  private IpAddress(long hi, long lo) {
    this.hi = hi;
    this.lo = lo;
  }

  /** An IPv4 address from its 32 bits, first octet in the most significant byte. */
  public static IpAddress ofV4(int bits) {
    return new IpAddress(0, v4Lo(bits));
  }

  /** An address from the two halves that {@link #hi()} and {@link #lo()} return. */
  public static IpAddress of(long hi, long lo) {
    return new IpAddress(hi, lo);
  }

  /** The same address as a JDK one; scope ids are dropped. */
  public static IpAddress of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == 4
        ? ofV4(bytes.getInt(0))
        : new IpAddress(bytes.getLong(0), bytes.getLong(8));
  }

  /**
   * Parses a literal; never asks a name service.
   *
   * @param literal an IPv4 address in dotted form or an IPv6 address
   * @throws IllegalArgumentException when it is neither
   */
  public static IpAddress parse(String literal) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    if (bytes == null) {
      throw new IllegalArgumentException("not an IPv4 or IPv6 address: '" + literal + "'");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? ofV4(buffer.getInt(0))
        : new IpAddress(buffer.getLong(0), buffer.getLong(8));
  }

  /** The low half under which an IPv4 address is held; the high half is 0. */
  public static long v4Lo(int bits) {
    return V4_MAPPED | Integer.toUnsignedLong(bits);
  }

  /** Whether these two halves are an IPv4-mapped address. */
  public static boolean isV4(long hi, long lo) {
    return hi == 0 && lo >>> 32 == 0xffff;
  }

  /** The first eight bytes of the IPv6 form, big-endian. */
  public long hi() {
    return hi;
  }

  /** The last eight bytes of the IPv6 form, big-endian. */
  public long lo() {
    return lo;
  }

  /** Whether this is an IPv4 address. */
  public boolean isV4() {
    return isV4(hi, lo);
  }

  /**
   * Whether it can be the address of one host: not unspecified, multicast, the limited broadcast or
   * reserved. RFC 1122 section 3.2.1.3, RFC 1112 section 4, RFC 4291 section 2.4.
   */
  public boolean isUnicast() {
    if (isV4()) {
      int first = v4Bits() >>> 24;
      return first != 0 && first < 224;
    }
    return hi >>> 56 != 0xff && (hi != 0 || lo != 0);
  }

  /** Whether it never leaves a host. RFC 1122 section 3.2.1.3 (g), RFC 4291 section 2.5.3. */
  public boolean isLoopback() {
    return isV4() ? v4Bits() >>> 24 == 127 : hi == 0 && lo == 1;
  }

  /** Whether it has a meaning on one link only. RFC 3927 section 2.1, RFC 4291 section 2.5.6. */
  public boolean isLinkLocal() {
    return isV4() ? v4Bits() >>> 16 == 0xa9fe : hi >>> 54 == 0x3fa;
  }

  /** The 32 bits of an IPv4 address; meaningless for IPv6. */
  public int v4Bits() {
    return (int) lo;
  }

  /** Number of bytes of this address on the wire: 4 or 16. */
  public int byteLength() {
    return isV4() ? 4 : 16;
  }

  /** The address in network byte order, 4 or 16 bytes; a new array. */
  public byte[] toBytes() {
    if (isV4()) {
      int bits = v4Bits();
      return new byte[] {
        (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
      };
    }
    return ByteBuffer.allocate(16).putLong(hi).putLong(lo).array();
  }

  /** The same address as a JDK object. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(toBytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  /** The address with a port, as a JDK object. */
  public InetSocketAddress withPort(int port) {
    return new InetSocketAddress(toInetAddress(), port);
  }

  @Override
  public int compareTo(IpAddress other) {
    int order = Long.compareUnsigned(hi, other.hi);
    return order != 0 ? order : Long.compareUnsigned(lo, other.lo);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof IpAddress other && hi == other.hi && lo == other.lo;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hi * 0x9e3779b97f4a7c15L ^ lo);
  }

  /** The literal; IPv6 in the form of RFC 5952. */
  @Override
  public String toString() {
    return NetUtil.toAddressString(toInetAddress());
  }
}
