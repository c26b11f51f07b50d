package org.mptcp4j.testkit.replay;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.SimParty;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;

/**
 * A replay of a capture to one stack, which {@link CaptureReplay} makes. It is a host of the
 * stack's world, connected with it by a link that takes no time, and has all addresses of the end
 * that is replayed.
 *
 * <p>A segment is not sent before the stack has sent what it acknowledges; after a second of
 * waiting it is sent all the same, and the report says so. What cannot be translated, because the
 * handshake of its flow is missing in the capture or at the stack, is left out, and the report says
 * so too.
 */
public final class StackReplay implements SimParty {
  private static final int REPLAY_MTU = 65_535;
  private static final int STACK_MTU = 1500;
  private static final long WAITING_NS = SimNetwork.seconds(1).toNanos();
  private static final Duration AFTERWARDS = SimNetwork.seconds(1);
  private static final String SENT_WITHOUT =
      "sent without waiting longer for what it acknowledges: ";

  /** A segment that is to be sent. */
  private record Due(long timeNs, ReplayFlow flow, CaptureReplay.Captured captured) {}

  private final CaptureReplay capture;
  private final SimWorld world;
  private final SimHost host;
  private final Set<IpAddress> answering;
  private final List<ReplayFlow> flows = new ArrayList<>();
  private final List<ReplayConnection> connections = new ArrayList<>();
  private final List<Due> script = new ArrayList<>();
  private final ArrayDeque<Due> due = new ArrayDeque<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<WireSegment> strangers = new ArrayList<>();
  private long startNs;
  private long nowNs;
  private int sent;

  StackReplay(CaptureReplay capture, SimStack stack, Set<IpAddress> answering) {
    if (!stack.addresses().isEmpty()) {
      throw new IllegalArgumentException(
          stack.name() + " has paths already; a replay needs a stack of its own");
    }
    this.capture = capture;
    this.answering = answering;
    world = stack.world();
    host = world.network().host("replay to " + stack.name(), new Processor());
    LinkProfile link = LinkProfile.perfect().mtu(REPLAY_MTU);
    SimLink only = world.connect("replay", this, stack, link, link);
    for (IpAddress address : answering) {
      String prefix = address.isV4() ? "/24" : "/64";
      stack.addAddress(only, address + prefix, Priority.NORMAL, STACK_MTU);
    }
    capture.segments().forEach(this::read);
    if (script.isEmpty()) {
      throw new IllegalArgumentException("the capture has no segment to this end");
    }
  }

  // ---- the capture

  private void read(CaptureReplay.Captured c) {
    WireSegment s = c.segment();
    if (answering.contains(s.dst())) {
      ReplayFlow flow = flow(s, s.src(), s.srcPort(), s.dst(), s.dstPort());
      flow.replayedSegment(s);
      script.add(new Due(c.timeNs(), flow, c));
    } else if (answering.contains(s.src())) {
      flow(s, s.dst(), s.dstPort(), s.src(), s.srcPort()).capturedAnswer(s);
    }
  }

  private ReplayFlow flow(WireSegment s, IpAddress from, int fromPort, IpAddress to, int toPort) {
    // The last one, because a port may be used again; a SYN sent again is the same flow.
    for (int i = flows.size() - 1; i >= 0; i--) {
      if (flows.get(i).isBetween(from, fromPort, to, toPort) && !flows.get(i).isOver(s)) {
        return flows.get(i);
      }
    }
    ReplayFlow flow = new ReplayFlow(from, fromPort, to, toPort);
    connection(s).ifPresent(flow::connection);
    flows.add(flow);
    return flow;
  }

  private Optional<ReplayConnection> connection(WireSegment syn) {
    if (syn.mptcp(MpCapable.class).isPresent()) {
      ReplayConnection begun = new ReplayConnection();
      connections.add(begun);
      return Optional.of(begun);
    }
    return syn.mptcp(MpJoinSyn.class)
        .flatMap(
            join ->
                connections.stream()
                    .filter(
                        c -> c.hasCapturedToken(join.token()) || c.hasReplayedToken(join.token()))
                    .findFirst());
  }

