package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.info.MptcpInfo;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.pm.Priority;

/** What {@code mptcp_info} and {@code tcp_info} of Linux say, and why a connection is plain TCP. */
class MptcpInfoTest {
  private static final int SYN = 2;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothEndsTellTheSameStory(boolean checksum) throws Exception {
    StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(checksum)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.server.listen(at(SERVER_V4, 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      assertThat(socket.info().mptcp().token()).isNotZero();
      assertThat(socket.info().mptcp().remoteKeyReceived()).isFalse();
      hosts.write(socket, "hello");
      hosts.await(() -> hosts.received.length() == 5);
      hosts.net.link(
          "second",
          hosts.clientHost,
          hosts.serverHost,
          LinkProfile.of(10_000_000, LinkProfile.millis(5)));
      hosts.client.addLink(1, 1500);
      hosts.client.addAddress(hosts.net.nowNs(), 1, "10.0.2.1/24", Priority.NORMAL);
      hosts.wake();
      hosts.await(() -> hosts.accepted.get(0).info().subflows().size() == 2);
      long writtenNs = hosts.net.nowNs();
      hosts.write(socket, " again");
      hosts.await(() -> socket.info().mptcp().bytesAcked() == 11);

      MptcpInfo client = socket.info().mptcp();
      MptcpInfo server = hosts.accepted.get(0).info().mptcp();
      assertThat(client.subflows()).isOne();
      assertThat(client.subflowsTotal()).isEqualTo(2);
      assertThat(client.subflowsCreated()).isEqualTo(2);
      assertThat(client.localAddrUsed()).isOne();
      assertThat(server.localAddrUsed()).isZero();
      // Of its own addresses all but that of the first subflow: one of IPv4 and one of IPv6.
      assertThat(client.localAddrMax()).isEqualTo(2);
      assertThat(client.csumEnabled()).isEqualTo(checksum);
      assertThat(server.csumEnabled()).isEqualTo(checksum);
      assertThat(client.remoteKeyReceived() && server.remoteKeyReceived()).isTrue();
      assertThat(client.fallback() || server.fallback()).isFalse();
      assertThat(server.token()).isEqualTo(socket.info().remoteToken());
      assertThat(server.rcvNxt()).isEqualTo(client.writeSeq());
      assertThat(client.sndUna()).isEqualTo(client.writeSeq());
      assertThat(server.bytesReceived()).isEqualTo(client.bytesSent()).isEqualTo(11);
      assertThat(client.lastDataSentNs()).isGreaterThanOrEqualTo(writtenNs);
      assertThat(server.lastDataRecvNs()).isGreaterThan(client.lastDataSentNs());
      assertThat(client.lastAckRecvNs()).isEqualTo(hosts.net.nowNs());
    }
  }

  @ParameterizedTest
  @CsvSource({"ENABLED, 10.0.1.2", "ENABLED, fd00:1::2", "DISABLED, 10.0.1.2"})
  void eachSubflowHasItsTcpInfo(MptcpMode mode, String host) throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.builder().mptcp(mode).build())) {
      hosts.server.listen(at("0.0.0.0", 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(host, 7));
      TcpInfo before = socket.info().subflows().get(0).tcp();
      assertThat(before.state()).isEqualTo(TcpInfo.State.SYN_SENT);
      assertThat(before.lastDataRecvNs()).isEqualTo(TcpInfo.NEVER);
      hosts.write(socket, "hello");
      hosts.await(() -> hosts.received.length() == 5);
      TcpInfo tcp = socket.info().subflows().get(0).tcp();
      assertThat(tcp.state()).isEqualTo(TcpInfo.State.ESTABLISHED);
      assertThat(tcp.caState()).isEqualTo(TcpInfo.CaState.OPEN);
      assertThat(tcp.bytesSent()).isEqualTo(5);
      assertThat(tcp.bytesReceived()).isEqualTo(5);
      assertThat(tcp.pmtu()).isEqualTo(1500);
      assertThat(tcp.rttNs()).isBetween(10_000_000L, 60_000_000L);
      assertThat(tcp.lastDataRecvNs()).isEqualTo(hosts.net.nowNs());
      socket.shutdownOutput();
      hosts.wake();
      hosts.await(socket::endOfStream);
      TcpInfo after = hosts.accepted.get(0).info().subflows().get(0).tcp();
      // A FIN is no byte.
      assertThat(after.bytesSent()).isEqualTo(5);
      assertThat(after.state().ssName()).doesNotContain("_");
    }
  }

  @Test
  void plainTcpDidNotFallBackWhereNobodyAsked() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(MptcpMode.DISABLED).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      Ends ends = new Ends(hosts, SERVER_V4);
      assertThat(ends.client().mptcp().fallback()).isFalse();
      assertThat(ends.server().mptcp().fallback()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVER_V4, SERVER_V6})
  void aServerWithoutMptcpDeclines(String server) throws Exception {
    StackConfig plain = StackConfig.builder().mptcp(MptcpMode.DISABLED).build();
    try (TwoHosts hosts = new TwoHosts(plain, client -> client.config(StackConfig.defaults()))) {
      Ends ends = new Ends(hosts, server);
      ends.fellBack(FallbackReason.PEER_DECLINED, FallbackReason.NONE, Protocol.TCP);
    }
  }

  @Test
  void aBoxThatEatsSynsWithTheOption() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.link.forward().middlebox(dropFirstSyns(3));
      Ends ends = new Ends(hosts, SERVER_V4);
      ends.fellBack(FallbackReason.SYN_DROPPED, FallbackReason.NONE, Protocol.TCP);
    }
  }

  @Test
  void aBoxThatStripsTheAnswer() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.link.backward().middlebox(OptionStripper.mptcpOnSyn());
      Ends ends = new Ends(hosts, SERVER_V4);
      ends.fellBack(FallbackReason.PEER_DECLINED, FallbackReason.NO_KEYS_IN_ACK, Protocol.TCP);
    }
  }

  @Test
  void aBoxThatStripsWhatTheServerSaysAfterwards() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      OptionStripper all = OptionStripper.mptcp();
      hosts
          .link
          .backward()
          .middlebox(
              (nowNs, packet) ->
                  isSyn(packet) ? Middlebox.Verdict.FORWARD : all.process(nowNs, packet));
      Ends ends = new Ends(hosts, SERVER_V4);
      assertThat(ends.client().mptcp().fallbackReason())
          .isEqualTo(FallbackReason.NO_OPTION_ON_DATA);
      assertThat(ends.client().protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
      assertThat(ends.client().mptcp().token()).isNotZero();
    }
  }

  private static Middlebox dropFirstSyns(int count) {
    int[] left = {count};
    return (nowNs, packet) -> {
      boolean drop = isSyn(packet) && left[0]-- > 0;
      return drop ? Middlebox.Verdict.DROP : Middlebox.Verdict.FORWARD;
    };
  }

  private static boolean isSyn(org.mptcp4j.link.packet.Packet packet) {
    int ip = packet.header().readerIndex();
    boolean v4 = packet.header().getUnsignedByte(ip) >>> 4 == 4;
    return (packet.header().getByte(ip + (v4 ? 20 : 40) + 13) & SYN) != 0;
  }

  /** A client that said hello to an echo server, and heard it back. */
  private record Ends(TwoHosts hosts, MptcpSocket socket) {
    Ends(TwoHosts hosts, String server) throws Exception {
      this(hosts, begun(hosts, server));
      hosts.write(socket, "hello");
      hosts.await(() -> hosts.received.length() == 5);
    }

    private static MptcpSocket begun(TwoHosts hosts, String server) throws Exception {
      hosts.server.listen(at("0.0.0.0", 7), 1);
      return hosts.client.connect(0, at(server, 7));
    }

    ConnectionInfo client() {
      return socket.info();
    }

    ConnectionInfo server() {
      return hosts.accepted.get(0).info();
    }

    void fellBack(FallbackReason atClient, FallbackReason atServer, Protocol protocol) {
      fellBack(client(), hosts.client, atClient, protocol);
      fellBack(server(), hosts.server, atServer, protocol);
    }

    private static void fellBack(
        ConnectionInfo info, MptcpStack stack, FallbackReason why, Protocol protocol) {
      assertThat(info.protocol()).isEqualTo(protocol);
      assertThat(info.mptcp().fallbackReason()).isEqualTo(why);
      assertThat(info.mptcp().fallback()).isEqualTo(why != FallbackReason.NONE);
      why.counter().ifPresent(c -> assertThat(stack.counters()).containsEntry(c.kernelName(), 1L));
    }
  }
}
