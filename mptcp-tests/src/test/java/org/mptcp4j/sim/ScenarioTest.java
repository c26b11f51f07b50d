package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SourceNat;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What users rely on MPTCP for, one failure or condition each. */
class ScenarioTest {
  private static final int PORT = 80;
  private static final LinkProfile PATH =
      LinkProfile.of(20_000_000, millis(10)).queueTime(millis(100));
  private static final long MB = 1_000_000;

  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");
  private final SimStack server =
      world.stack("server", StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private Listener listenAndRead() {
    return server.listen(PORT);
  }

  private void finish(Endpoint c, Listener listener, long bytes, double withinSeconds) {
    world.require("all arrives", () -> listener.received() == bytes, seconds(withinSeconds));
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.NONE);
    assertThat(listener.one().error()).isEqualTo(SocketError.NONE);
  }

  private static long carried(SimLink link) {
    return link.forward().counters().deliveredBytes();
  }

  @Test
  void oneOfTwoPathsDiesInMidTransfer() {
    SimLink first = world.path(client, server, PATH);
    SimLink second = world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(4 * MB).thenClose();
    world.require("a quarter arrives", () -> l.received() > MB, seconds(10));
    first.down();
    finish(c, l, 4 * MB, 20);
    assertThat(carried(second)).isGreaterThan(5 * MB / 2);
  }

  @Test
  void oneOfTwoPathsGoesSilentInMidTransfer() {
    world.path(client, server, PATH);
    SimLink second = world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(4 * MB).thenClose();
    world.require("a quarter arrives", () -> l.received() > MB, seconds(10));
    second.blackhole();
    world.require("all arrives", () -> l.received() == 4 * MB, seconds(30));
    second.restore();
    finish(c, l, 4 * MB, 1);
  }

  @Test
  void allPathsGoDownAndOneComesBack() {
    SimLink first = world.path(client, server, PATH);
    SimLink second = world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(2 * MB).thenClose();
    world.require("half of it arrives", () -> l.received() > MB, seconds(10));
    first.down();
    second.down();
    world.runFor(seconds(5));
    assertThat(c.closed()).isFalse();
    second.up();
    finish(c, l, 2 * MB, 30);
  }

  @Test
  void anOptionStripperMakesItPlainTcp() {
    SimLink link = world.path(client, server, PATH);
    world.path(client, server, PATH);
    link.forward().middlebox(OptionStripper.mptcpOnSyn());
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.require("half of it arrives", () -> l.received() > MB / 2, seconds(10));
    assertThat(c.socket().info().protocol()).isEqualTo(Protocol.TCP);
    assertThat(l.one().socket().isMptcp()).isFalse();
    finish(c, l, MB, 10);
  }

  @Test
  void aStripperOnTheWayBackMakesItPlainTcp() {
    SimLink link = world.path(client, server, PATH);
    link.backward().middlebox(OptionStripper.mptcpOnSyn());
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.require("half of it arrives", () -> l.received() > MB / 2, seconds(10));
    assertThat(c.socket().info().protocol()).isEqualTo(Protocol.TCP);
    finish(c, l, MB, 10);
  }

  @Test
  void aStripperOnTheJoinPathLeavesTheOtherPath() {
    world.path(client, server, PATH);
    SimLink second = world.path(client, server, PATH);
    second.forward().middlebox(OptionStripper.mptcp());
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    finish(c, l, MB, 20);
    assertThat(carried(second)).isLessThan(10_000);
  }

  @Test
  void aNatOnThePathIsNoObstacle() {
    SimLink link = world.path(client, server, PATH);
    SourceNat nat = new SourceNat(IpAddress.parse("10.1.0.77"));
    link.forward().middlebox(nat::outbound);
    link.backward().middlebox(nat::inbound);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.require("half of it arrives", () -> l.received() > MB / 2, seconds(10));
    assertThat(c.socket().isMptcp()).isTrue();
    finish(c, l, MB, 10);
  }

