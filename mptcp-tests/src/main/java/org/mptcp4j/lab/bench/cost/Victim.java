package org.mptcp4j.lab.bench.cost;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * A stack that gets one packet after the other from a hand-made peer, and the processor time that
 * it takes for them. One thread.
 */
final class Victim implements AutoCloseable {
  static final IpAddress STACK = IpAddress.parse("10.0.1.2");
  static final IpAddress PEER = IpAddress.parse("10.0.1.1");
  static final int PORT = 80;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int BUFFER_BYTES = 64 << 20;
  private static final int WINDOW_SHIFT = 14;
  private static final long LOCAL_KEY = 0x1122_3344_5566_7788L;
  private static final int CLOCK_STEP_NS = 1000;

  private final PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
  private final MptcpStack stack;
  private final MptcpServerSocket server;
  private final PacketBatch in = new PacketBatch(1);
  private final PacketBatch out = new PacketBatch(64);
  private final RxSegment seen = new RxSegment();
  private MptcpSocket socket;
  private long nowNs = 1_000_000_000L;
  private int nextPort = 1024;
  private int port;
  private int sndNxt;
  private int stackNxt;
  private long remoteKey;
  private long spentNs;
  private boolean repeats;
  private int una;

  Victim(boolean checksums) {
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.checksumRequired(checksums))
            .buffers(
                b ->
                    b.send(BufferRange.fixed(BUFFER_BYTES))
                        .receive(BufferRange.fixed(BUFFER_BYTES)))
            .build();
    stack =
        MptcpStack.builder()
            .seed(1)
            .config(config)
            .link(0, 1500)
            .address(0, STACK + "/24")
            .allocator(allocator)
            .build();
    try {
      server = stack.listen(new InetSocketAddress(PORT), 1 << 20);
    } catch (MptcpException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Opens a connection, whose socket the application accepts. */
  Victim connect(boolean withMptcp) {
    port = nextPort++;
    TxSegment syn = segment(TcpFlags.SYN, 0);
    syn.options().mss(1460);
    syn.options().sackPermitted();
    syn.options().windowScale(WINDOW_SHIFT);
    if (withMptcp) {
      syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    }
    deliver(syn);
    sndNxt = 1;
    TxSegment ack = segment(TcpFlags.ACK, 1);
    if (withMptcp) {
      ack.options().mptcp(MpCapable.ack(MpCapable.HMAC_SHA256, LOCAL_KEY, remoteKey));
    }
    deliver(ack);
    socket = server.accept();
    if (socket == null) {
      throw new IllegalStateException("the handshake failed");
    }
    return this;
  }

  int port() {
    return port;
  }

  PooledByteBufAllocator allocator() {
    return allocator;
  }

  /** A port of the peer that was not used yet. */
  int newPort() {
    nextPort = nextPort == 65_535 ? 1024 : nextPort + 1;
    return nextPort;
  }

  /** A segment of the connection; numbers count from the SYN. */
  TxSegment segment(int flags, long seq) {
    TxSegment s = new TxSegment();
    s.src(PEER).srcPort(port).dst(STACK).dstPort(PORT).seq((int) seq).window(0xffff);
    return s.flags(flags).ack(una());
  }

  /** The next number that the peer sends. */
  int sndNxt() {
    return sndNxt;
  }

  /** From there on the peer has acknowledged nothing. */
  void unacknowledged(int from) {
    una = from;
  }

  /** What the peer acknowledged last. */
  int una() {
    return una == 0 ? stackNxt : una;
  }

  void sent(int bytes) {
    sndNxt += bytes;
  }

  /** What the stack sent, as the number behind it. */
  int stackNxt() {
    return stackNxt;
  }

  long token() {
    return MptcpKeys.token(remoteKey);
  }

  /** A data sequence number of the peer on the wire, counted from 1. */
  long dsn(long relative) {
    return MptcpKeys.initialDsn(LOCAL_KEY) + relative;
  }

  /** A data acknowledgement on the wire of what the stack sent, counted from 1. */
  long dataAck(long relative) {
    return MptcpKeys.initialDsn(remoteKey) + relative;
  }

  static void payload(TxSegment s, int bytes) {
    s.addPayload(Unpooled.wrappedBuffer(new byte[bytes]), 0, bytes);
  }

  /** Gives a segment to the stack and lets it have its turn; its processor time is counted. */
  void deliver(TxSegment segment) {
    Packet made = new Packet();
    segment.encodeInto(made, allocator);
    ByteBuf datagram = made.linearize(allocator);
    made.release();
    deliver(datagram);
  }

  void deliver(ByteBuf datagram) {
    Packet packet = in.add();
    packet.header(datagram);
    packet.checksum(ChecksumState.PARTIAL);
    nowNs += CLOCK_STEP_NS;
    long begin = THREADS.getCurrentThreadCpuTime();
    stack.onPackets(nowNs, in);
    turn();
    spentNs += THREADS.getCurrentThreadCpuTime() - begin;
    look();
  }

  private void turn() {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      // the application waits
    }
    stack.pollTransmit(nowNs, out);
  }

  /** Learns from what came, and takes the rest; not counted. */
  private void look() {
    while (out.size() > 0) {
      for (int i = 0; i < out.size(); i++) {
        learn(out.get(i));
      }
      out.clear();
      stack.pollTransmit(nowNs, out);
    }
  }

  private void learn(Packet packet) {
    if (packet.pieces() > 0) {
      stackNxt += repeats ? 0 : packet.pieceBytes();
      return;
    }
    if (seen.parse(packet) != ParseVerdict.OK || seen.dstPort() != port) {
      return;
    }
    if (seen.syn()) {
      stackNxt = seen.seq() + 1;
      MpCapable capable = seen.options().mptcp(MpCapable.class);
      remoteKey = capable == null ? 0 : capable.senderKey();
    }
  }

  /** From now on what the stack sends was sent before. */
  void onlyRepeats() {
    repeats = true;
  }

  /** The application writes, and time passes for pacing and the like. */
  void write(int bytes) {
    socket.write(Unpooled.wrappedBuffer(new byte[bytes]));
    stack.pollTransmit(nowNs, out);
    look();
  }

  /** Reads what is there; not counted. */
  void drain() {
    for (ByteBuf b = socket.read(); b != null; b = socket.read()) {
      b.release();
    }
  }

  /** Processor time since the last call, in nanoseconds. */
  long takeSpentNs() {
    long spent = spentNs;
    spentNs = 0;
    return spent;
  }

  @Override
  public void close() {
    in.clear();
    out.clear();
    stack.close();
  }
}
