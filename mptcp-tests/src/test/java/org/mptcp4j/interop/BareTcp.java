package org.mptcp4j.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * Just enough of TCP to show what a link does by itself: takes any connection, acknowledges
 * whatever comes without looking at it, and sends without end when the first byte is {@code G}.
 * Nothing is ever lost here, and nothing repaired.
 */
final class BareTcp implements PacketProcessor, AutoCloseable {
  private static final int SCALE = 10;
  private static final int SUPER = 64_000;

  private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final ByteBuf payload = allocator.directBuffer(SUPER).writeZero(SUPER);
  private final int mss;
  private final RxSegment rx = new RxSegment();
  private final TxSegment tx = new TxSegment();
  private IpAddress local;
  private IpAddress remote;
  private int localPort;
  private int remotePort;
  private int rcvNxt;
  private int sndNxt;
  private int sndUna;
  private int edge;
  private int peerScale;
  private int pending;
  private boolean source;
  volatile long receivedBytes;
  volatile long sentBytes;
  volatile int largestReceived;
  volatile int damaged;

  BareTcp(int mss) {
    this.mss = mss;
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    for (int i = 0; i < in.size(); i++) {
      onPacket(in.get(i));
    }
    in.clear();
  }

  private void onPacket(Packet packet) {
    ParseVerdict verdict = rx.parse(packet);
    if (verdict != ParseVerdict.OK) {
      damaged += verdict == ParseVerdict.BAD_CHECKSUM ? 1 : 0;
      return;
    }
    largestReceived = Math.max(largestReceived, packet.length());
    if (rx.syn()) {
      local = rx.dst();
      remote = rx.src();
      localPort = rx.dstPort();
      remotePort = rx.srcPort();
      rcvNxt = rx.seq() + 1;
      peerScale = Math.max(0, rx.options().windowScale());
      sndUna = 0;
      sndNxt = 0;
      edge = 0;
      pending = TcpFlags.SYN | TcpFlags.ACK;
      return;
    }
    if (rx.srcPort() != remotePort) {
      return; // of a connection to whoever had this address before
    }
    // two CPUs of the kernel send acknowledgements, which overtake each other: the right edge only
    // grows
    sndUna = Seq32.max(sndUna, rx.ack());
    edge = Seq32.max(edge, rx.ack() + (rx.window() << peerScale));
    if (rx.payloadLength() > 0) {
      pending = TcpFlags.ACK;
    }
    if (rx.payloadLength() > 0 && rx.seq() == rcvNxt) {
      source |= receivedBytes == 0 && rx.buf().getByte(rx.payloadIndex()) == 'G';
      rcvNxt += rx.payloadLength();
      receivedBytes += rx.payloadLength();
    }
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    if (pending != 0) {
      if ((pending & TcpFlags.SYN) != 0) {
        tx.options().mss(mss);
        tx.options().windowScale(SCALE);
      }
      emit(out, pending);
      sndNxt += (pending & TcpFlags.SYN) != 0 ? 1 : 0;
      pending = 0;
    }
    while (source && !out.isFull() && Seq32.lt(sndNxt, edge)) {
      int length = Math.min(SUPER, edge - sndNxt);
      tx.addPayload(payload, 0, length);
      tx.gsoSize(mss);
      emit(out, TcpFlags.ACK);
      sndNxt += length;
      sentBytes += length;
    }
  }

  private void emit(PacketBatch out, int flags) {
    tx.src(local).dst(remote).srcPort(localPort).dstPort(remotePort);
    tx.seq(sndNxt).ack(rcvNxt).flags(flags).window(0xffff);
    tx.encodeInto(out.add(), allocator);
  }

  @Override
  public long nextTimeoutNs() {
    return Long.MAX_VALUE;
  }

  @Override
  public void onTimeout(long nowNs) {}

  /** After its loop has ended. */
  @Override
  public void close() {
    tx.release();
    payload.release();
  }
}
