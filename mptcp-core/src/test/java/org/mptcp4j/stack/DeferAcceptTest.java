package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * {@code TCP_DEFER_ACCEPT}: connections whose first bytes are waited for use up no limit of those
 * that are half open, and none of them ends without a word: RFC 4987 section 3.4 recycles
 * incomplete handshakes only.
 */
class DeferAcceptTest {

  private static StackConfig config(int halfOpen) {
    return StackConfig.builder().limits(Limits.builder().halfOpen(halfOpen).build()).build();
  }

  private static SocketOptions deferring(MptcpStack stack, int seconds) {
    return stack.config().sockets().toBuilder()
        .tcp(tcp -> tcp.deferAccept(Duration.ofSeconds(seconds)))
        .build();
  }

  private static TwoHosts hosts(StackConfig server, MptcpMode clients) {
    StackConfig client = StackConfig.builder().mptcp(clients).build();
    return new TwoHosts(server, b -> b.config(client));
  }

  private static MptcpSocket connect(TwoHosts hosts, String server) throws MptcpException {
    MptcpSocket socket = hosts.client.connect(hosts.net.nowNs(), TwoHosts.at(server, 80));
    hosts.wake();
    return socket;
  }

  private static MptcpServerSocket listen(TwoHosts hosts, int backlog, int seconds)
      throws MptcpException {
    return hosts.server.listen(
        TwoHosts.at("0.0.0.0", 80), backlog, deferring(hosts.server, seconds));
  }

