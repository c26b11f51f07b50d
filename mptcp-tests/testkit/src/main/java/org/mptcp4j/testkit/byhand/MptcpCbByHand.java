package org.mptcp4j.testkit.byhand;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.JoinVerdict;
import org.mptcp4j.mptcp.MetaSock;
import org.mptcp4j.mptcp.MptcpCb;
import org.mptcp4j.mptcp.MptcpTcpSock;
import org.mptcp4j.mptcp.PathEvent;
import org.mptcp4j.mptcp.SocketViews;
import org.mptcp4j.mptcp.SubflowFactory;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * One {@link MptcpCb} alone, with its meta socket and subflows: no stack, no network. The test is
 * its peer, its clock and its application, and looks at what it sends after each step.
 *
 * <pre>{@code
 * MptcpCbByHand mptcp = MptcpCbByHand.established(ConnectionConfig.defaults());
 * int second = mptcp.joins();                  // the peer opens another subflow
 * mptcp.writes("hello");
 * WireSegment data = mptcp.sent().get(0);      // with its DSS
 * mptcp.arrives(second, s -> s.options().dssAck64(mptcp.localIdsn() + 6));
 * }</pre>
 *
 * <p>It has opened the connection. Subflow 0 is the master, between 10.0.0.1 and 10.0.0.2; the peer
 * joins from 10.1.0.2, 10.2.0.2 and so on. Sequence numbers are those of the wire.
 */
public final class MptcpCbByHand extends SteppedByHand {
  /** The peer's key. */
  public static final long PEER_KEY = 0x0123_4567_89ab_cdefL;

  /** Initial sequence number of the peer on each subflow. */
  public static final int PEER_ISS = 900;

  private static final int WINDOW = 65_535;
  private static final int PEER_PORT = 80;
  private static final int NONCE = 0x5eed;

  private static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");

  private final StackByHand stack = new StackByHand(LOCAL);
  private final Connection connection;

  private MptcpCbByHand(ConnectionConfig config) {
    FourTuple first = new FourTuple(LOCAL, 1000, remote(0), PEER_PORT);
    connection =
        Connection.connect(nowNs(), new SubflowFactory(config, stack), first, 0, stack)
            .orElseThrow();
    poll();
    arrives(
        0,
        s -> {
          s.seq(PEER_ISS).flags(TcpFlags.SYN | TcpFlags.ACK);
          s.options().mss(1460);
          s.options().mptcp(MpCapable.synAck(MpCapable.HMAC_SHA256, PEER_KEY));
        });
    arrives(0, s -> s.options().dssAck64(localIdsn() + 1));
    sent();
  }

  /**
   * One whose master is established. It has one address, so that a path manager opens nothing by
   * itself unless the peer announces another.
   */
  public static MptcpCbByHand established(ConnectionConfig config) {
    return new MptcpCbByHand(config);
  }

  private static IpAddress remote(int subflow) {
    return IpAddress.ofV4(10 << 24 | subflow << 16 | 2);
  }

  // ---- what it is

  /**
   * The control block.
   *
   * @throws IllegalStateException when the connection has fallen back
   */
  public MptcpCb cb() {
    return connection
        .cb()
        .orElseThrow(() -> new IllegalStateException("it fell back to plain TCP"));
  }

  /** What drives it, carries out what it decides, and is there after a fallback too. */
  public Connection connection() {
    return connection;
  }

  /** The data level. */
  public MetaSock meta() {
    return connection.meta();
  }

  /** The subflow with that number. */
  public MptcpTcpSock subflow(int number) {
    return cb().connectionList().stream()
        .filter(s -> s.id() == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no subflow " + number));
  }

  /** Its initial data sequence number: its first byte has the one behind. */
  public long localIdsn() {
    return MptcpKeys.initialDsn(localKey());
  }

  private long localKey() {
    return SocketViews.keys(cb()).local();
  }

  /** The peer's initial data sequence number. */
  public long remoteIdsn() {
    return MptcpKeys.initialDsn(PEER_KEY);
  }

  /** What it has counted under a name. */
  public long count(Mib counter) {
    return stack.counters().get(counter);
  }

  /** What it has told of its paths since this was asked last. */
  public List<PathEvent> events() {
    return stack.takeEvents();
  }

  /** The subflow that a segment left on. */
  public static int subflowOf(WireSegment segment) {
    return segment.dst().v4Bits() >> 16 & 0xff;
  }

  // ---- the peer

  /**
   * Lets a segment of the peer arrive: next in sequence, with an acknowledgement of all that was
   * sent and a window of 65,535 bytes, unless told.
   *
   * @return what the socket made of it
   */
  public SegmentVerdict arrives(int subflow, Consumer<TxSegment> craft) {
    Flow flow = stack.flow(subflow);
    return deliver(
        s -> {
          FourTuple ends = flow.tuple();
          s.src(ends.remote()).srcPort(ends.remotePort());
          s.dst(ends.local()).dstPort(ends.localPort());
          s.seq(flow.tcp().rcvNxt()).ack(flow.tcp().sndNxt());
          s.flags(TcpFlags.ACK).window(WINDOW);
          craft.accept(s);
        },
        segment -> connection.onSegment(nowNs(), flow, segment));
  }

  /** Bytes of the peer with their mapping, next in sequence on a subflow. */
  public void arrives(int subflow, long dsn, String latin1) {
    Flow flow = stack.flow(subflow);
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    int ssn = flow.tcp().rcvNxt() - flow.tcp().irs();
    arrives(
        subflow,
        s -> {
          s.options().dssAck64Map64(meta().tx().nxt(), dsn, ssn, bytes.length);
          s.addPayload(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        });
  }

  /** The peer opens another subflow, with the right keys; returns its number. */
  public int joins() {
    int number = stack.lastFlow() + 1;
    MpJoinSyn option = new MpJoinSyn(false, number, cb().localToken(), NONCE);
    JoinVerdict verdict =
        deliver(
            s -> {
              s.src(remote(number)).srcPort(2000 + number);
              s.dst(LOCAL).dstPort(connection.tuple().localPort());
              s.seq(PEER_ISS).flags(TcpFlags.SYN).window(WINDOW);
              s.options().mss(1460);
              s.options().mptcp(option);
            },
            syn -> cb().acceptJoin(nowNs(), syn, option, 0));
    if (verdict != JoinVerdict.ACCEPTED) {
      throw new IllegalStateException("the join was refused: " + verdict);
    }
    WireSegment synAck = takeLast();
    int nonce = synAck.mptcp(MpJoinSynAck.class).orElseThrow().nonce();
    byte[] hmac = MptcpKeys.joinHmac(PEER_KEY, localKey(), NONCE, nonce);
    arrives(stack.lastFlow(), s -> s.options().mptcp(MpJoinAck.of(hmac)));
    return stack.lastFlow();
  }

  // ---- the application

  /** It writes a text, a byte for each character; returns whether there is room for more. */
  public boolean writes(String latin1) {
    boolean room = meta().write(Latin1.bytes(latin1));
    poll();
    return room;
  }

  /** It reads all that is there, as a text. */
  public String reads() {
    String text = Latin1.read(meta()::read);
    poll();
    return text;
  }

  @Override
  long nextTimeoutNs() {
    return connection.nextTimeoutNs();
  }

  @Override
  void onTimeout() {
    connection.onTimeout(nowNs());
  }

  @Override
  boolean pollTransmit(TxSegment into) {
    return connection.pollTransmit(nowNs(), into);
  }

  /** Releases what it holds. */
  @Override
  public void close() {
    connection.release();
  }
}
