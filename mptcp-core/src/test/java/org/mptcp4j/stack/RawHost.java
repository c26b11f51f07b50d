package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * The other end of a stack's link, in the hands of a test: single packets in, single packets out.
 */
final class RawHost {
  private final PacketProcessor stack;
  private final PacketBatch in = new PacketBatch(1);
  private final PacketBatch out = new PacketBatch(1);
  private final RxSegment seen = new RxSegment();

  RawHost(PacketProcessor stack) {
    this.stack = stack;
  }

  /** A segment from {@code from} to {@code to}; the rest is the caller's. */
  static TxSegment segment(String from, int fromPort, String to, int toPort) {
    TxSegment segment = new TxSegment();
    return segment
        .src(IpAddress.parse(from))
        .srcPort(fromPort)
        .dst(IpAddress.parse(to))
        .dstPort(toPort);
  }

  void send(long nowNs, TxSegment segment) {
    sendUrgent(nowNs, segment, 0);
  }

  /** With an urgent pointer, which stacks of ours do not send; its flag is the caller's. */
  void sendUrgent(long nowNs, TxSegment segment, int pointer) {
    Packet sent = new Packet();
    segment.encodeInto(sent, ByteBufAllocator.DEFAULT);
    ByteBuf datagram = sent.linearize(ByteBufAllocator.DEFAULT);
    int tcp = datagram.getByte(datagram.readerIndex()) >>> 4 == 4 ? 20 : 40;
    // The checksum is partial: it does not cover the field yet.
    datagram.setShort(datagram.readerIndex() + tcp + 18, pointer);
    Packet received = in.add();
    received.header(datagram);
    received.checksum(sent.checksum());
    sent.release();
    stack.onPackets(nowNs, in);
  }

  void send(long nowNs, ByteBuf datagram) {
    in.add().header(datagram);
    stack.onPackets(nowNs, in);
  }

  /** The next packet of the stack, which must be TCP. */
  void expectSegment(long nowNs, Consumer<RxSegment> check) {
    expectPacket(
        nowNs,
        packet ->
            read(
                packet,
                verdict -> {
                  assertThat(verdict).isEqualTo(ParseVerdict.OK);
                  check.accept(seen);
                }));
  }

  private void read(Packet packet, Consumer<ParseVerdict> check) {
    ByteBuf datagram = packet.linearize(ByteBufAllocator.DEFAULT);
    try {
      check.accept(seen.parse(datagram, packet.checksum(), packet.gsoSize()));
    } finally {
      datagram.release();
    }
  }

  /** The next packet of the stack. */
  void expectPacket(long nowNs, Consumer<Packet> check) {
    stack.pollTransmit(nowNs, out);
    assertThat(out.size()).as("packets from the stack").isEqualTo(1);
    try {
      check.accept(out.get(0));
    } finally {
      out.clear();
    }
  }

  /** Takes whatever the stack has to send; how many of these segments are such. */
  int takeAll(long nowNs, Predicate<RxSegment> such) {
    int count = 0;
    stack.pollTransmit(nowNs, out);
    while (out.size() > 0) {
      boolean[] found = new boolean[1];
      read(out.get(0), verdict -> found[0] = verdict == ParseVerdict.OK && such.test(seen));
      count += found[0] ? 1 : 0;
      out.clear();
      stack.pollTransmit(nowNs, out);
    }
    return count;
  }

  /** The stack has nothing to send. */
  void expectNothing(long nowNs) {
    stack.pollTransmit(nowNs, out);
    assertThat(out.size()).as("packets from the stack").isZero();
  }
}
