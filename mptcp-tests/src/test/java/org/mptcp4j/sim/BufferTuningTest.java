package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Buffers follow what a connection can use, and not more. */
class BufferTuningTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;
  private static final int INITIAL = StackConfig.defaults().buffers().receive().initialBytes();

  private final SimWorld world = new SimWorld(1);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private static LinkProfile path(long bitsPerSecond, long oneWayMillis) {
    return LinkProfile.of(bitsPerSecond, millis(oneWayMillis)).queueTime(millis(100));
  }

  private static StackConfig config(BufferRange send, BufferRange receive) {
    return StackConfig.builder().buffers(b -> b.send(send).receive(receive)).build();
  }

  private static int receiveBuffer(Listener l) {
    return (int) l.one().socket().info().receiveBufferBytes();
  }

  private static int sendBuffer(Endpoint e) {
    return (int) e.socket().info().sendBufferBytes();
  }

  /** Goodput in bits per second between two times of a transfer that does not end before. */
  private double goodput(Listener l, double fromSeconds, double untilSeconds) {
    world.runFor(seconds(fromSeconds));
    long before = l.received();
    world.runFor(seconds(untilSeconds - fromSeconds));
    return (l.received() - before) * 8 / (untilSeconds - fromSeconds);
  }

  private void abandon(Endpoint c) {
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  @ParameterizedTest
  @CsvSource({"100, ENABLED", "1000, ENABLED", "1000, DISABLED"})
  void aLongFatPathIsFilled(long megabits, MptcpMode mode) {
    SimStack client = world.stack("client", StackConfig.builder().mptcp(mode).build());
    SimStack server = world.stack("server");
    world.path(client, server, path(megabits * MB, 50));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(1000 * MB);
    assertThat(goodput(l, 2.5, 4.5)).isGreaterThan(0.88 * megabits * MB);
    assertThat(receiveBuffer(l)).isGreaterThan((int) (megabits * MB / 8 * 0.1));
    abandon(c);
  }

  @Test
  void unequalPathsAreBothFilledAlthoughTheFastOneHasToWaitForTheSlowOne() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, path(100 * MB, 5));
    world.path(client, server, path(100 * MB, 75));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(1000 * MB);
    assertThat(goodput(l, 4, 8)).isGreaterThan(0.8 * 200 * MB);
    abandon(c);
  }

  @Test
  void aReaderThatReadsNowAndThenDoesNotMakeTheBufferGrow() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, path(1000 * MB, 2));
    Listener l = server.listen(PORT, Endpoint::pauseReading);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    world.require("connected", () -> !l.accepted().isEmpty(), seconds(1));
    for (int i = 0; i < 40; i++) {
      world.runFor(millis(50));
      l.one().resumeReading();
      world.runFor(Duration.ofNanos(1));
      l.one().pauseReading();
    }
    assertThat(l.received()).isGreaterThan(20L * INITIAL);
    assertThat(receiveBuffer(l)).isEqualTo(INITIAL);
    abandon(c);
  }

  @Test
  void aPauseIsNotTakenForARoundTrip() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, path(1000 * MB, 50).mtu(65_535));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(40_000);
    world.runFor(seconds(30));
    assertThat(l.received()).isEqualTo(40_000);
    c.send(1000 * MB);
    assertThat(goodput(l, 2.5, 4.5)).isGreaterThan(0.8 * 1000 * MB);
    abandon(c);
  }

  @Test
  void aSlowPathHardlyMakesTheBuffersGrow() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, path(10 * MB, 10));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    world.runFor(seconds(10));
    // A loss makes what waited behind it readable all at once.
    assertThat(receiveBuffer(l)).isLessThan(2 * INITIAL);
    assertThat(sendBuffer(c)).isEqualTo(StackConfig.defaults().buffers().send().initialBytes());
    abandon(c);
  }

  @Test
  void theLimitsAreKept() {
    BufferRange send = new BufferRange(32_768, 400_000);
    BufferRange receive = new BufferRange(65_536, 300_000);
    SimStack client = world.stack("client", config(send, receive));
    SimStack server = world.stack("server", config(send, receive));
    world.path(client, server, path(1000 * MB, 50));
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    long[] mostUnread = {0};
    world.runUntil(
        () -> {
          mostUnread[0] = Math.max(mostUnread[0], c.socket().info().sendWindowBytes());
          return false;
        },
        seconds(4));
    assertThat(receiveBuffer(l)).isEqualTo(receive.maxBytes());
    assertThat(sendBuffer(c)).isEqualTo(send.maxBytes());
    assertThat(mostUnread[0]).isLessThanOrEqualTo(receive.maxBytes());
    abandon(c);
  }

  @Test
  void aSizeThatWasAskedForIsNotTuned() {
    SocketOptions fixed =
        SocketOptions.builder().sendBufferBytes(200_000).receiveBufferBytes(100_000).build();
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, path(1000 * MB, 50));
    Listener l = server.listen(new InetSocketAddress(PORT), fixed, Endpoint::closeAtEndOfStream);
    Endpoint c = client.connect(server.at(0, PORT), fixed).send(100 * MB);
    world.runFor(seconds(4));
    assertThat(receiveBuffer(l)).isEqualTo(100_000);
    assertThat(sendBuffer(c)).isEqualTo(200_000);
    assertThat(l.received()).isLessThan(5 * MB);
    abandon(c);
  }
}
