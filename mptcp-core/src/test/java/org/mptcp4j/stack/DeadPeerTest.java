package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.SimNetwork;

/** Peers that vanish without a word, or take nothing: who asks for it hears of it. */
class DeadPeerTest {
  private static final KeepAlive TIMES =
      KeepAlive.builder()
          .idle(Duration.ofSeconds(60))
          .interval(Duration.ofSeconds(10))
          .count(3)
          .build();

  /** An MPTCP connection without subflow waits for a new one: Timeouts.zeroSubflow. */
  private static double lastSubflowSeconds(MptcpMode mode) {
    return mode == MptcpMode.ENABLED ? 60 : 0;
  }

  private static TwoHosts hosts(MptcpMode mode, Consumer<SocketOptions.Builder> changes) {
    SocketOptions.Builder options = SocketOptions.builder();
    changes.accept(options);
    return new TwoHosts(StackConfig.builder().mptcp(mode).sockets(options.build()).build());
  }

  /** Opens a connection and exchanges a word, in both directions. */
  private static MptcpSocket talk(TwoHosts hosts) throws Exception {
    hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
    MptcpSocket socket =
        hosts.client.connect(hosts.net.nowNs(), TwoHosts.at(TwoHosts.SERVER_V4, 80));
    hosts.write(socket, "hello");
    hosts.await(() -> hosts.received.toString().equals("hello"));
    hosts.net.runFor(SimNetwork.seconds(1));
    return socket;
  }

  /** The client knows that it has no link, while nothing is in flight. */
  private static void takeLinkAway(TwoHosts hosts) {
    hosts.client.setLinkState(hosts.net.nowNs(), 0, LinkState.DOWN);
    hosts.link.down();
    hosts.net.runFor(SimNetwork.seconds(5));
  }

  private static double secondsUntilClosed(TwoHosts hosts, MptcpSocket socket) {
    long begin = hosts.net.nowNs();
    hosts.await(() -> socket.state() == MptcpSocket.State.CLOSED);
    assertThat(socket.error()).isEqualTo(SocketError.ETIMEDOUT);
    return (hosts.net.nowNs() - begin) / 1e9;
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void keepAliveFindsOutThatThePeerIsGone(MptcpMode mode) throws Exception {
    // RFC 1122 section 4.2.3.6.
    try (TwoHosts hosts = hosts(mode, o -> o.keepAlive(true).keepAliveTimes(TIMES))) {
      MptcpSocket socket = talk(hosts);
      MptcpSocket peer = hosts.accepted.get(0);
      hosts.link.down();
      assertThat(secondsUntilClosed(hosts, socket))
          .isBetween(88 + lastSubflowSeconds(mode), 90 + lastSubflowSeconds(mode));
      assertThat(hosts.client.counters()).containsEntry("TcpExtTCPKeepAlive", 3L);
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThat(peer.error()).isEqualTo(SocketError.ETIMEDOUT);
      assertThat(hosts.server.usage().connections()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void keepAliveKeepsWhoAnswers(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = hosts(mode, o -> o.keepAlive(true).keepAliveTimes(TIMES))) {
      MptcpSocket socket = talk(hosts);
      hosts.net.runFor(SimNetwork.seconds(3600));
      hosts.write(socket, "again");
      hosts.await(() -> hosts.received.toString().equals("helloagain"));
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void withoutKeepAliveAnIdleConnectionStays(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = hosts(mode, o -> o.keepAliveTimes(TIMES))) {
      MptcpSocket socket = talk(hosts);
      hosts.link.down();
      hosts.net.runFor(SimNetwork.seconds(100_000));
      assertThat(socket.state()).isEqualTo(MptcpSocket.State.OPEN);
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void keepAliveIsSwitchedOnLater(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = hosts(mode, o -> {})) {
      MptcpSocket socket = talk(hosts);
      socket.setKeepAliveTimes(TIMES);
      socket.setKeepAlive(true);
      hosts.wake();
      hosts.link.down();
      assertThat(secondsUntilClosed(hosts, socket))
          .isBetween(88 + lastSubflowSeconds(mode), 90 + lastSubflowSeconds(mode));
      assertThat(hosts.accepted.get(0).state()).isEqualTo(MptcpSocket.State.OPEN);
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void theUserTimeoutEndsWhatIsNotAcknowledged(MptcpMode mode) throws Exception {
    // RFC 9293 section 3.8.3.
    try (TwoHosts hosts = hosts(mode, o -> o.userTimeout(Duration.ofSeconds(30)))) {
      MptcpSocket socket = talk(hosts);
      hosts.link.down();
      hosts.write(socket, "lost");
      assertThat(secondsUntilClosed(hosts, socket))
          .isBetween(30 + lastSubflowSeconds(mode), 31 + lastSubflowSeconds(mode));
    }
  }

  /** What waits for a link that stays down has an end: RFC 9293 section 3.8.3, and its default. */
  @ParameterizedTest
  @CsvSource({
    "ENABLED, write, 30, 30, 32",
    "ENABLED, write, 0, 900, 1200",
    "ENABLED, shutdown, 30, 30, 32",
    "ENABLED, shutdown, 0, 900, 1200",
    "DISABLED, write, 30, 30, 32",
    "DISABLED, write, 0, 900, 1200",
  })
  void whatIsWrittenWhileNoLinkIsUpIsNotForgotten(
      MptcpMode mode, String verb, int timeout, int from, int to) throws Exception {
    try (TwoHosts hosts = hosts(mode, o -> o.userTimeout(Duration.ofSeconds(timeout)))) {
      MptcpSocket socket = talk(hosts);
      takeLinkAway(hosts);
      if (verb.equals("write")) {
        hosts.write(socket, "lost");
      } else {
        socket.shutdownOutput();
        hosts.wake();
      }
      long begin = hosts.net.nowNs();
      assertThat(
              hosts.net.runUntil(
                  () -> socket.state() == MptcpSocket.State.CLOSED, SimNetwork.seconds(4_000)))
          .isTrue();
      assertThat(socket.error()).isEqualTo(SocketError.ETIMEDOUT);
      assertThat((hosts.net.nowNs() - begin) / 1e9).isBetween((double) from, (double) to);
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void aLinkThatIsBackAfterTenMinutesCarriesWhatWasWritten(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = hosts(mode, o -> {})) {
      MptcpSocket socket = talk(hosts);
      takeLinkAway(hosts);
      hosts.write(socket, "late");
      hosts.net.runFor(SimNetwork.seconds(600));
      hosts.link.up();
      hosts.client.setLinkState(hosts.net.nowNs(), 0, LinkState.UP);
      hosts.wake();
      hosts.await(() -> hosts.received.toString().equals("hellolate"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT8761H", "PT2562047H47M16.854775807S", "PT9999999H", "PT-1S"})
  void aUserTimeoutOfAnOpenSocketIsInTheRangeOfTheOption(Duration other) throws Exception {
    try (TwoHosts hosts = hosts(MptcpMode.ENABLED, o -> {})) {
      MptcpSocket socket = talk(hosts);
      assertThatThrownBy(() -> socket.setUserTimeout(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("userTimeout");
      socket.setUserTimeout(Duration.ofDays(365));
      socket.setUserTimeout(Duration.ZERO);
    }
  }
}
