package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Paths that are silent for a while: how soon they are found to work again, and how well. */
class OutageTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;
  private static final LinkProfile PATH =
      LinkProfile.of(20_000_000, millis(10)).queueTime(millis(100));

  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");
  private final SimStack server = world.stack("server");
  private SimLink first;
  private boolean silent;

  @BeforeEach
  void onePath() {
    first = world.path(client, server, PATH);
  }

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void abandon(Endpoint c) {
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  /** Time until more arrives than has arrived so far. */
  private double secondsUntilMore(Listener l) {
    long before = l.received();
    long start = world.network().nowNs();
    world.require("more arrives", () -> l.received() > before + 100_000, seconds(100));
    return (world.network().nowNs() - start) / 1e9;
  }

  /**
   * RFC 6298 section 3: when only acknowledgements were lost, the first one that comes through is
   * not taken for a round trip as long as the outage.
   */
  @Test
  void anOutageOfAcknowledgementsIsNoRoundTripTime() {
    first
        .backward()
        .middlebox((now, packet) -> silent ? Middlebox.Verdict.DROP : Middlebox.Verdict.FORWARD);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    silent = true;
    world.runFor(seconds(9));
    silent = false;
    long acked = c.socket().info().bytesAcked();
    world.require("it is acknowledged", () -> c.socket().info().bytesAcked() > acked, seconds(30));
    assertThat(c.socket().info().subflows().get(0).rtoNs()).isLessThan(seconds(2.1).toNanos());
    world.runFor(millis(30));
    silent = true;
    world.runFor(millis(400));
    silent = false;
    assertThat(secondsUntilMore(l)).isLessThan(2.5);
    abandon(c);
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 7, 12, 20, 27})
  void aPathThatWorksAgainIsFoundSoonWhenAllWereSilent(double outageSeconds) {
    SimLink second = world.path(client, server, PATH);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    first.blackhole();
    second.blackhole();
    world.runFor(seconds(outageSeconds));
    second.restore();
    assertThat(secondsUntilMore(l)).isLessThan(2.5);
    abandon(c);
  }

  @Test
  void aPathThatWorksAgainIsFoundSoonWhileTheOtherCarriesOn() {
    SimLink second = world.path(client, server, PATH);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(200 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    second.blackhole();
    world.runFor(seconds(20));
    second.restore();
    world.runFor(seconds(4));
    long before = l.received();
    world.runFor(seconds(2));
    // And it ramps up in slow start, because it was not congested.
    assertThat((l.received() - before) * 8 / 2.0).isGreaterThan(0.8 * 40 * MB);
    abandon(c);
  }

  /** Without any event, and whatever the phase of the search is when the paths are back. */
  @ParameterizedTest
  @ValueSource(doubles = {3, 15, 30, 30.7, 31.3, 32.1, 33.6, 34.9, 36.2, 90, 150, 200, 300, 600})
  void bothPathsAreInUseAgainSoonAfterBothWereGone(double outageSeconds) {
    SimLink second = world.path(client, server, PATH);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(400 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    first.blackhole();
    second.blackhole();
    world.runFor(seconds(outageSeconds));
    first.restore();
    second.restore();
    requireBothInUse(second, 4.5);
    abandon(c);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 2, 5.5, 9, 17, 30, 31, 32, 33, 34, 35, 120})
  void aSecondPathThatWorksOnlyLaterIsFoundSoon(double seconds) {
    SimLink second = world.path(client, server, PATH);
    second.blackhole();
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(1_000 * MB);
    world.runFor(seconds(seconds));
    assertThat(l.received()).isPositive();
    second.restore();
    requireBothInUse(second, 4.5);
    abandon(c);
  }

  private void requireBothInUse(SimLink second, double seconds) {
    long carriedByFirst = first.forward().counters().bytes();
    long carriedBySecond = second.forward().counters().bytes();
    world.require(
        "both paths carry data",
        () ->
            first.forward().counters().bytes() > carriedByFirst + 20_000
                && second.forward().counters().bytes() > carriedBySecond + 20_000,
        seconds(seconds));
  }

  @Test
  void anIdleConnectionDoesNotProbe() {
    world.path(client, server, PATH);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(MB);
    world.require("it arrives", () -> l.received() == MB, seconds(10));
    world.runFor(seconds(2));
    first.blackhole();
    long before = first.forward().counters().packets();
    world.runFor(seconds(100));
    assertThat(first.forward().counters().packets()).isEqualTo(before);
    first.restore();
    abandon(c);
  }

  /** RFC 6298 section 5: what a peer sends does not make round trips shorter. */
  @Test
  void dataOfThePeerDoesNotTriggerRetransmissionsWithinARoundTrip() {
    SimWorld far = new SimWorld(2);
    SimStack a = far.stack("a");
    SimStack b = far.stack("b");
    SimLink link = far.path(a, b, LinkProfile.of(2_000_000, millis(1000)).queueTime(millis(500)));
    Listener l = b.listen(PORT);
    Endpoint c = a.connect(b, PORT).send(100 * MB);
    far.require("connected", () -> l.accepted().size() == 1, seconds(20));
    l.one().send(100 * MB);
    far.runFor(seconds(30));
    int[] large = new int[1];
    link.forward()
        .middlebox(
            (now, packet) -> {
              if (packet.length() <= 200) {
                return Middlebox.Verdict.FORWARD;
              }
              large[0]++;
              return Middlebox.Verdict.DROP;
            });
    far.runFor(seconds(10));
    large[0] = 0;
    far.runFor(seconds(60));
    // At 2 s or more each, and fewer with back-off.
    assertThat(large[0]).isLessThan(30);
    c.abort();
    far.requireAllClosed(seconds(300));
    far.close();
  }

  /** RFC 9293 section 3.8.6.1: a closed window is probed after a retransmission timeout. */
  @Test
  void aClosedWindowIsProbedInTimeAlthoughAPathIsSilentForLong() {
    LinkProfile slow = LinkProfile.of(2_000_000, millis(10)).queueTime(millis(100));
    SimLink second = world.path(client, server, slow);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(1_000 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    second.blackhole();
    world.runFor(seconds(200));
    assertThat(c.socket().info().subflows()).hasSize(2);
    l.one().pauseReading();
    world.runFor(seconds(30));
    first
        .backward()
        .middlebox((now, packet) -> silent ? Middlebox.Verdict.DROP : Middlebox.Verdict.FORWARD);
    for (int i = 0; i < 5; i++) {
      silent = true;
      l.one().resumeReading();
      world.runFor(millis(100));
      silent = false;
      assertThat(secondsUntilMore(l)).isLessThan(5);
      l.one().pauseReading();
      world.runFor(seconds(3.1));
    }
    l.one().resumeReading();
    abandon(c);
  }
}
