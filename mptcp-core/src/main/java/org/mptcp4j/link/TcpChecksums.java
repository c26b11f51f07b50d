package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.wire.InternetChecksum;

/** Writes and verifies the checksums of contiguous TCP datagrams. */
final class TcpChecksums {
  private TcpChecksums() {}

  /** Writes the header checksum of the IPv4 header at the reader index. */
  static void ipv4Header(ByteBuf b) {
    int ip = b.readerIndex();
    int length = (b.getByte(ip) & 15) * 4;
    b.setShort(ip + 10, 0);
    b.setShort(ip + 10, InternetChecksum.finish(InternetChecksum.sum(b, ip, length)));
  }

  /** Whether the IPv4 header at the reader index is intact. */
  static boolean ipv4HeaderIsValid(ByteBuf b) {
    int ip = b.readerIndex();
    return InternetChecksum.isValid(InternetChecksum.sum(b, ip, (b.getByte(ip) & 15) * 4));
  }

  /** Whether the TCP checksum of a whole, contiguous datagram is right. */
  static boolean isValid(ByteBuf b, TcpLayout layout) {
    int tcpLength = layout.ip + b.readableBytes() - layout.tcp;
    int sum = InternetChecksum.sum(b, layout.tcp, tcpLength);
    return InternetChecksum.isValid(
        InternetChecksum.add(sum, InternetChecksum.tcpPseudoHeader(b, layout.v4, tcpLength)));
  }
}
