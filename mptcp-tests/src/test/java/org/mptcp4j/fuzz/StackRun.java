package org.mptcp4j.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.PacketText;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * A stack with two links, an application on it and a peer behind them, for the length of one input.
 * Packets go in and out without a network between; time is what the input says.
 */
final class StackRun {
  static final int LINKS = 2;
  static final int LISTEN_PORT = 80;
  static final int PEER_PORT = 8080;

  /** Turns after which a stack that gets nothing must have nothing more to say. */
  private static final int MOST_TURNS = 20_000;

  /** Memory that a chunk has of which a received packet may be a slice. */
  private static final int CHUNK_BYTES = 128 << 10;

  private static final int BATCH = 64;

  /** Prints every packet: for who looks into one input. */
  private static final boolean TRACE = Boolean.getBoolean("mptcp4j.fuzz.trace");

  /** Memory that is nobody's fault. */
  private static final long FREE_BYTES = 1 << 20;

  /** Both ends of a flow. */
  record Ends(IpAddress stack, int stackPort, IpAddress peer, int peerPort, int link) {}

  private record Key(IpAddress peer, int peerPort, int stackPort) {}

  final List<Session> sessions = new ArrayList<>();
  final List<FuzzFlow> flows = new ArrayList<>();
  final List<AppSocket> sockets = new ArrayList<>();
  final boolean v6;

  /** The end of the input has come: from now on what was acknowledged is known to have come. */
  boolean completing;

  /** Packets that were given to the stack most recently. */
  final ByteBuf[] history = new ByteBuf[8];

  /** The last packet of the stack, as an ICMP error quotes it; empty before any. */
  byte[] lastFromStack = {};

  private int sent;
  private final CountingAllocator allocator = new CountingAllocator();
  private final MptcpStack stack;
  private final StackConfig config;
  private final MptcpServerSocket server;
  private final Arrivals arrivals = new Arrivals(this);
  private final Map<Key, FuzzFlow> byEnds = new HashMap<>();
  private final PacketBatch in = new PacketBatch(1);
  private final PacketBatch out = new PacketBatch(BATCH);
  private final RxSegment seen = new RxSegment();
  private final int bufferBytes;
  private long nowNs = 1_000_000_000L;
  private boolean sliced;
  private boolean hoarding;

  StackRun(FuzzInput input) {
    int bits = input.u8();
    v6 = (bits & 2) != 0;
    bufferBytes = (bits & 8) != 0 ? 1 << 20 : 16_384;
    config = config(bits, bufferBytes);
    stack = build(bits);
    server = listen();
  }

  /** Subflows that a connection has at most. */
  int subflowLimit() {
    return config.limits().subflowsPerConnection();
  }

  private static StackConfig config(int bits, int bufferBytes) {
    SocketOptions options =
        SocketOptions.builder()
            .noDelay((bits & 32) != 0)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    return StackConfig.builder()
        .mptcp(
            m ->
                m.checksumRequired((bits & 1) != 0)
                    .announceAddresses((bits & 4) != 0)
                    .joinInitialAddress((bits & 64) == 0))
        .sockets(options)
        .buffers(
            b ->
                b.send(new BufferRange(bufferBytes, bufferBytes))
                    .receive(new BufferRange(bufferBytes, bufferBytes)))
        .timeouts(
            t ->
                t.timeWait(Duration.ofSeconds(1))
                    .zeroSubflow(Duration.ofSeconds(20))
                    .closing(Duration.ofSeconds(20))
                    .addAddress(Duration.ofSeconds(5))
                    .maxRto(Duration.ofSeconds(2)))
        .tcp(t -> t.synRetries(3).retries(8))
        .build();
  }

  private MptcpStack build(int bits) {
    int mtu = (bits & 16) != 0 ? 9000 : 1500;
    var builder = MptcpStack.builder().seed(bits).config(config).allocator(allocator);
    for (int i = 0; i < LINKS; i++) {
      builder.link(i, mtu).address(i, prefix(i));
    }
    return builder.build();
  }

  private MptcpServerSocket listen() {
    try {
      return stack.listen(new InetSocketAddress(LISTEN_PORT), 16);
    } catch (MptcpException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- where things are

  private String prefix(int link) {
    return v6 ? "fd00:" + (link + 1) + "::2/64" : "10.0." + (link + 1) + ".2/24";
  }

  IpAddress stackAddress(int link) {
    return IpAddress.parse(v6 ? "fd00:" + (link + 1) + "::2" : "10.0." + (link + 1) + ".2");
  }

  IpAddress peerAddress(int link) {
    return IpAddress.parse(v6 ? "fd00:" + (link + 1) + "::1" : "10.0." + (link + 1) + ".1");
  }

  MptcpStack stack() {
    return stack;
  }

  String prefixOf(int link) {
    return prefix(link);
  }

  long nowNs() {
    return nowNs;
  }

  int clockMs() {
    return (int) (nowNs / 1_000_000);
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  int bufferBytes() {
    return bufferBytes;
  }

  /** What the stack promises is not so. */
  void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise.get() + " at " + nowNs + " ns");
    }
  }