  // The table holds one less than its limit of those that wait: a SYN always finds a place.
  @ParameterizedTest
  @CsvSource({
    "ENABLED, 10.0.1.2, true",
    "ENABLED, fd00:1::2, true",
    "DISABLED, 10.0.1.2, true",
    "DISABLED, fd00:1::2, true",
    "ENABLED, 10.0.1.2, false",
    "ENABLED, fd00:1::2, false",
    "DISABLED, 10.0.1.2, false",
    "DISABLED, fd00:1::2, false",
  })
  void whoFindsNoPlaceIsNotWaitedFor(MptcpMode mode, String server, boolean atOnce)
      throws Exception {
    int clients = 60;
    try (TwoHosts hosts = hosts(config(4), mode)) {
      listen(hosts, 100, 60);
      for (int i = 0; i < clients; i++) {
        connect(hosts, server);
        if (!atOnce) {
          hosts.net.runFor(SimNetwork.seconds(0.1));
        }
      }
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThat(hosts.server.usage().halfOpen()).isLessThan(4);
      assertThat(hosts.accepted.size() + hosts.server.usage().halfOpen()).isEqualTo(clients);
      hosts.net.runFor(SimNetwork.seconds(4));
      connect(hosts, server);
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThat(hosts.server.usage().connections()).isEqualTo(clients + 1);
      assertThat(hosts.server.counters()).doesNotContainKey("TcpExtTCPReqQFullDrop");
      assertThat(hosts.clientEvents).doesNotContain(StackEvent.Type.CLOSED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ENABLED, 10.0.1.2",
    "ENABLED, fd00:1::2",
    "DISABLED, 10.0.1.2",
    "DISABLED, fd00:1::2"
  })
  void thoseOfAFullBacklogWaitAsOthers(MptcpMode mode, String server) throws Exception {
    try (TwoHosts hosts = hosts(config(4), mode)) {
      hosts.accepting = false;
      listen(hosts, 1, 60);
      for (int i = 0; i < 300; i++) {
        connect(hosts, server);
      }
      hosts.net.runFor(SimNetwork.seconds(1));
      assertThat(hosts.server.usage().halfOpen()).isLessThanOrEqualTo(4);
      assertThat(hosts.server.usage().connections()).isLessThanOrEqualTo(5);
      assertThat(hosts.clientEvents).doesNotContain(StackEvent.Type.CLOSED);
    }
  }

  // A network has an eighth of the table: those that wait are counted there as well.
  @ParameterizedTest
  @ValueSource(strings = {"10.0.1.2", "fd00:1::2"})
  void aNetworkHasItsPartOnly(String server) throws Exception {
    try (TwoHosts hosts = hosts(config(128), MptcpMode.DISABLED)) {
      listen(hosts, 100, 60);
      for (int i = 0; i < 40; i++) {
        connect(hosts, server);
        hosts.net.runFor(SimNetwork.seconds(0.1));
      }
      assertThat(hosts.server.usage().halfOpen()).isEqualTo(15);
      assertThat(hosts.accepted).hasSize(25);
      assertThat(hosts.server.counters()).doesNotContainKey("TcpExtSyncookiesSent");
    }
  }

  // Linux goes on waiting, and takes it when there is room.
  @ParameterizedTest
  @CsvSource({
    "ENABLED, 10.0.1.2, 5",
    "ENABLED, fd00:1::2, 5",
    "DISABLED, 10.0.1.2, 5",
    "DISABLED, fd00:1::2, 5",
    "DISABLED, 10.0.1.2, 40"
  })
  void whoseTimeIsOverWaitsForRoom(MptcpMode mode, String server, int fullSeconds)
      throws Exception {
    try (TwoHosts hosts = hosts(config(4096), mode)) {
      hosts.accepting = false;
      MptcpServerSocket listener = listen(hosts, 1, 2);
      final MptcpSocket idle = connect(hosts, server);
      hosts.net.runFor(SimNetwork.seconds(0.1));
      MptcpSocket filler = connect(hosts, server);
      hosts.net.runFor(SimNetwork.seconds(0.1));
      hosts.write(filler, "f");
      hosts.net.runFor(SimNetwork.seconds(fullSeconds));
      assertThat(idle.state()).isNotEqualTo(MptcpSocket.State.CLOSED);
      assertThat(listener.accept()).isNotNull();
      hosts.net.runFor(SimNetwork.seconds(1));
      MptcpSocket late = listener.accept();
      assertThat(late).isNotNull();
      assertThat(late.remoteAddress()).isEqualTo(idle.localAddress());
      hosts.write(idle, "hello");
      hosts.await(() -> hosts.received.indexOf("hello") >= 0);
      assertThat(hosts.clientEvents).doesNotContain(StackEvent.Type.CLOSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENABLED", "DISABLED"})
  void itDoesNotWaitForEver(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = hosts(config(4096), mode)) {
      hosts.accepting = false;
      listen(hosts, 1, 2);
      MptcpSocket idle = connect(hosts, TwoHosts.SERVER_V4);
      hosts.net.runFor(SimNetwork.seconds(0.1));
      hosts.write(connect(hosts, TwoHosts.SERVER_V4), "f");
      hosts.await(() -> idle.state() == MptcpSocket.State.CLOSED);
      assertThat(hosts.net.nowNs()).isGreaterThan(SimNetwork.seconds(60).toNanos());
      assertThat(hosts.server.usage().halfOpen()).isZero();
    }
  }

  // ---- packet by packet

  private static final String PEER = "10.0.1.1";
  private static final String OURS = "10.0.1.2";

  private long nowNs;
  private int theirSeq;

  private static MptcpStack stack(Limits.Builder limits) {
    return MptcpStack.builder()
        .seed(1)
        .config(StackConfig.builder().limits(limits.build()).build())
        .link(0, 1500)
        .address(0, OURS + "/24")
        .build();
  }

  private static TxSegment from(int port, int flags, int to) {
    return RawHost.segment(PEER, port, OURS, to).seq(1000).flags(flags).window(65_535);
  }

  private void open(RawHost peer, int port, int to) {
    peer.send(nowNs, from(port, TcpFlags.SYN, to));
    peer.expectSegment(
        nowNs,
        s -> {
          assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
          theirSeq = s.seq();
        });
  }

  private void acknowledge(RawHost peer, int port, int to) {
    peer.send(nowNs, from(port, TcpFlags.ACK, to).seq(1001).ack(theirSeq + 1));
    peer.expectNothing(nowNs);
  }

  private static List<Integer> accepted(MptcpServerSocket listener) {
    List<Integer> ports = new ArrayList<>();
    for (MptcpSocket s = listener.accept(); s != null; s = listener.accept()) {
      ports.add(s.remoteAddress().getPort());
    }
    return ports;
  }

  @Test
  void whoWaitsIsAcceptedWhenItsPlaceIsNeeded() throws Exception {
    try (MptcpStack stack = stack(Limits.builder().halfOpen(2))) {
      RawHost peer = new RawHost(stack);
      MptcpServerSocket listener = stack.listen(TwoHosts.at(OURS, 80), 100, deferring(stack, 60));
      open(peer, 1, 80);
      acknowledge(peer, 1, 80);
      open(peer, 2, 80);
      assertThat(stack.pollEvent()).isNull();
      nowNs += SimNetwork.seconds(3).toNanos();
      peer.send(nowNs, from(3, TcpFlags.SYN, 80));
      assertThat(peer.takeAll(nowNs, s -> s.syn() && s.dstPort() == 3)).isEqualTo(1);
      assertThat(accepted(listener)).containsExactly(1);
      assertThat(stack.usage().halfOpen()).isEqualTo(2);
      assertThat(stack.counters()).doesNotContainKey("TcpExtTCPReqQFullDrop");
    }
  }

  @Test
  void whoWaitsIsResetWhenItsPlaceIsNeededAndTheBacklogIsFull() throws Exception {
    try (MptcpStack stack = stack(Limits.builder().halfOpen(3))) {
      RawHost peer = new RawHost(stack);
      stack.listen(TwoHosts.at(OURS, 80), 1, deferring(stack, 60));
      stack.listen(TwoHosts.at(OURS, 81), 1);
      open(peer, 1, 80);
      acknowledge(peer, 1, 80);
      open(peer, 2, 80);
      TxSegment data = from(2, TcpFlags.ACK, 80).seq(1001).ack(theirSeq + 1);
      data.addPayload(Unpooled.wrappedBuffer(new byte[10]), 0, 10);
      peer.send(nowNs, data);
      peer.expectSegment(nowNs, s -> assertThat(s.flags()).isEqualTo(TcpFlags.ACK));
      open(peer, 3, 81);
      open(peer, 4, 81);
      nowNs += SimNetwork.seconds(3).toNanos();
      peer.send(nowNs, from(5, TcpFlags.SYN, 81));
      int[] resets = new int[1];
      int answers =
          peer.takeAll(
              nowNs,
              s -> {
                resets[0] += s.rst() && s.dstPort() == 1 ? 1 : 0;
                return s.syn() && s.dstPort() == 5;
              });
      assertThat(resets[0]).isEqualTo(1);
      assertThat(answers).isEqualTo(1);
      assertThat(stack.counters()).doesNotContainKey("TcpExtTCPReqQFullDrop");
    }
  }

  // The table of connections is full: an incomplete handshake gives way, no complete one.
  @Test
  void onlyIncompleteHandshakesGiveWay() throws Exception {
    try (MptcpStack stack = stack(Limits.builder().connections(3))) {
      RawHost peer = new RawHost(stack);
      MptcpServerSocket listener = stack.listen(TwoHosts.at(OURS, 80), 100, deferring(stack, 60));
      open(peer, 1, 80);
      acknowledge(peer, 1, 80);
      open(peer, 2, 80);
      acknowledge(peer, 2, 80);
      open(peer, 3, 80);
      open(peer, 4, 80);
      assertThat(accepted(listener)).containsExactly(1, 2);
      assertThat(stack.counters()).containsEntry("TcpExtTCPReqQFullDrop", 1L);
      acknowledge(peer, 4, 80);
      peer.send(nowNs, from(5, TcpFlags.SYN, 80));
      peer.expectNothing(nowNs);
      assertThat(accepted(listener)).containsExactly(4);
      assertThat(stack.usage().connections()).isEqualTo(3);
    }
  }

  // One segment costs no more than a few of those that wait.
  @Test
  void oneSegmentDoesNotTouchThemAll() throws Exception {
    try (MptcpStack stack = stack(Limits.builder().connections(100))) {
      RawHost peer = new RawHost(stack);
      MptcpServerSocket listener = stack.listen(TwoHosts.at(OURS, 80), 100, deferring(stack, 60));
      for (int port = 1; port <= 100; port++) {
        open(peer, port, 80);
        acknowledge(peer, port, 80);
      }
      peer.send(nowNs, from(101, TcpFlags.SYN, 80));
      peer.expectNothing(nowNs);
      assertThat(accepted(listener).size()).isBetween(1, 16);
      assertThat(stack.usage().connections()).isEqualTo(100);
    }
  }
}
