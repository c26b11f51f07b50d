package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * A host of several stacks: every packet of a connection comes in at a stack that is not its own.
 */
class SeveralStacksTest {
  private static final int PORT = 80;
  private static final int CONNECTIONS = 24;
  private static final long BYTES = 200_000;
  private static final LinkProfile PATH =
      LinkProfile.of(200_000_000, millis(5)).queueTime(millis(100));

  private final SimWorld world = new SimWorld(5);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private SimStack wrong(String name, int count) {
    return world.wronglySpreadStacks(name, StackConfig.defaults(), count);
  }

  private static List<Endpoint> connect(SimStack client, SimStack server) {
    List<Endpoint> connections = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(client.connect(server, PORT).send(BYTES).thenShutDown().closeAtEndOfStream());
    }
    return connections;
  }

  private static Listener serve(SimStack server) {
    return server.listen(PORT, e -> e.send(BYTES).closeAtEndOfStream());
  }

  private void finish(List<Endpoint> connections, Listener listener) {
    world.require(
        "everything arrives",
        () -> connections.stream().allMatch(Endpoint::endOfStream),
        seconds(120));
    assertThat(connections).allMatch(e -> e.received() == BYTES);
    assertThat(listener.accepted()).hasSize(CONNECTIONS).allMatch(e -> e.received() == BYTES);
    world.requireAllClosed(seconds(300));
    assertThat(connections).allMatch(e -> e.error() == SocketError.NONE);
    assertThat(listener.accepted()).allMatch(e -> e.error() == SocketError.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void everyPacketComesInAtTheWrongOne(int count) {
    SimStack client = wrong("client", count);
    SimStack server = wrong("server", count);
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = serve(server);
    List<Endpoint> connections = connect(client, server);
    world.require(
        "every connection has two subflows",
        () -> server.counter("MPTcpExtMPJoinAckRx") == CONNECTIONS,
        seconds(10));
    assertThat(server.stacks()).allMatch(stack -> stack.usage().connections() > 0);
    assertThat(client.stacks()).allMatch(stack -> stack.usage().connections() > 0);
    finish(connections, l);
    assertThat(server.counter("StackHandedOver")).isEqualTo(server.crossed());
    // all but the first SYN of each connection
    long own = server.counter("IpInReceives") - 2 * server.crossed();
    assertThat(own).isLessThanOrEqualTo(CONNECTIONS);
    assertThat(server.counter("MPTcpExtMPJoinNoTokenFound")).isZero();
    assertThat(server.counter("StackHandoverDrops")).isZero();
    assertThat(client.counter("TcpActiveOpens")).isEqualTo(2 * CONNECTIONS);
    assertThat(server.counter("TcpPassiveOpens")).isEqualTo(2 * CONNECTIONS);
    assertThat(server.counter("TcpOutRsts") + client.counter("TcpOutRsts")).isZero();
  }

  /** RFC 8684 section 3.2: whatever the network swaps on its way, a join is not lost by it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void stacksThatAreBusyLoseNoSubflow(long seed) {
    try (SimWorld busy = new SimWorld(seed)) {
      SimStack client = busy.busySpreadStacks("client", StackConfig.defaults(), 2);
      SimStack server = busy.busySpreadStacks("server", StackConfig.defaults(), 3);
      busy.path(client, server, PATH);
      busy.path(client, server, PATH);
      Listener l = serve(server);
      List<Endpoint> connections = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(client.connect(server, PORT).send(BYTES).closeAtEndOfStream());
      }
      busy.require(
          "every connection has two subflows at both ends",
          () ->
              connections.stream().allMatch(SeveralStacksTest::hasTwoSubflows)
                  && l.accepted().size() == CONNECTIONS
                  && l.accepted().stream().allMatch(SeveralStacksTest::hasTwoSubflows),
          seconds(30));
      busy.require(
          "everything arrives",
          () ->
              connections.stream().allMatch(e -> e.received() == BYTES)
                  && l.accepted().stream().allMatch(e -> e.received() == BYTES),
          seconds(30));
      // Later an ACK that comes behind the last one meets no flow, and is answered by a reset.
      assertThat(server.counter("TcpOutRsts") + client.counter("TcpOutRsts")).isZero();
      connections.forEach(Endpoint::thenShutDown);
      busy.requireAllClosed(seconds(300));
      assertThat(connections).allMatch(e -> e.received() == BYTES && e.error() == SocketError.NONE);
      assertThat(l.accepted()).allMatch(e -> e.received() == BYTES);
      assertThat(client.counter("TcpActiveOpens")).isEqualTo(2 * CONNECTIONS);
      assertThat(server.counter("TcpPassiveOpens")).isEqualTo(2 * CONNECTIONS);
      assertThat(server.counter("TcpEstabResets") + client.counter("TcpEstabResets")).isZero();
    }
  }

  private static boolean hasTwoSubflows(Endpoint end) {
    return end.events().stream().filter(StackEvent.Type.SUB_ESTABLISHED::equals).count() == 2;
  }

  @Test
  void aPathDiesInMidTransfer() {
    SimStack client = wrong("client", 2);
    SimStack server = wrong("server", 3);
    SimLink first = world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = serve(server);
    List<Endpoint> connections = connect(client, server);
    world.require("a part arrives", () -> l.received() > CONNECTIONS * BYTES / 4, seconds(10));
    first.blackhole();
    finish(connections, l);
  }

  @Test
  void plainTcpTakesTheSameWay() {
    SimStack client = wrong("client", 2);
    SimStack server = wrong("server", 2);
    SimLink link = world.path(client, server, PATH.loss(0.02));
    link.forward().middlebox(OptionStripper.mptcpOnSyn());
    Listener l = serve(server);
    finish(connect(client, server), l);
    assertThat(server.counter("MPTcpExtMPCapableSYNRX")).isZero();
  }

  @Test
  void aPortWithoutListenerRefusesAtEveryStack() {
    SimStack client = wrong("client", 3);
    SimStack server = wrong("server", 3);
    world.path(client, server, PATH);
    List<Endpoint> connections = connect(client, server);
    world.requireAllClosed(seconds(10));
    assertThat(connections).allMatch(e -> e.error() == SocketError.ECONNREFUSED);
  }

  @Test
  void abortsReachTheOtherEnd() {
    SimStack client = wrong("client", 2);
    SimStack server = wrong("server", 2);
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = serve(server);
    List<Endpoint> connections = connect(client, server);
    world.require("a part arrives", () -> l.received() > CONNECTIONS * BYTES / 4, seconds(10));
    connections.forEach(Endpoint::abort);
    world.requireAllClosed(seconds(300));
    assertThat(l.accepted()).allMatch(e -> e.error() == SocketError.ECONNRESET);
  }

  @Test
  void portsInTimeWaitOfAnotherStackAreNotUsed() {
    StackConfig fewPorts =
        StackConfig.builder().tcp(t -> t.ephemeralPorts(40_000, 40_000 + CONNECTIONS - 1)).build();
    SimStack client = world.wronglySpreadStacks("client", fewPorts, 2);
    SimStack server = wrong("server", 2);
    world.path(client, server, PATH);
    Listener l = server.listen(PORT, Endpoint::closeAtEndOfStream);
    for (int i = 0; i < CONNECTIONS; i++) {
      client.connect(server, PORT).send(1000).thenClose();
    }
    world.require(
        "all are in TIME-WAIT",
        () -> client.stacks().stream().mapToInt(s -> s.usage().timeWait()).sum() == CONNECTIONS,
        seconds(10));
    assertThat(l.received()).isEqualTo(1000 * CONNECTIONS);
    assertThat(client.stacks()).allMatch(s -> s.usage().timeWait() == CONNECTIONS / 2);
    world.requireAllClosed(seconds(300));
  }

  @Test
  void aTupleInTimeWaitOpensAgainOnItsStack() {
    // a peer that forgets at once opens the same tuples again while this host still waits
    StackConfig hasty =
        StackConfig.builder()
            .mptcp(MptcpMode.DISABLED)
            .tcp(t -> t.ephemeralPorts(40_000, 40_000 + CONNECTIONS - 1))
            .build();
    SimStack client = world.stack("client", hasty);
    SimStack server = wrong("server", 3);
    world.path(client, server, PATH);
    Listener l = server.listen(PORT, e -> e.send(1000).thenClose());
    for (int round = 1; round <= 2; round++) {
      List<Endpoint> connections = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(
            client.connect(server.at(0, PORT), SocketOptions.defaults()).closeAtEndOfStream());
      }
      world.require(
          "the client has forgotten",
          () -> connections.stream().allMatch(Endpoint::closed) && client.isEmpty(),
          seconds(30));
      assertThat(connections).allMatch(e -> e.received() == 1000);
      assertThat(l.accepted()).hasSize(round * CONNECTIONS);
      assertThat(server.stacks().stream().mapToInt(s -> s.usage().timeWait()).sum())
          .isEqualTo(CONNECTIONS);
    }
    assertThat(server.counter("TcpExtTWRecycled")).isEqualTo(CONNECTIONS);
    world.requireAllClosed(seconds(300));
  }
}