  // ---- the peer's side

  /** A new flow of the peer, of which nothing was sent. */
  FuzzFlow flow(Session session, Ends ends, boolean first, FuzzFlow.Life life) {
    FuzzFlow flow = new FuzzFlow(this, session, ends, first, life);
    flows.add(flow);
    byEnds.put(new Key(ends.peer(), ends.peerPort(), ends.stackPort()), flow);
    return flow;
  }

  Session session(boolean stackOpened) {
    Session session = new Session(sessions.size(), stackOpened);
    sessions.add(session);
    return session;
  }

  /** Gives the next packets to the stack as slices of large chunks. */
  void sliced(boolean on) {
    sliced = on;
  }

  /** Until it is called again with false the stack gets its turn after several packets only. */
  void hoarding(boolean on) {
    hoarding = on;
    if (!on) {
      settle();
    }
  }

  /** Whether what the stack answers is seen at once. */
  boolean hasTurn() {
    return !hoarding;
  }

  void send(TxSegment segment) {
    int link = segment.linkIndex();
    Packet made = new Packet();
    segment.encodeInto(made, allocator);
    ByteBuf datagram = made.linearize(allocator);
    made.release();
    send(datagram, link, 0);
  }

  /** Gives a datagram to the stack, which owns it then. */
  void send(ByteBuf datagram, int link, int gsoSize) {
    remember(datagram);
    ByteBuf given = datagram;
    if (sliced && datagram.readableBytes() < CHUNK_BYTES) {
      ByteBuf chunk = allocator.buffer(CHUNK_BYTES, CHUNK_BYTES);
      chunk.writeBytes(datagram);
      datagram.release();
      given = chunk.retainedSlice();
      chunk.release();
    }
    Packet packet = in.add();
    packet.header(given);
    packet.checksum(ChecksumState.PARTIAL);
    packet.linkIndex(link);
    packet.gsoSize(gsoSize);
    trace(" > ", packet);
    stack.onPackets(nowNs, in);
    if (!hoarding) {
      settle();
    }
  }

  private void remember(ByteBuf datagram) {
    int slot = sent++ % history.length;
    if (datagram.readableBytes() < 2048) {
      history[slot] = io.netty.buffer.Unpooled.copiedBuffer(datagram);
    }
  }

  private void trace(String direction, Packet packet) {
    if (TRACE) {
      ByteBuf datagram = packet.linearize(allocator);
      RxSegment segment = new RxSegment();
      ParseVerdict verdict = segment.parse(datagram, packet.checksum(), packet.gsoSize());
      System.out.println(nowNs / 1000 + direction + PacketText.line(segment, verdict));
      datagram.release();
    }
  }

  /** Lets time pass. */
  void pass(long ns) {
    long end = nowNs + ns;
    int turns = 0;
    while (true) {
      long next = Math.max(nowNs, stack.nextTimeoutNs());
      if (next > end) {
        break;
      }
      nowNs = next;
      stack.onTimeout(nowNs);
      settle();
      int so = ++turns;
      require(so < MOST_TURNS, () -> "the timers are never quiet");
    }
    nowNs = end;
    settle();
  }

