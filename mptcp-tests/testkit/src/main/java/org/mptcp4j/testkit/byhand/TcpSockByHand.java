package org.mptcp4j.testkit.byhand;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.FastOpenStart;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * One {@link TcpSock} alone: no stack, no network, no MPTCP. The test is its peer, its clock and
 * its application, and looks at what it sends after each step.
 *
 * <pre>{@code
 * TcpSockByHand tcp = TcpSockByHand.connecting(TcpConfig.defaults());
 * WireSegment syn = tcp.sent().get(0);
 * tcp.arrives(s -> s.seq(900).ack(syn.rawSeq() + 1).flags(SYN | ACK));
 * }</pre>
 *
 * <p>Sequence numbers are those of the wire. Its own receive window is always 65,535 bytes.
 */
public final class TcpSockByHand implements AutoCloseable {
  private static final FourTuple TUPLE =
      new FourTuple(IpAddress.parse("10.0.0.1"), 1000, IpAddress.parse("10.0.0.2"), 80);

  /** Its initial sequence number. */
  public static final int ISS = 100;

  private final TcpSock sock;
  private final TxSegment out = new TxSegment();
  private final Map<Mib, Long> counters = new EnumMap<>(Mib.class);
  private final List<WireSegment> sent = new ArrayList<>();
  private long nowNs = 1_000_000_000L;

  private TcpSockByHand(TcpConfig config) {
    sock =
        TcpSock.connect(
            config,
            TUPLE,
            new Plain(),
            CongestionControls.byName("reno"),
            ISS,
            0,
            FastOpenStart.NONE,
            nowNs);
    poll();
  }

  /** A socket that opens a connection; its SYN is in {@link #sent()}. */
  public static TcpSockByHand connecting(TcpConfig config) {
    return new TcpSockByHand(config);
  }

  /** A socket whose connection is established: its peer's first byte has number 1. */
  public static TcpSockByHand established(TcpConfig config) {
    TcpSockByHand tcp = new TcpSockByHand(config);
    tcp.sent();
    tcp.arrives(
        s -> {
          s.seq(0).ack(ISS + 1).flags(TcpFlags.SYN | TcpFlags.ACK);
          s.options().mss(1460);
          s.options().sackPermitted();
        });
    tcp.sent();
    return tcp;
  }

  /** The socket. Call {@link #poll} after using its verbs. */
  public TcpSock sock() {
    return sock;
  }

  /** The time. */
  public long nowNs() {
    return nowNs;
  }

  /** What it has counted under a name. */
  public long count(Mib counter) {
    return counters.getOrDefault(counter, 0L);
  }

  /** What it has sent since this was asked last. */
  public List<WireSegment> sent() {
    List<WireSegment> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /**
   * Lets a segment of the peer arrive, with a window of 65,535 bytes and the flag ACK unless told.
   *
   * @return what the socket made of it
   */
  public SegmentVerdict arrives(Consumer<TxSegment> craft) {
    TxSegment segment = new TxSegment();
    segment.src(TUPLE.remote()).srcPort(TUPLE.remotePort());
    segment.dst(TUPLE.local()).dstPort(TUPLE.localPort());
    segment.flags(TcpFlags.ACK).window(65_535);
    craft.accept(segment);
    Packet packet = new Packet();
    segment.encodeInto(packet, UnpooledByteBufAllocator.DEFAULT);
    Packet whole = new Packet();
    whole.header(packet.linearize(UnpooledByteBufAllocator.DEFAULT));
    whole.checksum(packet.checksum());
    packet.release();
    try {
      RxSegment seg = new RxSegment();
      ParseVerdict parsed = seg.parse(whole);
      if (parsed != ParseVerdict.OK) {
        throw new IllegalArgumentException("no segment that a stack would accept: " + parsed);
      }
      SegmentVerdict verdict = sock.onSegment(nowNs, seg);
      poll();
      return verdict;
    } finally {
      whole.release();
    }
  }

  /** The application writes a text, a byte for each character. */
  public void writes(String latin1) {
    ByteBuf bytes = Unpooled.copiedBuffer(latin1, StandardCharsets.ISO_8859_1);
    sock.enqueue(bytes, 0, bytes.readableBytes());
    bytes.release();
    poll();
  }

  /** The application reads all that is there, as a text. */
  public String reads() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf piece = sock.pollData(); piece != null; piece = sock.pollData()) {
      text.append(piece.toString(StandardCharsets.ISO_8859_1));
      piece.release();
    }
    poll();
    return text.toString();
  }

  /** Lets time pass until the next timer is due, and runs it; returns how long that was. */
  public long expires() {
    long due = sock.nextTimeoutNs();
    if (due == Long.MAX_VALUE) {
      throw new IllegalStateException("no timer runs");
    }
    long waited = Math.max(0, due - nowNs);
    nowNs += waited;
    sock.onTimeout(nowNs);
    poll();
    return waited;
  }

  /** Lets time pass; timers that become due meanwhile run at their time. */
  public void passes(long ns) {
    long end = nowNs + ns;
    while (sock.nextTimeoutNs() <= end) {
      expires();
    }
    nowNs = end;
  }

  /** Takes what it has to send. */
  public void poll() {
    while (sock.pollTransmit(nowNs, out)) {
      Packet packet = new Packet();
      out.encodeInto(packet, UnpooledByteBufAllocator.DEFAULT);
      WireSegment.of(nowNs, packet).ifPresent(sent::add);
      packet.release();
    }
  }

  /** Releases what the socket holds. */
  @Override
  public void close() {
    sock.release();
  }

  /** No options, and a window that stays. */
  private final class Plain implements TcpExtension {
    private static final int WINDOW = 65_535;

    private final Counters counted = (counter, count) -> counters.merge(counter, count, Long::sum);

    @Override
    public void writeOptions(long atNs, TxSegment segment) {}

    @Override
    public int segmentLimit(int seq, int maxBytes) {
      return maxBytes;
    }

    @Override
    public int reservedOptionBytes() {
      return 0;
    }

    @Override
    public int windowBytes(int rcvNxt) {
      return WINDOW;
    }

    @Override
    public int acceptableBytes() {
      return WINDOW;
    }

    @Override
    public int sendWindow(int tcpSendWindow) {
      return tcpSendWindow;
    }

    @Override
    public Counters counters() {
      return counted;
    }
  }
}