  /** Where the first connection of the capture goes to. */
  public InetSocketAddress server() {
    return capture.server();
  }

  /**
   * Sends the segments at their times, counted from now, and lets a second pass after the last one.
   */
  public ReplayReport run() {
    startNs = world.network().nowNs();
    nowNs = startNs;
    due.addAll(script);
    host.wake();
    long first = capture.segments().get(0).timeNs();
    long lengthNs = script.get(script.size() - 1).timeNs - first;
    world.runUntil(due::isEmpty, Duration.ofNanos(lengthNs + WAITING_NS * (script.size() + 1L)));
    world.runFor(AFTERWARDS);
    return new ReplayReport(flows, sent, capture.unreadable(), remarks, strangers);
  }

  private long dueNs(Due d) {
    return startNs + d.timeNs - capture.segments().get(0).timeNs();
  }

  // ---- the stack

  private void receive(Packet packet) {
    WireSegment s = WireSegment.of(nowNs, packet).orElse(null);
    if (s == null) {
      remarks.add("the stack sent a packet that is no TCP segment");
      return;
    }
    for (int i = flows.size() - 1; i >= 0; i--) {
      if (flows.get(i).isAnsweredBy(s)) {
        flows.get(i).stackAnswer(s);
        return;
      }
    }
    Optional<ReplayFlow> opened =
        CaptureReplay.isSyn(s)
            ? flows.stream().filter(f -> f.isOpenedBy(s)).findFirst()
            : Optional.empty();
    opened.ifPresentOrElse(
        flow -> {
          flow.stackPort(s.srcPort());
          flow.stackAnswer(s);
        },
        () -> strangers.add(s));
  }

  /** Whether the stack has done what the other end of the capture had done before this segment. */
  private static boolean isReady(Due d) {
    WireSegment s = d.captured.segment();
    return !s.has(TcpFlags.ACK) || d.flow.isTranslatable() && d.flow.hasSentWhatIsAcknowledgedBy(s);
  }

  private void send(Due d, PacketBatch out) {
    WireSegment s = d.captured.segment();
    if (CaptureReplay.isSyn(s)) {
      d.flow.stackPort(s.dstPort());
    }
    if (!isReady(d) && !d.flow.isTranslatable()) {
      remarks.add("left out, because its flow has no handshake: " + s);
      return;
    }
    if (!isReady(d)) {
      remarks.add(SENT_WITHOUT + s);
    }
    byte[] bytes = Translation.of(d.flow, d.captured.datagram());
    ByteBuf datagram = world.allocator().buffer(bytes.length).writeBytes(bytes);
    Packet packet = out.add();
    packet.header(datagram);
    packet.checksum(ChecksumState.VALID);
    sent++;
  }

  @Override
  public SimHost host() {
    return host;
  }

  @Override
  public void addAddress(SimLink link, String addressAndPrefix, Priority priority, int mtu) {
    throw new IllegalStateException("a replay has the addresses of its capture");
  }

  private final class Processor implements PacketProcessor {
    @Override
    public void onPackets(long timeNs, PacketBatch in) {
      nowNs = timeNs;
      for (int i = 0; i < in.size(); i++) {
        receive(in.get(i));
      }
      in.clear();
    }

    @Override
    public void pollTransmit(long timeNs, PacketBatch out) {
      nowNs = timeNs;
      while (!due.isEmpty() && !out.isFull() && isNow(due.peek())) {
        send(due.remove(), out);
      }
    }

    private boolean isNow(Due d) {
      return nowNs >= dueNs(d) + (isReady(d) ? 0 : WAITING_NS);
    }

    @Override
    public long nextTimeoutNs() {
      if (due.isEmpty()) {
        return Long.MAX_VALUE;
      }
      long atNs = dueNs(due.peek());
      return atNs > nowNs ? atNs : atNs + WAITING_NS;
    }

    @Override
    public void onTimeout(long timeNs) {
      nowNs = timeNs;
    }
  }
}
