package org.mptcp4j.testkit.byhand;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.FastOpenStart;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
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
public final class TcpSockByHand extends SteppedByHand {
  private static final FourTuple TUPLE =
      new FourTuple(IpAddress.parse("10.0.0.1"), 1000, IpAddress.parse("10.0.0.2"), 80);

  /** Its initial sequence number. */
  public static final int ISS = 100;

  private final TcpSock sock;
  private final MibCounts counters = new MibCounts();

  private TcpSockByHand(TcpConfig config) {
    sock =
        TcpSock.connect(
            nowNs(),
            config,
            TUPLE,
            new Plain(),
            CongestionControls.byName("reno"),
            ISS,
            0,
            FastOpenStart.NONE);
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

  /** What it has counted under a name. */
  public long count(Mib counter) {
    return counters.get(counter);
  }

  /**
   * Lets a segment of the peer arrive, with a window of 65,535 bytes and the flag ACK unless told.
   *
   * @return what the socket made of it
   */
  public SegmentVerdict arrives(Consumer<TxSegment> craft) {
    return deliver(
        segment -> {
          segment.src(TUPLE.remote()).srcPort(TUPLE.remotePort());
          segment.dst(TUPLE.local()).dstPort(TUPLE.localPort());
          segment.flags(TcpFlags.ACK).window(65_535);
          craft.accept(segment);
        },
        segment -> sock.onSegment(nowNs(), segment));
  }

  /** The application writes a text, a byte for each character. */
  public void writes(String latin1) {
    ByteBuf bytes = Latin1.bytes(latin1);
    sock.enqueue(bytes, 0, bytes.readableBytes());
    bytes.release();
    poll();
  }

  /** The application reads all that is there, as a text. */
  public String reads() {
    String text = Latin1.read(sock::pollData);
    poll();
    return text;
  }

  @Override
  long nextTimeoutNs() {
    return sock.nextTimeoutNs();
  }

  @Override
  void onTimeout() {
    sock.onTimeout(nowNs());
  }

  @Override
  boolean pollTransmit(TxSegment into) {
    return sock.pollTransmit(nowNs(), into);
  }

  /** Releases what the socket holds. */
  @Override
  public void close() {
    sock.release();
  }

  /** No options, and a window that stays. */
  private final class Plain implements TcpExtension {
    private static final int WINDOW = 65_535;

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
      return counters;
    }
  }
}
