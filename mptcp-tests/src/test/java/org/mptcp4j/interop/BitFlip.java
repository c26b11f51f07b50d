package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;

/** A link that changes one bit of what passes in one direction, unseen by TCP's own checksum. */
final class BitFlip extends LinkInFront {
  /** What {@link Countdown#at} says when the bit is not in the packet. */
  private static final int NOWHERE = -1;

  private final RxSegment segment = new RxSegment();
  private final Countdown sent;
  private final Countdown received;

  /** Where the bit is. */
  private static final class Countdown {
    private long payloadBefore;

    Countdown(long payloadBefore) {
      this.payloadBefore = payloadBefore;
    }

    int at(int bytes) {
      return payloadBefore >= 0 && bytes > payloadBefore ? (int) payloadBefore : NOWHERE;
    }

    void passed(int bytes) {
      payloadBefore = bytes > payloadBefore ? NOWHERE : payloadBefore - bytes;
    }
  }

  /**
   * Changes the first bit behind so much that is sent.
   *
   * @param payloadBefore bytes of payload that leave as they are
   */
  BitFlip(LinkDevice link, long payloadBefore) {
    this(link, new Countdown(payloadBefore), new Countdown(NOWHERE));
  }

  private BitFlip(LinkDevice link, Countdown sent, Countdown received) {
    super(link);
    this.sent = sent;
    this.received = received;
  }

  /** Changes the first bit behind so much that is received. */
  static BitFlip ofReceived(LinkDevice link, long payloadBefore) {
    return new BitFlip(link, new Countdown(NOWHERE), new Countdown(payloadBefore));
  }

  @Override
  public boolean send(Packet packet) {
    int bytes = packet.pieceBytes();
    int at = sent.at(bytes);
    if (at != NOWHERE) {
      flip(packet, at);
    }
    boolean taken = super.send(packet);
    if (taken || at != NOWHERE) {
      sent.passed(bytes);
    }
    return taken;
  }

  @Override
  public int receive(PacketBatch into) {
    int before = into.size();
    int count = super.receive(into);
    for (int i = before; i < into.size(); i++) {
      Packet packet = into.get(i);
      if (segment.parse(packet) == ParseVerdict.OK) {
        int at = received.at(segment.payloadLength());
        if (at != NOWHERE) {
          int index = segment.payloadIndex() + at;
          segment.buf().setByte(index, segment.buf().getByte(index) ^ 1);
          packet.checksum(ChecksumState.VALID);
        }
        received.passed(segment.payloadLength());
      }
    }
    return count;
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