  /** Lets the stack say all that it has to say. */
  void settle() {
    int turns = 0;
    boolean busy = true;
    while (busy) {
      busy = false;
      for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
        busy = true;
        onEvent(event);
      }
      stack.pollTransmit(nowNs, out);
      for (int i = 0; i < out.size(); i++) {
        busy = true;
        trace(" < ", out.get(i));
        onPacket(out.get(i));
      }
      out.clear();
      int so = ++turns;
      require(so < MOST_TURNS, () -> "the stack is never quiet");
    }
    sockets.forEach(AppSocket::checkClosed);
    checkMemory();
  }

  private void onPacket(Packet packet) {
    ByteBuf datagram = packet.linearize(allocator);
    try {
      ParseVerdict verdict = seen.parse(datagram, packet.checksum(), packet.gsoSize());
      if (verdict == ParseVerdict.NOT_TCP) {
        return; // an echo reply
      }
      require(verdict == ParseVerdict.OK, () -> "the stack sends what is " + verdict);
      require(!seen.options().malformed(), () -> "the stack sends malformed options");
      int quoted = Math.min(datagram.readableBytes(), 128);
      lastFromStack = new byte[quoted];
      datagram.getBytes(datagram.readerIndex(), lastFromStack);
      FuzzFlow flow = byEnds.get(new Key(seen.dst(), seen.dstPort(), seen.srcPort()));
      if (seen.syn() && !seen.hasAck() && (flow == null || flow.life == FuzzFlow.Life.DEAD)) {
        flow = incoming(packet.linkIndex());
      }
      if (flow != null) {
        arrivals.onSegment(flow, seen);
      }
    } finally {
      datagram.release();
    }
  }

  /** A SYN of the stack: a connection that the application opened, or a join. */
  private FuzzFlow incoming(int link) {
    Ends ends = new Ends(seen.src(), seen.srcPort(), seen.dst(), seen.dstPort(), link);
    MpJoinSyn join = seen.options().mptcp(MpJoinSyn.class);
    if (join != null) {
      for (Session session : sessions) {
        boolean named =
            session.mptcp
                && join.token() == org.mptcp4j.testkit.peer.MptcpKeys.token(session.localKey);
        if (named) {
          return flow(session, ends, false, FuzzFlow.Life.SYN_CAME);
        }
      }
      return null;
    }
    Session session = session(true);
    MpCapable capable = seen.options().mptcp(MpCapable.class);
    session.localFlags = capable == null ? 0 : capable.flags();
    for (AppSocket socket : sockets) {
      if (socket.waitsFor(seen.srcPort())) {
        socket.is(session);
      }
    }
    return flow(session, ends, true, FuzzFlow.Life.SYN_CAME);
  }

  // ---- the application's side

  private void onEvent(StackEvent event) {
    if (event.type() == StackEvent.Type.ACCEPTABLE) {
      accept();
    }
  }

  private void accept() {
    for (MptcpSocket s = server.accept(); s != null; s = server.accept()) {
      InetSocketAddress remote = s.remoteAddress();
      IpAddress peer = IpAddress.of(remote.getAddress());
      FuzzFlow flow = byEnds.get(new Key(peer, remote.getPort(), LISTEN_PORT));
      require(flow != null, () -> "accepted what nobody opened: " + remote);
      AppSocket socket = new AppSocket(this, s);
      socket.is(flow.session);
      sockets.add(socket);
    }
  }

  void connect(int link, boolean mptcp) {
    SocketOptions options = config.sockets();
    if (!mptcp) {
      options = options.toBuilder().mptcp(org.mptcp4j.api.MptcpMode.DISABLED).build();
    }
    try {
      InetSocketAddress to =
          new InetSocketAddress(peerAddress(link).toInetAddress(), PEER_PORT + sockets.size());
      sockets.add(new AppSocket(this, stack.connect(nowNs, to, options)));
    } catch (MptcpException e) {
      return; // no route at the moment
    }
    settle();
  }

  // ---- memory

  /**
   * No connection holds more than its buffers can explain: what it may receive at both levels, at
   * four times its size since a piece may pin so much, and what was written.
   */
  private void checkMemory() {
    long held = allocator.outstandingBytes();
    if (held <= FREE_BYTES) {
      return;
    }
    long allowed = FREE_BYTES;
    for (AppSocket socket : sockets) {
      allowed += socket.unacknowledged();
    }
    allowed += flows.size() * (4L * (2 * bufferBytes + (1 << 16)) + (1 << 17));
    allowed += sessions.size() * 8L * bufferBytes;
    long most = allowed;
    require(held <= most, () -> held + " bytes are held, " + most + " may be");
  }

  /** Ends everything from both sides; nothing must be left then. */
  void end() {
    for (AppSocket socket : sockets) {
      socket.close();
    }
    settle();
    for (FuzzFlow flow : List.copyOf(flows)) {
      if (flow.life == FuzzFlow.Life.UP || flow.life == FuzzFlow.Life.SYN_SENT) {
        long seq = flow.irsKnown ? Math.max(flow.acked, 1) : 1;
        flow.session.guilty();
        send(flow.segment(org.mptcp4j.wire.TcpFlags.RST | org.mptcp4j.wire.TcpFlags.ACK, seq));
      }
    }
    pass(200_000_000_000L);
    var usage = stack.usage();
    require(
        usage.connections() == 0 && usage.flows() == 0 && usage.timeWait() == 0,
        () -> "200 s after the end there are " + usage);
    long left = allocator.outstandingBytes();
    require(left == 0, () -> left + " bytes are held when everything is over");
  }

  void close() {
    stack.close();
    in.clear();
    out.clear();
  }

  long outstandingBytes() {
    return allocator.outstandingBytes();
  }
}
