package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** A link that changes one bit of what it sends or receives, unseen by TCP's own checksum. */
final class BitFlip implements LinkDevice {
  private static final int IPV6_HEADER = 40;

  private final LinkDevice link;
  private long payloadBefore;
  private long receivedBefore;

  private BitFlip(LinkDevice link, long payloadBefore, long receivedBefore) {
    this.link = link;
    this.payloadBefore = payloadBefore;
    this.receivedBefore = receivedBefore;
  }

  /**
   * One that changes what is sent.
   *
   * @param payloadBefore bytes of payload that leave as they are
   */
  static BitFlip ofSent(LinkDevice link, long payloadBefore) {
    return new BitFlip(link, payloadBefore, -1);
  }

  /**
   * One that changes what is received.
   *
   * @param payloadBefore bytes of payload that come as they are
   */
  static BitFlip ofReceived(LinkDevice link, long payloadBefore) {
    return new BitFlip(link, -1, payloadBefore);
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
    int before = into.size();
    int count = link.receive(into);
    for (int i = before; i < into.size() && receivedBefore >= 0; i++) {
      flipReceived(into.get(i));
    }
    return count;
  }

  private void flipReceived(Packet packet) {
    ByteBuf datagram = packet.header();
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getByte(ip) >>> 4 == 4;
    if (packet.pieces() > 0 || datagram.getByte(ip + (v4 ? 9 : 6)) != 6) {
      return;
    }
    int tcp = ip + (v4 ? (datagram.getByte(ip) & 15) * 4 : IPV6_HEADER);
    int payload = tcp + (datagram.getUnsignedByte(tcp + 12) >>> 4) * 4;
    int bytes = datagram.writerIndex() - payload;
    if (bytes > receivedBefore) {
      int at = payload + (int) receivedBefore;
      datagram.setByte(at, datagram.getByte(at) ^ 1);
      packet.checksum(ChecksumState.VALID);
      receivedBefore = -1;
    } else {
      receivedBefore -= bytes;
    }
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
