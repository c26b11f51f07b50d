package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** The end of a stack: what was written is delivered in time, or the peer is told. */
class ShutdownTest {

  private static StackConfig config(MptcpMode mode) {
    return StackConfig.builder().mptcp(mode).build();
  }

  /** Connected, with the peer's socket in {@code hosts.accepted}. */
  private static MptcpSocket connect(TwoHosts hosts, String host) throws Exception {
    hosts.server.listen(at(host, 9), 10);
    MptcpSocket socket = hosts.client.connect(hosts.net.nowNs(), at(host, 9));
    hosts.await(() -> hosts.accepted.size() == 1);
    return socket;
  }

  private static long seconds(TwoHosts hosts, double more) {
    return hosts.net.nowNs() + SimNetwork.seconds(more).toNanos();
  }

  private static void write(TwoHosts hosts, MptcpSocket socket, int length) {
    socket.write(hosts.allocator.heapBuffer(length).writeZero(length));
  }

  private static long read(MptcpSocket socket) {
    long bytes = 0;
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      bytes += piece.readableBytes();
      piece.release();
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    SERVER_V4 + ", ENABLED, true",
    SERVER_V6 + ", ENABLED, false",
    SERVER_V4 + ", DISABLED, false",
    SERVER_V6 + ", DISABLED, true",
  })
  void whatWasWrittenIsDelivered(String host, MptcpMode mode, boolean byServer) throws Exception {
    try (TwoHosts hosts = new TwoHosts(config(mode))) {
      MptcpSocket client = connect(hosts, host);
      MptcpSocket server = hosts.accepted.get(0);
      MptcpStack ending = byServer ? hosts.server : hosts.client;
      write(hosts, byServer ? server : client, 500_000);
      if (byServer) {
        server.close();
      }
      ending.shutdown(hosts.net.nowNs(), seconds(hosts, 10));
      assertThat(ending.isDrained()).isFalse();
      assertThatThrownBy(() -> ending.connect(0, at(SERVER_V4, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("shuts down");
      hosts.wake();
      if (byServer) {
        hosts.await(() -> hosts.received.length() == 500_000);
        client.close();
        hosts.wake();
      }
      hosts.await(ending::isDrained);
      assertThat(hosts.net.nowNs()).isLessThan(SimNetwork.seconds(2).toNanos());
      assertThat((byServer ? client : server).error()).isEqualTo(SocketError.NONE);
      assertThat(ending.counters()).doesNotContainKey("TcpOutRsts");
      if (!byServer) {
        assertThat(server.info().bytesReceived()).isEqualTo(500_000);
      }
      ending.close();
    }
  }

  // The peer does not read: what is left at the deadline is reset.
  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void theDeadlineResets(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = new TwoHosts(config(mode))) {
      MptcpSocket client = connect(hosts, SERVER_V4);
      MptcpSocket server = hosts.accepted.get(0);
      write(hosts, client, 3_000_000);
      write(hosts, server, 3_000_000);
      hosts.wake();
      hosts.net.runFor(SimNetwork.seconds(1));
      hosts.link.blackhole();
      hosts.client.shutdown(hosts.net.nowNs(), seconds(hosts, 3));
      hosts.wake();
      hosts.net.runFor(SimNetwork.seconds(2.9));
      assertThat(hosts.client.isDrained()).isFalse();
      hosts.link.restore();
      hosts.net.runFor(SimNetwork.seconds(0.05));
      assertThat(server.error()).isEqualTo(SocketError.NONE);
      hosts.net.runFor(SimNetwork.seconds(0.1));
      assertThat(server.error()).isEqualTo(SocketError.ECONNRESET);
      hosts.await(hosts.client::isDrained);
      assertThat(hosts.net.nowNs()).isLessThan(SimNetwork.seconds(6).toNanos());
      read(server);
    }
  }

  // RFC 5961 section 3.2: data before the reset is lost, so that the peer asks where it stands.
  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void aResetBehindLostDataIsExplained(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = new TwoHosts(config(mode))) {
      MptcpSocket client = connect(hosts, SERVER_V4);
      hosts.net.runFor(SimNetwork.seconds(1));
      hosts.link.blackhole();
      write(hosts, client, 5_000);
      hosts.wake();
      hosts.net.runFor(SimNetwork.seconds(0.01));
      hosts.link.restore();
      hosts.client.shutdown(hosts.net.nowNs(), hosts.net.nowNs());
      hosts.wake();
      hosts.await(hosts.client::isDrained);
      hosts.client.close();
      hosts.net.runFor(SimNetwork.seconds(0.1));
      // The second reset has no MP_FASTCLOSE: MPTCP waits whether another subflow comes.
      MptcpSocket server = hosts.accepted.get(0);
      assertThat(server.info().subflows()).isEmpty();
      if (mode == MptcpMode.DISABLED) {
        assertThat(server.error()).isEqualTo(SocketError.ECONNRESET);
      }
      assertThat(hosts.net.nowNs()).isLessThan(SimNetwork.seconds(3).toNanos());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connectionsThatNobodyAcceptedAreReset(boolean mptcp) throws Exception {
    MptcpMode mode = mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED;
    try (TwoHosts hosts = new TwoHosts(config(mode))) {
      hosts.accepting = false;
      hosts.server.listen(at(SERVER_V4, 9), 10);
      MptcpSocket client = hosts.client.connect(0, at(SERVER_V4, 9));
      hosts.wake();
      hosts.net.runFor(SimNetwork.seconds(1));
      hosts.server.shutdown(hosts.net.nowNs(), seconds(hosts, 10));
      hosts.wake();
      hosts.await(hosts.server::isDrained);
      hosts.net.runFor(SimNetwork.seconds(0.1));
      assertThat(client.error()).isEqualTo(SocketError.ECONNRESET);
      assertThat(hosts.net.nowNs()).isLessThan(SimNetwork.seconds(2).toNanos());
    }
  }

  @Test
  void aHandshakeThatIsNotOverIsReset() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 9), 10);
      RawHost raw = new RawHost(hosts.server);
      TxSegment syn = RawHost.segment("10.0.1.9", 1000, SERVER_V4, 9);
      raw.send(0, syn.seq(100).flags(TcpFlags.SYN).window(1000));
      raw.expectSegment(0, s -> assertThat(s.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK));
      hosts.server.shutdown(1, SimNetwork.seconds(10).toNanos());
      assertThat(hosts.server.isDrained()).isFalse();
      raw.expectSegment(1, s -> assertThat(s.rst()).isTrue());
      raw.expectNothing(1);
      assertThat(hosts.server.isDrained()).isTrue();
      raw.send(2, RawHost.segment("10.0.1.9", 1001, SERVER_V4, 9).flags(TcpFlags.SYN));
      raw.expectSegment(2, s -> assertThat(s.rst()).isTrue());
    }
  }

  @Test
  void anEarlierDeadlineCounts() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      MptcpSocket client = connect(hosts, SERVER_V4);
      hosts.client.shutdown(hosts.net.nowNs(), seconds(hosts, 100));
      assertThat(client.state()).isEqualTo(MptcpSocket.State.CLOSING);
      hosts.client.shutdown(hosts.net.nowNs(), hosts.net.nowNs());
      hosts.wake();
      hosts.await(hosts.client::isDrained);
      assertThat(hosts.client.usage().connections()).isZero();
      hosts.await(() -> hosts.accepted.get(0).error() == SocketError.ECONNRESET);
    }
  }

  @Test
  void nothingToEndIsDrainedAtOnce() {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      assertThat(hosts.client.isDrained()).isFalse();
      hosts.client.shutdown(0, SimNetwork.seconds(10).toNanos());
      assertThat(hosts.client.isDrained()).isTrue();
      hosts.client.close();
      assertThat(hosts.client.isDrained()).isTrue();
      hosts.client.shutdown(0, 0);
    }
  }
}
