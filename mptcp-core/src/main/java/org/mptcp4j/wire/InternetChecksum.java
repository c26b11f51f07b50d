package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.mptcp4j.link.packet.IpAddress;

/**
 * The Internet checksum (RFC 1071): sums over buffers eight bytes at a time, their combination, and
 * incremental update (RFC 1624).
 *
 * <p>A <em>sum</em> here is a folded 16-bit one's complement sum, not complemented, as if the first
 * byte were the high half of a 16-bit word. {@link #finish} turns it into what goes into a header.
 */
public final class InternetChecksum {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW = 0xffffffffL;

  /** Shorter ranges are read through the buffer's own accessors. */
  private static final int BULK = 64;

  private InternetChecksum() {}

  /**
   * The sum over part of a buffer; an odd last byte is padded with zero. Does not move the buffer's
   * indexes.
   */
  public static int sum(ByteBuf buf, int index, int length) {
    if (length < BULK) {
      return sumShort(buf, index, length);
    }
    if (buf.hasArray()) {
      return sum(buf.array(), buf.arrayOffset() + index, length);
    }
    if (length <= BlockSum.MAX_BYTES) {
      byte[] bytes = BlockSum.ofThread().bytes(buf, index, length);
      return sum(bytes, 0, length);
    }
    int whole = length & ~3;
    int sum = swap(fold(BlockSum.ofThread().sum(buf, index, whole)));
    return add(sum, sumShort(buf, index + whole, length - whole));
  }

  /** The sum over part of an array; an odd last byte is padded with zero. */
  public static int sum(byte[] bytes, int index, int length) {
    // Four operations for eight bytes: the sum of all words wraps around, the sum of their upper
    // halves does not, and together they give the sum of the lower halves.
    long words = 0;
    long words2 = 0;
    long upper = 0;
    long upper2 = 0;
    int i = index;
    int end = index + length;
    for (; end - i >= 32; i += 32) {
      long w = (long) LONGS.get(bytes, i);
      long x = (long) LONGS.get(bytes, i + 8);
      long y = (long) LONGS.get(bytes, i + 16);
      long z = (long) LONGS.get(bytes, i + 24);
      words += w;
      upper += w >>> 32;
      words2 += x;
      upper2 += x >>> 32;
      words += y;
      upper += y >>> 32;
      words2 += z;
      upper2 += z >>> 32;
    }
    upper += upper2;
    long lower = words + words2 - (upper << 32);
    long wide = lower + upper;
    for (; end - i >= 2; i += 2) {
      wide += bytes[i] & 0xff | (bytes[i + 1] & 0xff) << 8;
    }
    if (i < end) {
      wide += bytes[i] & 0xff;
    }
    return swap(fold(wide));
  }

  /** RFC 1071 section 2 (B): the sum may be computed in either byte order. */
  private static int swap(int sum) {
    return (sum & 0xff) << 8 | sum >>> 8;
  }

  private static int sumShort(ByteBuf buf, int index, int length) {
    long a = 0;
    int i = index;
    int end = index + length;
    for (; end - i >= 8; i += 8) {
      long x = buf.getLong(i);
      a += (x & LOW) + (x >>> 32);
    }
    for (; end - i >= 2; i += 2) {
      a += buf.getUnsignedShort(i);
    }
    if (i < end) {
      a += buf.getUnsignedByte(i) << 8;
    }
    return fold(a);
  }

  /** Folds a wide sum of 16- or 32-bit big-endian words, at most 2^47, into 16 bits. */
  static int fold(long wide) {
    long a = (wide & LOW) + (wide >>> 32);
    a = (a & 0xffff) + (a >>> 16);
    a = (a & 0xffff) + (a >>> 16);
    return (int) ((a & 0xffff) + (a >>> 16));
  }

  /** The sum of two sums whose ranges both start at an even offset. */
  public static int add(int a, int b) {
    int s = a + b;
    return (s & 0xffff) + (s >>> 16);
  }

  /**
   * Appends a range to a sum.
   *
   * @param sum over the bytes before
   * @param next the sum over the range, taken on its own
   * @param offset number of bytes before the range: when odd, its bytes change halves
   */
  public static int combine(int sum, int next, int offset) {
    // RFC 1071 section 2 (B): byte order independence lets an odd part be swapped as a whole.
    return add(sum, (offset & 1) == 0 ? next : (next & 0xff) << 8 | next >>> 8);
  }

  /** The sum over a 32-bit value. */
  public static int sumOf(int value) {
    return fold(Integer.toUnsignedLong(value));
  }

  /** The sum over a 64-bit value. */
  public static int sumOf(long value) {
    return fold((value & LOW) + (value >>> 32));
  }

  /** The checksum to write into a header, from the sum over everything with the field as zero. */
  public static int finish(int sum) {
    return ~sum & 0xffff;
  }

  /** Whether the sum over everything, checksum field included, says that nothing changed. */
  public static boolean isValid(int sum) {
    return sum == 0xffff;
  }

  /**
   * The new checksum after one 16-bit word of the covered bytes changed.
   *
   * @param checksum as found in the header
   * @param oldWord the word before
   * @param newWord the word after
   */
  public static int update(int checksum, int oldWord, int newWord) {
    // RFC 1624 section 3: HC' = ~(~HC + ~m + m'), equation 3.
    long s = (~checksum & 0xffffL) + (~oldWord & 0xffffL) + (newWord & 0xffffL);
    return finish(fold(s));
  }

  /** Like {@link #update} for a 32-bit value at an even offset. */
  public static int update32(int checksum, int oldValue, int newValue) {
    int first = update(checksum, oldValue >>> 16, newValue >>> 16);
    return update(first, oldValue & 0xffff, newValue & 0xffff);
  }

  /**
   * The sum of an IPv4 or IPv6 pseudo header.
   *
   * @param srcHi with the other halves: the addresses as {@link IpAddress} holds them
   * @param protocol 6 for TCP
   * @param length of the upper-layer packet, header included, in bytes
   */
  public static int pseudoHeader(
      long srcHi, long srcLo, long dstHi, long dstLo, int protocol, int length) {
    // RFC 9293 section 3.1 (IPv4) and RFC 8200 section 8.1 (IPv6): both sum the same words once
    // folded.
    long s = protocol + (length & LOW);
    if (IpAddress.isV4(srcHi, srcLo)) {
      return fold(s + (srcLo & LOW) + (dstLo & LOW));
    }
    s += (srcHi & LOW) + (srcHi >>> 32) + (srcLo & LOW) + (srcLo >>> 32);
    s += (dstHi & LOW) + (dstHi >>> 32) + (dstLo & LOW) + (dstLo >>> 32);
    return fold(s);
  }

  /**
   * The sum of the pseudo header of a TCP datagram.
   *
   * @param datagram an IP header from its reader index on
   * @param v4 the version of that header
   * @param tcpLength TCP header and payload, in bytes
   */
  public static int tcpPseudoHeader(ByteBuf datagram, boolean v4, int tcpLength) {
    int ip = datagram.readerIndex();
    if (v4) {
      long src = IpAddress.v4Lo(datagram.getInt(ip + 12));
      long dst = IpAddress.v4Lo(datagram.getInt(ip + 16));
      return pseudoHeader(0, src, 0, dst, RxSegment.PROTOCOL_TCP, tcpLength);
    }
    return pseudoHeader(
        datagram.getLong(ip + 8),
        datagram.getLong(ip + 16),
        datagram.getLong(ip + 24),
        datagram.getLong(ip + 32),
        RxSegment.PROTOCOL_TCP,
        tcpLength);
  }
}
