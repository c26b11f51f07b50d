package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What schedulers do to the traffic of whole connections. */
class SchedulerTest {
  private static final int PORT = 80;
  private static final int MESSAGE = 1000;
  private static final LinkProfile FAST = LinkProfile.of(20_000_000, millis(5));
  private static final LinkProfile SLOW = LinkProfile.of(10_000_000, millis(20));
  private static final long FAST_RTT_NS = 2 * millis(5).toNanos();
  private static final long SLOW_RTT_NS = 2 * millis(20).toNanos();

  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");
  private final SimStack server = world.stack("server");
  private SimLink fast;
  private SimLink slow;
  private Listener listener;
  private Endpoint c;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void connect(String scheduler) {
    fast = world.path(client, server, FAST);
    slow = world.path(client, server, SLOW);
    listener = server.listen(PORT);
    SocketOptions options = SocketOptions.builder().noDelay(true).scheduler(scheduler).build();
    c = client.connect(server, PORT, options).send(MESSAGE);
    world.require("two subflows", () -> c.info().subflows().size() == 2, seconds(2));
    world.runFor(seconds(1));
  }

  /**
   * Sends messages, one each 10 ms, and watches when they arrive.
   *
   * @return the longest time that one took
   */
  private long slowestOf(int messages) {
    long worst = 0;
    for (int i = 0; i < messages; i++) {
      long start = world.network().nowNs();
      long before = listener.received();
      c.send(MESSAGE);
      world.require("it arrives", () -> listener.received() == before + MESSAGE, seconds(10));
      worst = Math.max(worst, world.network().nowNs() - start);
      long end = start + millis(10).toNanos();
      world.runFor(Duration.ofNanos(Math.max(0, end - world.network().nowNs())));
    }
    return worst;
  }

  private void closeAll() {
    c.thenClose();
    listener.one().closeAtEndOfStream();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void redundantBytesComeOnceAndEachWayCarriesAll() {
    connect("redundant");
    c.send(2_000_000);
    world.require("all", () -> listener.received() == 2_000_000 + MESSAGE, seconds(20));
    assertThat(c.info().scheduler()).isEqualTo("redundant");
    assertThat(c.info().bytesSent()).isEqualTo(2_000_000 + MESSAGE);
    // What the slow path has not got to when the fast one has it acknowledged is left out there.
    assertThat(c.info().bytesReinjected()).isBetween(500_000L, 2_000_000L);
    assertThat(c.info().subflows().get(0).bytesSent()).isGreaterThan(1_900_000);
    assertThat(c.info().subflows().get(1).bytesSent()).isGreaterThan(500_000);
    assertThat(client.counters().get("MPTcpExtMPTCPRetrans")).isPositive();
    assertThat(server.counters().get("MPTcpExtDuplicateData")).isPositive();
    closeAll();
  }

  @Test
  void redundantDoesNotStallWhenAPathDiesSilently() {
    connect("redundant");
    assertThat(slowestOf(20)).isLessThan(FAST_RTT_NS);
    fast.blackhole();
    assertThat(slowestOf(200)).isLessThan(SLOW_RTT_NS);
    fast.restore();
    slowestOf(500);
    slow.blackhole();
    assertThat(slowestOf(200)).isLessThan(FAST_RTT_NS);
    slow.restore();
    closeAll();
  }

  @Test
  void redundantDoesNotStallWhenAPathLosesPackets() {
    connect("redundant");
    fast.profile(FAST.loss(0.03));
    assertThat(slowestOf(1000)).isLessThan(SLOW_RTT_NS);
    fast.profile(FAST);
    world.runFor(seconds(1));
    slow.profile(SLOW.loss(0.03));
    assertThat(slowestOf(1000)).isLessThan(FAST_RTT_NS);
    closeAll();
  }

  @Test
  void redundantBulkIsWholeOverLossyAndDyingPaths() {
    connect("redundant");
    fast.profile(FAST.loss(0.03));
    slow.profile(SLOW.loss(0.03));
    c.send(3_000_000);
    world.require("a third", () -> listener.received() > 1_000_000, seconds(60));
    fast.blackhole();
    world.require("all", () -> listener.received() == 3_000_000 + MESSAGE, seconds(60));
    fast.restore();
    closeAll();
  }

  @Test
  void theDefaultSchedulerStallsWhereRedundantDoesNot() {
    connect("lowest-rtt");
    assertThat(slowestOf(20)).isLessThan(FAST_RTT_NS);
    fast.blackhole();
    assertThat(slowestOf(200)).isGreaterThan(2 * SLOW_RTT_NS);
    assertThat(c.info().bytesReinjected()).isPositive();
    fast.restore();
    closeAll();
  }

  @Test
  void aListenersSchedulerServesWhatItAccepts() {
    fast = world.path(client, server, FAST);
    slow = world.path(client, server, SLOW);
    SocketOptions options = SocketOptions.builder().scheduler("redundant").build();
    listener = server.listen(PORT, options, e -> e.send(100_000));
    c = client.connect(server, PORT).send(MESSAGE);
    world.require("it arrives", () -> c.received() == 100_000, seconds(10));
    assertThat(listener.one().info().scheduler()).isEqualTo("redundant");
    assertThat(c.info().scheduler()).isEqualTo("lowest-rtt");
    closeAll();
  }

  @Test
  void aSchedulerIsExchangedUnderWay() {
    connect("lowest-rtt");
    c.send(20_000_000);
    world.require("half", () -> listener.received() > 10_000_000, seconds(60));
    assertThat(c.info().bytesReinjected()).isZero();
    c.socket().setScheduler("redundant");
    world.require("more", () -> listener.received() > 15_000_000, seconds(60));
    assertThat(c.info().scheduler()).isEqualTo("redundant");
    long copied = c.info().bytesReinjected();
    assertThat(copied).isPositive();
    c.socket().setScheduler("lowest-rtt");
    world.require("all", () -> listener.received() == 20_000_000 + MESSAGE, seconds(60));
    assertThat(c.info().bytesReinjected()).isEqualTo(copied);
    closeAll();
  }

  @Test
  void aSchedulerIsExchangedWhileTheConnectionOpens() {
    fast = world.path(client, server, FAST);
    listener = server.listen(PORT);
    c = client.connect(server, PORT).send(MESSAGE);
    c.socket().setScheduler("redundant");
    world.require("it arrives", () -> listener.received() == MESSAGE, seconds(10));
    assertThat(c.info().scheduler()).isEqualTo("redundant");
    closeAll();
  }
}
