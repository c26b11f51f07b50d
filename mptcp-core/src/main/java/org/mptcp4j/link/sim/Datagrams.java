package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.RxSegment;

/**
 * Reads and changes the few header fields the network itself cares about, in a contiguous datagram.
 */
final class Datagrams {
  /** RFC 3168 section 5: congestion experienced. */
  private static final int CE = 3;

  private Datagrams() {}

  static boolean isV4(ByteBuf b) {
    return b.getByte(b.readerIndex()) >>> 4 == 4;
  }

  /** Whether the fixed IP header is there, so that the other methods may be used. */
  static boolean plausible(ByteBuf b) {
    int length = b.readableBytes();
    if (length < 20) {
      return false;
    }
    int version = (b.getByte(b.readerIndex()) & 0xF0) >>> 4;
    return version == 4 || (version == 6 && length >= 40);
  }

  static int ipHeaderBytes(ByteBuf b) {
    return isV4(b) ? (b.getByte(b.readerIndex()) & 15) * 4 : 40;
  }

  static boolean isTcp(ByteBuf b) {
    int at = b.readerIndex() + (isV4(b) ? 9 : 6);
    return b.getUnsignedByte(at) == RxSegment.PROTOCOL_TCP
        && b.readableBytes() >= ipHeaderBytes(b) + 20
        && (!isV4(b) || (b.getUnsignedShort(b.readerIndex() + 6) & 0x3FFF) == 0);
  }

  /** Bytes of IP and TCP header of a TCP datagram. */
  static int headerBytes(ByteBuf b) {
    int ip = ipHeaderBytes(b);
    return ip + (b.getUnsignedByte(b.readerIndex() + ip + 12) >>> 4) * 4;
  }

  /** The source (offset 0) or destination (offset 2) port of a TCP datagram. */
  static int tcpPort(ByteBuf b, int offset) {
    return b.getUnsignedShort(b.readerIndex() + ipHeaderBytes(b) + offset);
  }

  static IpAddress source(ByteBuf b) {
    int i = b.readerIndex();
    return isV4(b)
        ? IpAddress.of(0, IpAddress.v4Lo(b.getInt(i + 12)))
        : IpAddress.of(b.getLong(i + 8), b.getLong(i + 16));
  }

  static IpAddress destination(ByteBuf b) {
    return IpAddress.of(destinationHi(b), destinationLo(b));
  }

  static long destinationHi(ByteBuf b) {
    return isV4(b) ? 0 : b.getLong(b.readerIndex() + 24);
  }

  static long destinationLo(ByteBuf b) {
    int i = b.readerIndex();
    return isV4(b) ? IpAddress.v4Lo(b.getInt(i + 16)) : b.getLong(i + 32);
  }

  /** Decrements TTL or hop limit; false when the packet is to be dropped. */
  static boolean decrementHopLimit(ByteBuf b) {
    int i = b.readerIndex();
    int at = i + (isV4(b) ? 8 : 7);
    int limit = b.getUnsignedByte(at);
    if (limit <= 1) {
      return false;
    }
    b.setByte(at, limit - 1);
    if (isV4(b)) {
      // RFC 1624: HC' = ~(~HC + ~m + m'); the word that holds the TTL became smaller by 0x0100.
      int sum = (~b.getUnsignedShort(i + 10) & 0xFFFF) + 0xFEFF;
      b.setShort(i + 10, ~((sum & 0xFFFF) + (sum >>> 16)));
    }
    return true;
  }

  /** Marks a datagram that says that it may be, or is, marked. Returns whether it does. */
  static boolean mark(ByteBuf b) {
    int at = b.readerIndex();
    boolean v4 = isV4(b);
    int field = v4 ? b.getUnsignedByte(at + 1) : b.getUnsignedShort(at) >> 4;
    if ((field & CE) == 0) {
      return false;
    }
    if (v4) {
      int before = b.getUnsignedShort(at);
      b.setByte(at + 1, field | CE);
      // RFC 1624 section 3, equation 3.
      int sum = (~b.getUnsignedShort(at + 10) & 0xffff) + (~before & 0xffff);
      sum += b.getUnsignedShort(at);
      sum = (sum & 0xffff) + (sum >> 16);
      sum = (sum & 0xffff) + (sum >> 16);
      b.setShort(at + 10, ~sum);
    } else {
      b.setShort(at, b.getUnsignedShort(at) | CE << 4);
    }
    return true;
  }
}
