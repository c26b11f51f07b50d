package org.mptcp4j.testkit.packetdrill;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.wire.IpAddress;

/** The connections of a script, and which of them the next packet belongs to. */
final class Flows {
  private static final int FIRST_REMOTE_PORT = 40_001;

  private final RunOptions options;
  private final List<Flow> flows = new ArrayList<>();
  private Optional<Flow> underTest = Optional.empty();
  private int listenPort;
  private int nextRemotePort = FIRST_REMOTE_PORT;

  Flows(RunOptions options) {
    this.options = options;
    listenPort = options.bindPort();
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
    Flow flow = new Flow(local, localPort, remote, remotePort, options.tickNs());
    flows.add(flow);
    return flow;
  }

  /** A new connection between these endpoints, whose numbers begin anew. */
  Flow opened(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    flows.removeIf(
        f ->
            f.localPort() == localPort
                && f.remotePort() == remotePort
                && f.remote().equals(remote));
    Flow flow = of(local, localPort, remote, remotePort);
    underTest = Optional.of(flow);
    return flow;
  }

  /** The connection of a packet that the peer sends. */
  Flow ofInbound(PacketSpec packet) {
    if (packet.endpoints().isPresent()) {
      PacketSpec.Endpoints e = packet.endpoints().get();
      return named(e.dst(), e.dstPort(), e.src(), e.srcPort());
    }
    if (underTest.isEmpty()) {
      // The first packet of a new peer.
      opened(options.local(), listenPort, options.remote(), nextRemotePort++);
    }
    return underTest.orElseThrow();
  }

  /** The connection of a packet that the stack has to send. */
  Flow ofOutbound(PacketSpec packet) {
    if (packet.endpoints().isPresent()) {
      PacketSpec.Endpoints e = packet.endpoints().get();
      return named(e.src(), e.srcPort(), e.dst(), e.dstPort());
    }
    return underTest.orElseThrow(
        () ->
            ScriptException.malformed(
                packet.place(), "there is no connection yet that could send this packet"));
  }

  private Flow named(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    Flow flow = of(local, localPort, remote, remotePort);
    underTest = Optional.of(flow);
    return flow;
  }

  /** The connection of a segment that left, if it is known. */
  Optional<Flow> of(Segment sent) {
    return flows.stream().filter(f -> f.isOf(sent)).findFirst();
  }
}
