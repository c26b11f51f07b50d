package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * A peer played by the test: it says what arrives, and reads what the socket sends. The socket's
 * initial sequence number is just below the wrap, and so is the peer's.
 */
final class ScriptedPeer {

  static final long MS = 1_000_000L;
  static final int ISS = -3;
  static final int IRS = -5;

  /** What the socket sent, copied. */
  record Sent(
      int offset,
      int ack,
      int flags,
      int window,
      int length,
      int gsoSize,
      List<Integer> sack,
      int mss,
      int tsVal,
      int tsEcr,
      int ecn,
      int ceBytes,
      byte[] fastOpen) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }

    boolean pureAck() {
      return flags == TcpFlags.ACK && length == 0;
    }
  }

  final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  final PlainWindow window = new PlainWindow(1 << 20);
  final TcpConfig config;
  TcpSock sock;
  long nowNs = 5_000 * MS;
  int peerTs = 1_000;
  boolean stamps = true;
  int urgentPointer; // of what arrives

  /** That of the socket, once its handshake is over. */
  CongestionControl cc;

  private final CongestionControlFactory reno = CongestionControls.byName("reno");
  CongestionControlFactory algorithm =
      CongestionControls.of("reno", context -> cc = reno.create(context));
  private final TxSegment tx = new TxSegment();
  private final RxSegment rx = new RxSegment();

  ScriptedPeer(TcpConfig config) {
    this.config = config;
  }

  ScriptedPeer() {
    this(TcpConfig.builder().options(o -> o.quickAcks(0)).build());
  }

  ScriptedPeer connect() {
    return connect(FastOpenStart.NONE);
  }

  ScriptedPeer connect(FastOpenStart start) {
    sock = TcpSock.connect(nowNs, config, TestWire.TUPLE, window, algorithm, ISS, 0, start);
    return this;
  }

  /** Client handshake with a peer of MSS 1460 that takes part in everything; round trip 10 ms. */
  ScriptedPeer established() {
    return established(o -> {});
  }

  ScriptedPeer established(Consumer<TxSegment> more) {
    connect();
    one();
    nowNs += 10 * MS;
    arrive(0, 1, TcpFlags.SYN | TcpFlags.ACK, 0, s -> synOptions(s, more));
    assertThat(one().pureAck()).isTrue();
    return this;
  }

  /** The options of a SYN/ACK that takes part in everything. */
  static Consumer<TxSegment> fullOptions(ScriptedPeer of) {
    return s -> of.synOptions(s, o -> {});
  }

  private void synOptions(TxSegment s, Consumer<TxSegment> more) {
    s.options().mss(1460);
    if (config.options().sack()) {
      s.options().sackPermitted();
    }
    if (config.options().timestamps()) {
      s.options().timestamps(peerTs, 5_000);
    }
    s.options().windowScale(7);
    more.accept(s);
  }

  /** A segment of the peer: offsets count from the two initial sequence numbers. */
  SegmentVerdict arrive(int offset, int ack, int flags, int length, Consumer<TxSegment> more) {
    tx.clear();
    tx.src(TestWire.TUPLE.remote()).srcPort(80).dst(TestWire.TUPLE.local()).dstPort(40_000);
    tx.seq(IRS + offset).flags(flags).window(8_000);
    tx.ack((flags & TcpFlags.ACK) != 0 ? ISS + ack : 0);
    if (stamps && config.options().timestamps() && (flags & TcpFlags.SYN) == 0) {
      tx.options().timestamps(peerTs, (int) (nowNs / MS) - 10);
    }
    more.accept(tx);
    if (length > 0) {
      ByteBuf data = allocator.directBuffer(length);
      for (int i = 0; i < length; i++) {
        data.writeByte(TestWire.pattern(offset - 1L + i, 2));
      }
      tx.addPayload(data, 0, length);
      data.release();
    }
    Packet packet = new Packet();
    tx.encodeInto(packet, allocator);
    ByteBuf datagram = packet.linearize(allocator);
    int gso = packet.gsoSize();
    packet.release();
    assertThat(rx.parse(datagram, ChecksumState.PARTIAL, gso)).isEqualTo(ParseVerdict.OK);
    if (urgentPointer != 0) {
      datagram.setShort(rx.upperIndex() + 18, urgentPointer);
    }
    SegmentVerdict verdict = sock == null ? accept() : sock.onSegment(nowNs, rx);
    datagram.release();
    return verdict;
  }

  private SegmentVerdict accept() {
    sock =
        TcpSock.accept(
            nowNs, config, TestWire.TUPLE, window, algorithm, ISS, 0, rx, FastOpenAnswer.NONE);
    return SegmentVerdict.ACCEPTED;
  }

  SegmentVerdict arrive(int offset, int ack, int flags, int length) {
    return arrive(offset, ack, flags, length, s -> {});
  }

  SegmentVerdict ack(int ack) {
    return arrive(1, ack, TcpFlags.ACK, 0);
  }

  SegmentVerdict data(int offset, int length) {
    return arrive(offset, 1, TcpFlags.ACK, length);
  }

  /** A duplicate or partial ACK with SACK blocks, as pairs of offsets. */
  SegmentVerdict sack(int ack, int... edges) {
    return arrive(
        1,
        ack,
        TcpFlags.ACK,
        0,
        s -> {
          s.options().sack(edges.length / 2);
          for (int i = 0; i < edges.length; i += 2) {
            s.options().sackBlock(ISS + edges[i], ISS + edges[i + 1]);
          }
        });
  }

  /** Everything that the socket wants to send now. */
  List<Sent> sent() {
    List<Sent> all = new ArrayList<>();
    while (sock.pollTransmit(nowNs, tx)) {
      assertThat(all).hasSizeLessThan(10_000);
      all.add(record());
    }
    assertThat(tx.payloadLength()).isZero();
    return all;
  }

  private Sent record() {
    Packet packet = new Packet();
    tx.encodeInto(packet, allocator);
    ByteBuf datagram = packet.linearize(allocator);
    int gso = packet.gsoSize();
    packet.release();
    assertThat(rx.parse(datagram, ChecksumState.PARTIAL, gso)).isEqualTo(ParseVerdict.OK);
    List<Integer> sack = new ArrayList<>();
    for (int i = 0; i < rx.options().sackBlocks(); i++) {
      sack.add(rx.options().sackLeft(i) - IRS);
      sack.add(rx.options().sackRight(i) - IRS);
    }
    Sent s =
        new Sent(
            rx.seq() - ISS,
            rx.ack() - IRS,
            rx.flags(),
            rx.window(),
            rx.payloadLength(),
            gso,
            sack,
            rx.options().mss(),
            rx.options().tsVal(),
            rx.options().tsEcr(),
            rx.ecn(),
            rx.options().ecnCeBytes(),
            rx.options().fastOpenCookie());
    datagram.release();
    return s;
  }

  Sent one() {
    List<Sent> all = sent();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  void nothing() {
    assertThat(sent()).isEmpty();
  }

  void write(int length) {
    ByteBuf buf = allocator.directBuffer(length).writeZero(length);
    sock.enqueue(buf, 0, length);
    buf.release();
  }

  /** Goes to the next deadline and lets it expire. Returns how long that took. */
  long expire() {
    long before = nowNs;
    assertThat(sock.nextTimeoutNs()).isGreaterThan(nowNs).isNotEqualTo(Long.MAX_VALUE);
    nowNs = sock.nextTimeoutNs();
    sock.onTimeout(nowNs - 1);
    sock.onTimeout(nowNs);
    return nowNs - before;
  }

  int drain() {
    int n = 0;
    for (ByteBuf piece = sock.pollData(); piece != null; piece = sock.pollData()) {
      n += piece.readableBytes();
      piece.release();
    }
    return n;
  }

  void assertNoLeaks() {
    tx.clear();
    if (sock != null) {
      sock.release();
    }
    assertThat(allocator.metric().usedDirectMemory()).isZero();
    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }
}
