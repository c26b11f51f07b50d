package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.DropReason;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Sending at the pace of the congestion window instead of in bursts. */
class PacingTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;
  private static final int MSS = 1460;

  private final SimWorld world = new SimWorld(1);
  private final SimStack client = world.stack("client");
  private final SimStack server = world.stack("server");

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private static SocketOptions paced(boolean on) {
    return SocketOptions.builder().pacing(on).build();
  }

  private void abandon(Endpoint c) {
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  /** Two hosts near a fast network, between them a narrow link with a queue for seven packets. */
  private static SimLink shortQueue(SimWorld world, SimStack client, SimStack server) {
    LinkProfile access = LinkProfile.of(1000 * MB, millis(1)).superSegments(SuperSegments.CUT);
    LinkProfile narrow =
        LinkProfile.of(20 * MB, millis(18)).queueBytes(10_000).superSegments(SuperSegments.CUT);
    SimRouter left = world.router("left");
    SimRouter right = world.router("right");
    SimLink bottleneck = world.network().link("bottleneck", left, right, narrow);
    world.pathThrough(client, left, right, server, access);
    return bottleneck;
  }

  /** Packets lost by 100 connections, one after the other, that send an initial window each. */
  private static long lossesOfShortTransfers(boolean pacing) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      SimLink bottleneck = shortQueue(world, client, server);
      Listener l = server.listen(PORT);
      for (int i = 1; i <= 100; i++) {
        long expected = i * 14_000L;
        client.connect(server.at(0, PORT), paced(pacing)).send(14_000).thenClose();
        world.require("it arrives", () -> l.received() == expected, seconds(10));
      }
      world.requireAllClosed(seconds(300));
      return bottleneck.forward().counters().drops(DropReason.QUEUE_FULL);
    }
  }

  @Test
  void aShortQueueLosesNothingOfAPacedInitialWindow() {
    assertThat(lossesOfShortTransfers(false)).isGreaterThan(100);
    assertThat(lossesOfShortTransfers(true)).isZero();
  }

  /** Bytes that arrive in the first second. */
  private static long firstSecond(boolean pacing) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      shortQueue(world, client, server);
      Listener l = server.listen(PORT);
      Endpoint c = client.connect(server.at(0, PORT), paced(pacing)).send(100 * MB);
      world.runFor(seconds(1));
      c.abort();
      world.requireAllClosed(seconds(300));
      return l.received();
    }
  }

  @Test
  void slowStartIsNotEndedByItsOwnBursts() {
    assertThat(firstSecond(true)).isGreaterThan(2 * firstSecond(false));
  }

  /** Largest burst, and the pace that the congestion window of the moment stands for. */
  private static final class Bursts {
    private long lastNs;
    private long bytes;
    private double most;

    void packet(long nowNs, Packet packet, SubflowInfo s) {
      bytes = nowNs == lastNs ? bytes + packet.length() : packet.length();
      lastNs = nowNs;
      double inTwoMillis = 2.0 * s.cwndBytes() / Math.max(1, s.srttNs()) * millis(2).toNanos();
      most = Math.max(most, bytes / Math.max(inTwoMillis, 4 * MSS));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void burstsAreBoundedWhenPacedAndOnlyThen(boolean pacing) {
    SimLink link =
        world.path(client, server, LinkProfile.of(100 * MB, millis(20)).queueTime(millis(30)));
    server.listen(PORT);
    Endpoint c = client.connect(server.at(0, PORT), paced(pacing));
    world.require("connected", c::connected, seconds(1));
    Bursts bursts = new Bursts();
    link.tapAt(
        client.host(),
        (nowNs, packet) -> {
          if (packet.length() > 200) {
            bursts.packet(nowNs, packet, c.socket().info().subflows().get(0));
          }
        });
    c.writeSize(1_000_000).send(MB / 2);
    world.runFor(seconds(2));
    c.send(30 * MB);
    world.runFor(seconds(2));
    if (pacing) {
      assertThat(bursts.most).isLessThan(1.6);
    } else {
      assertThat(bursts.most).isGreaterThan(2);
    }
    abandon(c);
  }

  @Test
  void theRateIsKeptOnOnePathAndOnTwo() {
    world.path(client, server, LinkProfile.of(50 * MB, millis(10)).queueTime(millis(50)));
    world.path(client, server, LinkProfile.of(20 * MB, millis(30)).queueTime(millis(50)));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server.at(0, PORT), paced(true)).send(200 * MB);
    world.runFor(seconds(3));
    long before = l.received();
    world.runFor(seconds(6));
    assertThat((l.received() - before) * 8 / 6.0).isGreaterThan(0.85 * 70 * MB);
    abandon(c);
  }

  @Test
  void aWindowThatIsSmallerThanThePathIsUsed() {
    world.path(client, server, LinkProfile.of(100 * MB, millis(20)));
    SocketOptions small = SocketOptions.builder().receiveBufferBytes(200_000).build();
    Listener l = server.listen(new InetSocketAddress(PORT), small, Endpoint::closeAtEndOfStream);
    Endpoint c = client.connect(server.at(0, PORT), paced(true)).send(200 * MB);
    world.runFor(seconds(2));
    long before = l.received();
    world.runFor(seconds(4));
    // One window in a round trip of 40 ms.
    assertThat((l.received() - before) / 4.0).isGreaterThan(0.85 * 200_000 / 0.040);
    abandon(c);
  }
}
