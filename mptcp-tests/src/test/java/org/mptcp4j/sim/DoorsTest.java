package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.peer.HandDrivenPeer;
import org.mptcp4j.testkit.peer.PeerConnection;
import org.mptcp4j.testkit.peer.PeerSubflow;
import org.mptcp4j.testkit.segment.SegmentLog;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.TcpFlags;

/** What comes in when the table of half-open connections is full, and what a peer can cause. */
class DoorsTest {
  private static final int PORT = 80;
  private static final LinkProfile PATH = LinkProfile.of(20_000_000, millis(5));
  private static final StackConfig ONE_HALF_OPEN =
      StackConfig.builder().limits(l -> l.halfOpen(1)).build();

  private final SimWorld world = new SimWorld(3);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  // RFC 8684 section 3.1: the key in the third ACK may have a token that is taken by then.
  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void aTokenTakenWhileTheCookieWasOutMeansPlainTcp(SimWorld.Family family) {
    world.family(family);
    SimStack server = world.stack("server", ONE_HALF_OPEN);
    HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");
    world.path(peer, server, PATH);
    world.path(peer, server, PATH);
    Listener listener = server.listen(PORT, Endpoint::keeping);
    peer.flow(0, server.at(0, PORT)).craft().flags(TcpFlags.SYN).send();
    world.runFor(millis(20));

    PeerConnection connection = peer.connection();
    PeerSubflow first = connection.connect(server.at(0, PORT));
    world.runFor(millis(20));
    connection.join(1, server.at(1, PORT));
    world.runFor(millis(20));
    assertThat(server.counter("TcpExtSyncookiesRecv")).as("of both subflows").isEqualTo(2);
    // The connection lives on its second subflow; its first is gone, and its cookie comes again.
    first.craft().flags(TcpFlags.RST, TcpFlags.ACK).send();
    world.runFor(millis(20));
    MpCapable keys =
        MpCapable.ack(connection.localFlags(), connection.localKey(), connection.remoteKey());
    first.craft().seq(1).ack(1).option(keys).send();
    world.runFor(millis(20));

    assertThat(listener.accepted()).hasSize(2);
    assertThat(listener.accepted().get(0).info().protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(listener.accepted().get(1).info().protocol()).isEqualTo(Protocol.TCP);
    assertThat(server.counter("MPTcpExtMPFallbackTokenInit")).isEqualTo(1);
  }

  /** Every packet comes in at a stack that is not its own, and every cookie, too. */
  @ParameterizedTest
  @CsvSource({"V4, ENABLED", "V6, ENABLED", "V4, DISABLED", "V6, DISABLED"})
  void cookiesAreGoodAtAllStacksOfAGroup(SimWorld.Family family, MptcpMode mptcp) {
    world.family(family);
    SimStack server = world.wronglySpreadStacks("server", ONE_HALF_OPEN, 2);
    SimStack client = world.stack("client", StackConfig.builder().mptcp(mptcp).build());
    HandDrivenPeer nobody = HandDrivenPeer.in(world, "nobody");
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    world.path(nobody, server, PATH);
    Listener listener = server.listen(PORT);
    for (int i = 0; i < 20; i++) {
      nobody.flow(0, server.at(2, PORT)).craft().flags(TcpFlags.SYN).send();
    }
    world.runFor(millis(20));
    for (int i = 0; i < 20; i++) {
      client.connect(server, PORT).send(20_000).thenClose();
    }
    world.require(
        "all are served",
        () -> listener.accepted().size() == 20 && listener.received() == 400_000,
        seconds(10));
    assertThat(server.counter("TcpExtSyncookiesRecv")).isGreaterThan(10);
    int connections = mptcp == MptcpMode.ENABLED ? 20 : 0;
    assertThat(server.counter("MPTcpExtMPCapableACKRX")).isEqualTo(connections);
    assertThat(server.counter("MPTcpExtMPJoinAckRx")).isEqualTo(connections);
    // RFC 7323 section 5.4: one clock for all of a connection, also when it changes the stack.
    assertThat(client.counter("TcpExtPAWSEstab")).isZero();
  }

  // RFC 8684 section 5.1: a peer must not be able to make this host send to others without end.
  @Test
  void announcementsInTheLifeOfAConnectionAreBounded() {
    SimStack client = world.stack("client");
    HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");
    world.path(client, peer, PATH);
    SegmentLog log = world.log(client);
    client.connect(peer.at(0, PORT), client.stacks().get(0).config().sockets());
    PeerConnection connection = peer.connection();
    PeerSubflow first = connection.accept(PORT);
    first.ack();
    for (int i = 1; i <= 300; i++) {
      int id = 1 + i % 250;
      IpAddress victim = IpAddress.parse("192.0." + (2 + i / 200) + "." + (1 + i % 200));
      first.craft().option(connection.addAddr(id, victim, PORT)).send();
      world.runFor(millis(50));
      first.craft().option(RemoveAddr.of(id)).send();
      world.runFor(millis(50));
    }
    Set<IpAddress> joined =
        log.sent().stream()
            .filter(s -> s.mptcp(MpJoinSyn.class).isPresent())
            .map(s -> s.dst())
            .collect(Collectors.toSet());
    assertThat(joined).hasSizeBetween(1, 64);
  }
}
