package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Options of a socket that is open, on connections of both kinds. */
class OpenSocketOptionsTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;

  /** Written at once, whatever the rate. */
  private static final int BELOW_EVERY_BOUND = 100_000;

  private static final StackConfig DEFAULT = StackConfig.defaults();

  private final SimWorld world = new SimWorld(1);
  private SimStack client;
  private SimStack server;
  private Listener listener;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private Endpoint connected(String mode, Consumer<Endpoint> atServer) {
    StackConfig config =
        StackConfig.builder()
            .mptcp(mode.equals("TCP") ? MptcpMode.DISABLED : MptcpMode.ENABLED)
            .mptcp(m -> m.checksumRequired(mode.equals("CHECKSUM")))
            .build();
    client = world.stack("client", config);
    server = world.stack("server", config);
    world.path(client, server, LinkProfile.of(1000 * MB, millis(50)).queueTime(millis(100)));
    listener = server.listen(PORT, atServer);
    Endpoint endpoint = client.connect(server, PORT);
    world.require("accepted", () -> !listener.accepted().isEmpty(), seconds(5));
    return endpoint;
  }

  private void abandon(Endpoint endpoint) {
    endpoint.abort();
    world.requireAllClosed(seconds(300));
  }

  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void aReceiveBufferThatIsFixedWhenTheConnectionIsAcceptedIsNeverExceeded(String mode) {
    Endpoint c =
        connected(
            mode,
            accepted -> {
              accepted.pauseReading();
              accepted.socket().setReceiveBufferBytes(100_000);
            });
    c.send(10 * MB);
    world.runFor(seconds(5));
    assertThat(listener.one().socket().readableBytes()).isBetween(90_000L, 101_000L);
    listener.one().resumeReading();
    world.runFor(seconds(5));
    assertThat(listener.one().socket().info().receiveBufferBytes()).isEqualTo(100_000);
    assertThat(listener.received()).isGreaterThan(MB).isLessThan(6 * MB);
    abandon(c);
  }

  /** RFC 9293 section 3.8.6.2.1: "shrinking the window" is discouraged, and does not happen. */
  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void aWindowThatWasOfferedIsNotTakenBack(String mode) {
    Endpoint c = connected(mode, Endpoint::pauseReading);
    c.send(200_000);
    world.runFor(seconds(2));
    MptcpSocket atServer = listener.one().socket();
    assertThat(atServer.readableBytes()).isEqualTo(200_000);
    atServer.setReceiveBufferBytes(SocketOptions.MIN_BUFFER_BYTES);
    c.send(10 * MB);
    world.runFor(seconds(5));
    long promised = DEFAULT.buffers().receive().initialBytes();
    assertThat(atServer.readableBytes()).isBetween(promised - 10_000, promised + 1_000);
    assertThat(c.socket().info().subflows())
        .allSatisfy(s -> assertThat(s.bytesRetransmitted()).isLessThan(5_000));
    listener.one().resumeReading();
    world.runFor(seconds(2));
    long before = listener.received();
    world.runFor(seconds(10));
    long turns = seconds(10).toNanos() / millis(100).toNanos();
    assertThat(listener.received() - before)
        .isGreaterThan(0)
        .isLessThanOrEqualTo((turns + 1) * SocketOptions.MIN_BUFFER_BYTES);
    abandon(c);
  }

  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void buffersAreTunedAgainWhenTheyAreNotFixedAnyMore(String mode) {
    Endpoint c = connected(mode, accepted -> accepted.socket().setReceiveBufferBytes(100_000));
    c.socket().setSendBufferBytes(150_000);
    c.send(1000 * MB);
    world.runFor(seconds(3));
    assertThat(c.socket().info().sendBufferBytes()).isEqualTo(150_000);
    listener.one().socket().setReceiveBufferBytes(SocketOptions.AUTO_BUFFER_BYTES);
    c.socket().setSendBufferBytes(SocketOptions.AUTO_BUFFER_BYTES);
    world.runFor(seconds(5));
    assertThat(c.socket().info().sendBufferBytes())
        .isGreaterThan(DEFAULT.buffers().send().initialBytes());
    assertThat(listener.one().socket().info().receiveBufferBytes())
        .isGreaterThan(DEFAULT.buffers().receive().initialBytes());
    abandon(c);
  }

  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void whoWritesIsToldWhenASmallerSendBufferHasRoomAgain(String mode) {
    Endpoint c = connected(mode, accepted -> {});
    c.send(BELOW_EVERY_BOUND);
    world.runFor(Duration.ofNanos(1));
    assertThat(c.sent()).as("all of it fits into the buffer").isEqualTo(BELOW_EVERY_BOUND);
    c.socket().setSendBufferBytes(20_000);
    assertThat(c.socket().writableBytes()).isZero();
    world.require("told", () -> c.events().contains(StackEvent.Type.WRITABLE), seconds(5));
    assertThat(c.socket().writableBytes()).isBetween(5_000L, 20_000L);
    c.send(MB).thenClose();
    listener.one().closeAtEndOfStream();
    world.requireAllClosed(seconds(300));
    assertThat(listener.received()).isEqualTo(MB + BELOW_EVERY_BOUND);
  }

  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void whoWritesIsToldThatALargerSendBufferHasRoom(String mode) {
    Endpoint c = connected(mode, accepted -> {});
    c.socket().setSendBufferBytes(20_000);
    c.send(10 * MB);
    world.runFor(Duration.ofNanos(1));
    assertThat(c.sent()).isLessThan(40_000);
    c.socket().setSendBufferBytes(3_000_000);
    world.runFor(Duration.ofNanos(1));
    assertThat(c.sent()).isBetween(3_000_000L, 3_020_000L);
    abandon(c);
  }

  /** RFC 9293 section 3.7.4: Nagle's algorithm, and a way to switch it off. */
  @ParameterizedTest
  @CsvSource({"MPTCP", "CHECKSUM", "TCP"})
  void whatNagleHeldBackLeavesWhenItIsSwitchedOff(String mode) {
    Endpoint c = connected(mode, accepted -> {});
    world.runFor(seconds(1));
    c.send(10);
    world.runFor(millis(1));
    c.send(10);
    world.runFor(millis(1));
    assertThat(c.socket().info().bytesSent()).as("the second waits").isEqualTo(10);
    c.socket().setNoDelay(true);
    world.runFor(millis(1));
    assertThat(c.socket().info().bytesSent()).isEqualTo(20);
    c.socket().setNoDelay(false);
    c.send(10);
    world.runFor(millis(1));
    assertThat(c.socket().info().bytesSent()).as("the third waits again").isEqualTo(20);
    world.runFor(seconds(1));
    assertThat(listener.received()).isEqualTo(30);
    abandon(c);
  }

  @ParameterizedTest
  @CsvSource({"-1", "1", "4095", "2147483647"})
  void sizesThatNoBufferCanHaveAreRefused(int bytes) {
    Endpoint c = connected("MPTCP", accepted -> {});
    assertThatThrownBy(() -> c.socket().setSendBufferBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> c.socket().setReceiveBufferBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class);
    c.socket().setReceiveBufferBytes(BufferRange.MOST_BYTES);
    abandon(c);
    c.socket().setSendBufferBytes(10_000);
    c.socket().setReceiveBufferBytes(10_000);
    c.socket().setNoDelay(true);
    assertThat(c.socket().state()).isEqualTo(MptcpSocket.State.CLOSED);
  }
}
