package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;

/** A link that changes one bit of what it sends, unseen by TCP's own checksum. */
final class BitFlip extends LinkInFront {
  private long payloadBefore;

  /**
   * Changes the first bit behind so much.
   *
   * @param payloadBefore bytes of payload that leave as they are
   */
  BitFlip(LinkDevice link, long payloadBefore) {
    super(link);
    this.payloadBefore = payloadBefore;
  }

  @Override
  public boolean send(Packet packet) {
    int bytes = packet.pieceBytes();
    if (payloadBefore >= 0 && bytes > payloadBefore) {
      flip(packet, (int) payloadBefore);
      payloadBefore = -1;
    }
    boolean sent = super.send(packet);
    if (sent && payloadBefore >= 0) {
      payloadBefore -= bytes;
    }
    return sent;
  }

  private static void flip(Packet packet, int at) {
    ByteBuf payload = Unpooled.directBuffer(packet.pieceBytes());
    for (int i = 0; i < packet.pieces(); i++) {
      payload.writeBytes(packet.pieceBuf(i), packet.pieceIndex(i), packet.pieceLength(i));
    }
    payload.setByte(at, payload.getByte(at) ^ 1);
    int gsoSize = packet.gsoSize();
    ChecksumState checksum = packet.checksum();
    int linkIndex = packet.linkIndex();
    ByteBuf header = packet.takeHeader();
    packet.release();
    packet.header(header);
    packet.addPiece(payload, 0, payload.readableBytes());
    payload.release();
    packet.gsoSize(gsoSize);
    packet.checksum(checksum);
    packet.linkIndex(linkIndex);
  }
}
