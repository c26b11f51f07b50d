package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FastOpenStart;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * What a worker takes, without a connection around it: the data level, keys, and subflows whose
 * other end is a TCP socket that knows no MPTCP.
 */
final class Workbench {
  static final long MS = 1_000_000L;
  static final int MSS = 1000;

  private static final CongestionControlFactory RENO = CongestionControls.byName("reno");

  /** Of buffers that are garbage when nobody refers to them. */
  private static final UnpooledByteBufAllocator ALLOCATOR =
      new UnpooledByteBufAllocator(false, true);

  private static final long REMOTE_KEY = 0x0123_4567_89ab_cdefL;
  private static final int WINDOW = 1 << 20;

  /** A subflow and the TCP socket at the other end of it. */
  record Path(MptcpTcpSock subflow, TcpSock peer) {}

  final Map<Mib, Long> counted = new EnumMap<>(Mib.class);
  final Counters counters = (counter, count) -> counted.merge(counter, count, Long::sum);
  final MptcpCrypto crypto = new MptcpCrypto();
  final MetaTimers timers = new MetaTimers();
  final ConnectionConfig config;
  final SessionKeys keys;
  final MetaSock meta;
  final List<Path> paths = new ArrayList<>();
  ConnectionList subflows;
  long nowNs = 1_000 * MS;
  private final TxSegment out = new TxSegment();

  /** With one subflow that carries data. */
  Workbench() {
    this(0, SubflowState.ESTABLISHED);
  }

  /**
   * With one subflow.
   *
   * @param flags flags of our MP_CAPABLE
   * @param first the state of the master
   */
  Workbench(int flags, SubflowState first) {
    config = ConnectionConfig.defaults();
    SplittableRandom random = new SplittableRandom(1);
    keys = SessionKeys.fresh(flags, random, crypto, 1, token -> true).orElseThrow();
    keys.remote(REMOTE_KEY, crypto);
    meta = new MetaSock(config, keys.localIdsn() + 1, counters, StackMemory.UNLIMITED);
    meta.learnPeer(keys.remoteIdsn() + 1, WINDOW);
    meta.connected();
    subflows = new ConnectionList(path(first).subflow());
  }

  /** One more subflow that carries data. */
  MptcpTcpSock add() {
    return add(SubflowState.ESTABLISHED);
  }

  /** One more subflow. */
  MptcpTcpSock add(SubflowState state) {
    MptcpTcpSock subflow = path(state).subflow();
    subflows.add(subflow);
    return subflow;
  }

  long count(Mib counter) {
    return counted.getOrDefault(counter, 0L);
  }

  /** Writes so many bytes. */
  void write(int bytes) {
    meta.write(Unpooled.wrappedBuffer(new byte[bytes]));
  }

  private Path path(SubflowState state) {
    int id = paths.size();
    IpAddress ours = IpAddress.ofV4(10 << 24 | id << 8 | 1);
    IpAddress theirs = IpAddress.ofV4(10 << 24 | id << 8 | 2);
    SubflowOptions options =
        new SubflowOptions(keys, meta.window(), meta.fin(), counters, state, 0);
    TcpSock here =
        TcpSock.connect(
            nowNs,
            tcp(),
            new FourTuple(ours, 1000, theirs, 80),
            options,
            RENO,
            100,
            0,
            FastOpenStart.NONE);
    here.pollTransmit(nowNs, out);
    TcpSock there = accept(receive());
    exchange(here, there);
    Path path = new Path(new MptcpTcpSock(id, id, here, options), there);
    paths.add(path);
    return path;
  }

  private static TcpConfig tcp() {
    return TcpConfig.builder().mss(MSS).options(o -> o.timestamps(false)).build();
  }

  private TcpSock accept(RxSegment syn) {
    ReceiveWindow window = new ReceiveWindow(WINDOW, StackMemory.UNLIMITED);
    window.start(1);
    TcpExtension plain = new PlainTcp(window, (counter, count) -> {});
    FourTuple tuple = new FourTuple(syn.dst(), syn.dstPort(), syn.src(), syn.srcPort());
    return TcpSock.accept(nowNs, tcp(), tuple, plain, RENO, 900, 0, syn, FastOpenAnswer.NONE);
  }

  /** The segment that was polled last, as the other end gets it. */
  private RxSegment receive() {
    RxSegment rx = new RxSegment();
    Packet packet = new Packet();
    out.encodeInto(packet, ALLOCATOR);
    out.clear();
    ByteBuf datagram = packet.linearize(ALLOCATOR);
    packet.release();
    rx.parse(datagram, ChecksumState.PARTIAL, 0);
    return rx;
  }

  private void exchange(TcpSock here, TcpSock there) {
    boolean again = true;
    while (again) {
      again = false;
      while (there.pollTransmit(nowNs, out)) {
        here.onSegment(nowNs, receive());
        again = true;
      }
      while (here.pollTransmit(nowNs, out)) {
        there.onSegment(nowNs, receive());
        again = true;
      }
    }
  }

  /** Lets both ends of a subflow send what they may. */
  void exchange(MptcpTcpSock subflow) {
    Path path = paths.get(subflow.id());
    exchange(path.subflow().tcp(), path.peer());
  }

  /** All that a subflow would send now, lost on the way. */
  void lose(MptcpTcpSock subflow) {
    while (subflow.tcp().pollTransmit(nowNs, out)) {
      out.clear();
    }
  }

  /** The next segment of a subflow, as the peer gets it. */
  RxSegment poll(MptcpTcpSock subflow) {
    if (!subflow.tcp().pollTransmit(nowNs, out)) {
      throw new AssertionError("subflow " + subflow.id() + " has nothing to send");
    }
    return receive();
  }

  /** A segment of the peer on a subflow, in order, not yet given to anybody. */
  RxSegment segment(MptcpTcpSock on, Consumer<TxSegment> changes) {
    FourTuple t = on.tuple();
    out.src(t.remote()).srcPort(t.remotePort()).dst(t.local()).dstPort(t.localPort());
    out.seq(on.tcp().rcvNxt()).ack(on.tcp().sndNxt()).flags(TcpFlags.ACK).window(0xffff);
    changes.accept(out);
    return receive();
  }
}
