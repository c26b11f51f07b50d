package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.wire.RxSegment;

/**
 * Where the parts of a TCP datagram lie. Reusable; total: what is not an unfragmented TCP datagram
 * is refused.
 */
final class TcpLayout {
  private static final int ANY_FRAGMENT = 0x3FFF;

  /** Index of the IP header. */
  int ip;

  /** Index of the TCP header. */
  int tcp;

  /** Index of the first byte after the TCP header. */
  int payload;

  boolean v4;

  /**
   * Finds the headers; only they need be in the buffer.
   *
   * @return false when this is no TCP over IPv4 or IPv6, a fragment, has IPv6 extension headers or
   *     is cut short
   */
  boolean parse(ByteBuf b) {
    ip = b.readerIndex();
    int available = b.readableBytes();
    if (available < 40) {
      return false;
    }
    int first = b.getUnsignedByte(ip);
    v4 = first >>> 4 == 4;
    int ipHeader = v4 ? (first & 15) * 4 : 40;
    if (v4 ? !isWholeTcpV4(b, ipHeader) : !isTcpV6(b, first)) {
      return false;
    }
    tcp = ip + ipHeader;
    if (available < ipHeader + 20) {
      return false;
    }
    int tcpHeader = (b.getUnsignedByte(tcp + 12) >>> 4) * 4;
    payload = tcp + tcpHeader;
    return tcpHeader >= 20 && available >= ipHeader + tcpHeader;
  }

  private boolean isWholeTcpV4(ByteBuf b, int ipHeader) {
    return ipHeader >= 20
        && b.getByte(ip + 9) == RxSegment.PROTOCOL_TCP
        && (b.getUnsignedShort(ip + 6) & ANY_FRAGMENT) == 0;
  }

  private boolean isTcpV6(ByteBuf b, int first) {
    return first >>> 4 == 6 && b.getByte(ip + 6) == RxSegment.PROTOCOL_TCP;
  }

  int headerBytes() {
    return payload - ip;
  }

  /** Length of the datagram by its IP header. */
  int statedLength(ByteBuf b) {
    return v4 ? b.getUnsignedShort(ip + 2) : 40 + b.getUnsignedShort(ip + 4);
  }

  /**
   * Writes the length of the datagram into its IP header; IPv4 needs {@link
   * TcpChecksums#ipv4Header} afterwards.
   */
  void stateLength(ByteBuf b, int length) {
    if (v4) {
      b.setShort(ip + 2, length);
    } else {
      b.setShort(ip + 4, length - 40);
    }
  }
}
