package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.Pieces;

/** TCP checksums in software, for links that cannot compute or verify them. */
public final class SoftwareChecksum {
  private SoftwareChecksum() {}

  /**
   * Turns the partial checksum of a TCP packet into the full one and marks the packet {@link
   * ChecksumState#VALID}. Packets in another state, and such that are not TCP, stay as they are.
   *
   * @param packet with the IP and TCP headers in {@link Packet#header()}; payload there or in
   *     pieces; its header is written
   */
  public static void complete(Packet packet) {
    if (packet.checksum() != ChecksumState.PARTIAL) {
      return;
    }
    ByteBuf header = packet.header();
    int tcp = tcpOffset(header);
    if (tcp < 0) {
      return;
    }
    int start = header.readerIndex() + tcp;
    int length = header.readableBytes() - tcp;
    int sum = InternetChecksum.sum(header, start, length);
    for (int i = 0; i < packet.pieces(); i++) {
      ByteBuf piece = packet.pieceBuf(i);
      int part = InternetChecksum.sum(piece, packet.pieceIndex(i), packet.pieceLength(i));
      sum = InternetChecksum.combine(sum, part, length);
      length += packet.pieceLength(i);
    }
    // The field holds the pseudo header's sum, so it was counted above.
    header.setShort(start + 16, InternetChecksum.finish(sum));
    packet.checksum(ChecksumState.VALID);
  }

  /**
   * Offset of the TCP header from the start of the IP header of a packet that this stack built (no
   * IPv6 extension headers); -1 when there is none.
   */
  public static int tcpOffset(ByteBuf header) {
    int index = header.readerIndex();
    int length = header.readableBytes();
    if (length < 40) {
      return -1;
    }
    int version = header.getByte(index) >> 4;
    int offset = version == 6 ? 40 : (header.getByte(index) & 15) * 4;
    int protocol = header.getByte(index + (version == 6 ? 6 : 9));
    boolean good = version == 4 && offset >= 20 || version == 6;
    return good && protocol == RxSegment.PROTOCOL_TCP && length >= offset + 20 ? offset : -1;
  }

  static int sumPieces(Pieces pieces) {
    int sum = 0;
    int offset = 0;
    for (int i = 0; i < pieces.count(); i++) {
      int part = InternetChecksum.sum(pieces.buf(i), pieces.index(i), pieces.length(i));
      sum = InternetChecksum.combine(sum, part, offset);
      offset += pieces.length(i);
    }
    return sum;
  }
}