  @Test
  void twoUnequalPathsGiveFourFifthsOfTheirSum() {
    LinkProfile fast = LinkProfile.of(50_000_000, millis(5)).queueTime(millis(60));
    LinkProfile slow = LinkProfile.of(20_000_000, millis(30)).queueTime(millis(60));
    world.path(client, server, fast);
    world.path(client, server, slow);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(60 * MB).thenClose();
    world.require("the first tenth arrives", () -> l.received() > 6 * MB, seconds(10));
    long start = world.network().nowNs();
    long before = l.received();
    world.require("nearly all arrives", () -> l.received() > 54 * MB, seconds(60));
    double goodput = (l.received() - before) * 8e9 / (world.network().nowNs() - start);
    assertThat(goodput).isGreaterThan(0.8 * 70_000_000);
    finish(c, l, 60 * MB, 20);
  }

  @Test
  void aBackupPathCarriesDataOnlyWhenTheOtherIsDead() {
    SimLink main = world.path(client, server, PATH);
    SimLink spare = world.priority(Priority.BACKUP).path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(12 * MB).thenClose();
    world.require("a third of it arrives", () -> l.received() > 4 * MB, seconds(10));
    assertThat(carried(spare)).isLessThan(100_000);
    assertThat(c.socket().info().subflows()).hasSizeGreaterThan(1);
    main.down();
    finish(c, l, 12 * MB, 20);
    assertThat(carried(spare)).isGreaterThan(4 * MB);
  }

  @Test
  void theWindowClosesAndOpensAgain() {
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    SocketOptions small = SocketOptions.builder().receiveBufferBytes(65_536).build();
    Listener l =
        server.listen(
            new java.net.InetSocketAddress(PORT),
            small,
            e -> e.pauseReading().closeAtEndOfStream());
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.runFor(seconds(30));
    assertThat(l.one().socket().readableBytes()).isBetween(16_384L, 131_072L);
    assertThat(c.closed()).isFalse();
    l.one().resumeReading();
    finish(c, l, MB, 10);
  }

  @Test
  void theWindowOpensEvenIfTheUpdateIsLost() {
    SimLink link = world.path(client, server, PATH);
    SocketOptions small = SocketOptions.builder().receiveBufferBytes(65_536).build();
    Listener l =
        server.listen(
            new java.net.InetSocketAddress(PORT),
            small,
            e -> e.pauseReading().closeAtEndOfStream());
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.runFor(seconds(5));
    link.blackhole();
    l.one().resumeReading();
    world.runFor(millis(1));
    link.restore();
    finish(c, l, MB, 60);
  }

