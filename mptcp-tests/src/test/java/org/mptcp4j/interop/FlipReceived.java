package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** A link that changes one bit of what it receives, unseen by TCP's own checksum. */
final class FlipReceived extends LinkInFront {
  private static final int IPV6_HEADER = 40;
  private static final int TCP = 6;

  private final int mtu;
  private long payloadBefore;

  /**
   * Changes the first bit behind so much.
   *
   * @param payloadBefore bytes of payload that come as they are
   * @param mtu what the stack believes that the link carries
   */
  FlipReceived(LinkDevice link, long payloadBefore, int mtu) {
    super(link);
    this.mtu = mtu;
    this.payloadBefore = payloadBefore;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public int receive(PacketBatch into) {
    int before = into.size();
    int count = super.receive(into);
    for (int i = before; i < into.size() && payloadBefore >= 0; i++) {
      pass(into.get(i));
    }
    return count;
  }

  private void pass(Packet packet) {
    ByteBuf datagram = packet.header();
    int ip = datagram.readerIndex();
    boolean v4 = datagram.getByte(ip) >>> 4 == 4;
    if (datagram.getByte(ip + (v4 ? 9 : 6)) != TCP) {
      return;
    }
    int tcp = ip + (v4 ? (datagram.getByte(ip) & 15) * 4 : IPV6_HEADER);
    int payload = tcp + (datagram.getUnsignedByte(tcp + 12) >>> 4) * 4;
    int bytes = datagram.writerIndex() - payload;
    if (bytes > payloadBefore) {
      int at = payload + (int) payloadBefore;
      datagram.setByte(at, datagram.getByte(at) ^ 1);
      packet.checksum(ChecksumState.VALID);
      payloadBefore = -1;
    } else {
      payloadBefore -= bytes;
    }
  }
}
