package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** A link that changes one bit of what it sends, unseen by TCP's own checksum. */
final class BitFlip implements LinkDevice {
  private final LinkDevice link;
  private long payloadBefore;

  /**
   * Makes one.
   *
   * @param payloadBefore bytes of payload that leave as they are
   */
  BitFlip(LinkDevice link, long payloadBefore) {
    this.link = link;
    this.payloadBefore = payloadBefore;
  }

  @Override
  public boolean send(Packet packet) {
    int bytes = packet.pieceBytes();
    if (payloadBefore >= 0 && bytes > payloadBefore) {
      flip(packet, (int) payloadBefore);
      payloadBefore = -1;
    }
    boolean sent = link.send(packet);
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

  @Override
  public int receive(PacketBatch into) {
    return link.receive(into);
  }

  @Override
  public String name() {
    return link.name();
  }

  @Override
  public int mtu() {
    return link.mtu();
  }

  @Override
  public LinkFeatures features() {
    return link.features();
  }

  @Override
  public LinkCounters counters() {
    return link.counters();
  }

  @Override
  public void close() {
    link.close();
  }
}
