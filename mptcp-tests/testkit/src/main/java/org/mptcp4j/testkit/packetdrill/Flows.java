package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;

/** The connections of a script, and which of them the next packet belongs to. */
final class Flows {
  private static final int FIRST_REMOTE_PORT = 40_001;

  private final RunOptions options;
  private final List<Flow> flows = new ArrayList<>();
  private final Deque<Flow> recent = new ArrayDeque<>();
  private final MptcpNames names;
  private Optional<Flow> underTest = Optional.empty();
  private int listenPort;
  private int nextRemotePort = FIRST_REMOTE_PORT;

  Flows(RunOptions options) {
    this.options = options;
    listenPort = options.bindPort();
    names = new MptcpNames(options.remote());
  }

  /** What stands for the cookies of fast open. */
  CookieNames cookies() {
    return names.cookies();
  }

  /** A new socket is under test, which has no connection yet. */
  void startOver() {
    underTest = Optional.empty();
  }

  /** The socket under test listens there. */
  void listenOn(int port) {
    underTest = Optional.empty();
    listenPort = port;
  }

  /** The connection that packets without endpoints belong to. */
  Optional<Flow> underTest() {
    return underTest;
  }

  void underTest(Flow flow) {
    underTest = Optional.of(flow);
    recent.remove(flow);
    recent.addFirst(flow);
  }

  /** The connection between these endpoints, which is made known if it is new. */
  Flow of(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    for (Flow flow : flows) {
      if (flow.localPort() == localPort
          && flow.remotePort() == remotePort
          && flow.local().equals(local)
          && flow.remote().equals(remote)) {
        return flow;
      }
    }
    TimestampMap clock = new TimestampMap(options.tickNs(), options.toleranceNs(0));
    Flow flow = new Flow(local, localPort, remote, remotePort, clock, names);
    flows.add(flow);
    return flow;
  }

  /** A new connection between these endpoints, whose numbers begin anew. */
  Flow opened(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    flows.removeIf(
        f ->
            f.localPort() == localPort
                && f.remotePort() == remotePort
                && f.local().equals(local)
                && f.remote().equals(remote));
    recent.retainAll(flows);
    Flow flow = of(local, localPort, remote, remotePort);
    underTest(flow);
    return flow;
  }

  /** The connection of a packet that the peer sends. */
  Flow ofInbound(PacketSpec packet) {
    if (packet.endpoints().isPresent()) {
      PacketSpec.Endpoints e = packet.endpoints().get();
      return named(e.dst(), e.dstPort(), e.src(), e.srcPort());
    }
    boolean begins =
        packet.isSyn() && (packet.names().isPresent() || packet.has(JoinSpec.Syn.class));
    if (underTest.isEmpty() || begins) {
      return begin(packet.names());
    }
    packet.names().ifPresent(n -> choose(packet, n.dst(), n.src()));
    return underTest.orElseThrow();
  }

  /** The first packet of a new peer, or from another address of one. */
  private Flow begin(Optional<PacketSpec.Names> ends) {
    Optional<String> src = ends.flatMap(PacketSpec.Names::src);
    Optional<String> dst = ends.flatMap(PacketSpec.Names::dst);
    if (flows.isEmpty()) {
      src.ifPresent(names::firstPeer);
    }
    dst.ifPresent(n -> names.address(n, options.local()));
    IpAddress local = dst.flatMap(names::address).orElse(options.local());
    IpAddress remote = src.map(names::peer).orElse(options.remote());
    int port = underTest.map(Flow::localPort).orElse(listenPort);
    return opened(local, port, remote, nextRemotePort++);
  }

  /** The connection of a packet that the stack has to send, of which this one left. */
  Flow ofOutbound(PacketSpec packet, Segment sent) {
    if (packet.endpoints().isPresent()) {
      PacketSpec.Endpoints e = packet.endpoints().get();
      return named(e.src(), e.srcPort(), e.dst(), e.dstPort());
    }
    Optional<Flow> known = of(sent);
    boolean begins = packet.isSyn() && sent.isSyn();
    if (begins && (known.isEmpty() || packet.names().isPresent())) {
      Flow flow =
          known.orElseGet(() -> opened(sent.src(), sent.srcPort(), sent.dst(), sent.dstPort()));
      packet.names().ifPresent(n -> bind(packet.place(), n.src(), n.dst(), flow));
      underTest(flow);
    } else if (packet.names().isPresent()) {
      PacketSpec.Names ends = packet.names().get();
      choose(packet, ends.src(), ends.dst());
    } else if (!flows.isEmpty() && flows.get(flows.size() - 1).isOf(sent)) {
      // Names before this one may have meant one packet only: the last subflow is still meant.
      underTest(flows.get(flows.size() - 1));
    }
    return underTest.orElseThrow(
        () ->
            ScriptException.malformed(
                packet.place(), "there is no connection yet that could send this packet"));
  }

  private void bind(Place place, Optional<String> local, Optional<String> remote, Flow flow) {
    local.ifPresent(n -> bind(place, n, flow.local()));
    remote.ifPresent(n -> bind(place, n, flow.remote()));
  }

  private void bind(Place place, String name, IpAddress address) {
    names.address(name, address);
    IpAddress known = names.address(name).orElseThrow();
    if (!known.equals(address)) {
      throw ScriptException.failed(place, "addr[" + name + "] is " + known + ", not " + address);
    }
  }

  /** The connection between these ends that was used last is under test. */
  private void choose(PacketSpec packet, Optional<String> local, Optional<String> remote) {
    Flow flow =
        recent.stream()
            .filter(f -> isOrUnknown(local, f.local()) && isOrUnknown(remote, f.remote()))
            .findFirst()
            .orElseThrow(
                () ->
                    ScriptException.malformed(
                        packet.place(), "there is no connection between these addresses"));
    bind(packet.place(), local, remote, flow);
    underTest(flow);
  }

  private boolean isOrUnknown(Optional<String> name, IpAddress address) {
    return name.flatMap(names::address).map(address::equals).orElse(Boolean.TRUE);
  }

  private Flow named(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    Flow flow = of(local, localPort, remote, remotePort);
    underTest(flow);
    return flow;
  }

  /** The connection of a segment that left, if it is known. */
  Optional<Flow> of(Segment sent) {
    return flows.stream().filter(f -> f.isOf(sent)).findFirst();
  }
}