  @Test
  void aHalfClosedConnectionStillCarriesTheAnswer() {
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = server.listen(PORT, e -> {});
    Endpoint c = client.connect(server, PORT).send(MB).thenShutDown().closeAtEndOfStream();
    world.require(
        "the end arrives", () -> l.received() == MB && l.one().endOfStream(), seconds(10));
    world.runFor(seconds(2));
    assertThat(c.closed()).isFalse();
    l.one().send(2 * MB).thenClose();
    world.require("the answer arrives", () -> c.received() == 2 * MB, seconds(20));
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.NONE);
  }

  @Test
  void theClientAborts() {
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(4 * MB);
    world.require("a quarter arrives", () -> l.received() > MB, seconds(10));
    c.abort();
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.ECONNABORTED);
    assertThat(l.one().error()).isEqualTo(SocketError.ECONNRESET);
  }

  @Test
  void theServerAborts() {
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(4 * MB);
    world.require("a quarter arrives", () -> l.received() > MB, seconds(10));
    l.one().abort();
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.ECONNRESET);
  }

  @Test
  void closingWithUnreadDataResetsThePeer() {
    world.path(client, server, PATH);
    Listener l = server.listen(PORT, Endpoint::pauseReading);
    Endpoint c = client.connect(server, PORT).send(100_000);
    world.require("something arrives", () -> !l.accepted().isEmpty(), seconds(10));
    world.runFor(seconds(1));
    l.one().close();
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.ECONNRESET);
  }

  @Test
  void aPeerThatVanishesIsGivenUp() {
    SimLink first = world.path(client, server, PATH);
    SimLink second = world.path(client, server, PATH);
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(4 * MB);
    world.require("a quarter arrives", () -> l.received() > MB, seconds(10));
    first.blackhole();
    second.blackhole();
    world.require("the client gives up", c::closed, seconds(3600));
    assertThat(c.error()).isEqualTo(SocketError.ETIMEDOUT);
    l.one().abort();
    world.requireAllClosed(seconds(600));
  }

  @Test
  void aPeerThatNeverAnswersIsATimeout() {
    SimLink link = world.path(client, server, PATH);
    link.blackhole();
    SocketOptions options = SocketOptions.builder().connectTimeout(Duration.ofSeconds(10)).build();
    Endpoint c = client.connect(server.at(0, PORT), options);
    world.require("the client gives up", c::closed, seconds(11));
    assertThat(c.error()).isEqualTo(SocketError.ETIMEDOUT);
    assertThat(c.events()).containsExactly(StackEvent.Type.CONNECT_FAILED);
    world.requireAllClosed(seconds(100));
  }

  @Test
  void aPortWhereNobodyListensRefuses() {
    world.path(client, server, PATH);
    Endpoint c = client.connect(server, PORT);
    world.require("the answer comes", c::closed, seconds(1));
    assertThat(c.error()).isEqualTo(SocketError.ECONNREFUSED);
    world.requireAllClosed(seconds(100));
  }

  /** Drops one packet, counted from 1. */
  private static Middlebox dropping(int number) {
    int[] seen = {0};
    return (nowNs, packet) ->
        ++seen[0] == number ? Middlebox.Verdict.DROP : Middlebox.Verdict.FORWARD;
  }

  @Test
  void theKeysAreRepeatedWhenTheThirdAckIsLostAndThereIsNothingToSend() {
    SimLink link = world.path(client, server, PATH);
    link.forward().middlebox(dropping(2));
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).thenShutDown().closeAtEndOfStream();
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.NONE);
    assertThat(l.one().endOfStream()).isTrue();
    assertThat(server.counter("MPTcpExtMPCapableFallbackACK")).isZero();
  }

  @Test
  void aPriorityChangedDuringTheHandshakeWaitsForItsEnd() throws Exception {
    SimLink link = world.path(client, server, PATH);
    link.forward().middlebox(dropping(3));
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT);
    world.require("connected", c::connected, seconds(1));
    c.socket().setPriority(0, Priority.BACKUP);
    c.send(MB).thenClose();
    finish(c, l, MB, 20);
    assertThat(server.counter("MPTcpExtMPPrioRx")).isEqualTo(1);
  }

  @Test
  void aClosedSocketGoesOnAsLongAsThePeerTakesData() {
    world.path(client, server, LinkProfile.of(100_000, millis(10)).queueTime(millis(500)));
    Listener l = listenAndRead();
    Endpoint c = client.connect(server, PORT).send(MB).thenClose();
    world.runFor(seconds(70));
    assertThat(l.received()).isLessThan(MB);
    finish(c, l, MB, 60);
  }

  @Test
  void manyConnectionsAtOnceShareThePathsAndAllEnd() {
    world.path(client, server, LinkProfile.of(200_000_000, millis(5)).queueTime(millis(50)));
    world.path(client, server, LinkProfile.of(100_000_000, millis(15)).loss(0.005));
    Listener l = server.listen(PORT, e -> e.send(30_000).closeAtEndOfStream());
    for (int i = 0; i < 200; i++) {
      client.connect(server, PORT).send(20_000).thenShutDown().closeAtEndOfStream();
    }
    world.requireAllClosed(seconds(300));
    assertThat(l.accepted()).hasSize(200);
    assertThat(l.received()).isEqualTo(200 * 20_000);
    assertThat(client.endpoints())
        .allMatch(e -> e.error() == SocketError.NONE && e.received() == 30_000);
  }
}
