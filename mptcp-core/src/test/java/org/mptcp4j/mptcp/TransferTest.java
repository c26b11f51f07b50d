package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;

/** Whole connections between two hosts, in virtual time. */
class TransferTest {
  private static final long S = 1_000 * TestNet.MS;

  private TestNet net;

  private TestNet net(long seed, int paths) {
    net = new TestNet(seed, paths);
    return net;
  }

  @AfterEach
  void close() {
    if (net != null) {
      net.close();
      for (TestApp app : net.client.apps) {
        assertThat(app.leaked()).as("client's buffers").isZero();
      }
      for (TestApp app : net.server.apps) {
        assertThat(app.leaked()).as("server's buffers").isZero();
      }
    }
  }

  /** Both ends send so much, finish, and must be gone at the end. */
  private void exchange(long up, long down, long limitNs) {
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(up));
    net.runUntil(() -> !net.server.apps.isEmpty(), limitNs);
    TestApp server = net.server.apps.get(0).sends(down);
    net.runUntil(() -> client.connection.done() && server.connection.done(), net.nowNs() + limitNs);
    assertExact(client, server, up, down);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(client.connection.done()).as("client done").isTrue();
    assertThat(server.connection.done()).as("server done").isTrue();
    assertThat(net.client.tokensInUse() + net.server.tokensInUse()).isZero();
    assertThat(net.client.flows() + net.server.flows()).isZero();
  }

  private static void assertExact(TestApp client, TestApp server, long up, long down) {
    assertThat(server.wrongAt).as("first wrong byte up").isEqualTo(-1);
    assertThat(client.wrongAt).as("first wrong byte down").isEqualTo(-1);
    assertThat(server.received).as("bytes up").isEqualTo(up);
    assertThat(client.received).as("bytes down").isEqualTo(down);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,0", "0,1", "100000,0", "0,100000", "3000000,3000000"})
  void onePath(long up, long down) {
    net(1, 1);
    exchange(up, down, 60 * S);
    assertThat(net.client.apps.get(0).connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(net.server.count(Mib.MP_CAPABLE_ACK_RX)).isEqualTo(1);
  }

  // RFC 8684 section 3.2: joins from further addresses.
  @Test
  void twoPathsCarryData() {
    net(2, 2);
    exchange(20_000_000, 0, 60 * S);
    assertThat(net.server.count(Mib.MP_JOIN_ACK_RX)).isEqualTo(1);
    assertThat(net.paths[0].bytes).isGreaterThan(2_000_000);
    assertThat(net.paths[1].bytes).isGreaterThan(2_000_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void checksums(boolean cut) {
    net(3, 2);
    net.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(true)));
    for (TestNet.Path p : net.paths) {
      p.cut = cut;
      p.loss = 0.01;
    }
    exchange(2_000_000, 2_000_000, 600 * S);
    assertThat(net.client.count(Mib.DATA_CSUM_ERR) + net.server.count(Mib.DATA_CSUM_ERR)).isZero();
    assertThat(net.client.apps.get(0).connection.info(1).checksum()).isTrue();
  }

  @Test
  void plainTcpWhenPeerDoesNotSpeakMptcp() {
    net(4, 2);
    net.server.config = TestHost.config(c -> c.mptcp(MptcpMode.DISABLED));
    exchange(1_000_000, 1_000_000, 60 * S);
    assertThat(net.client.apps.get(0).connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(net.client.count(Mib.MP_CAPABLE_FALLBACK_SYNACK)).isEqualTo(1);
  }

  @Test
  void plainTcpWhenNotAsked() {
    net(5, 1);
    net.client.config = TestHost.config(c -> c.mptcp(MptcpMode.DISABLED));
    net.paths[0].loss = 0.02;
    exchange(1_000_000, 1_000_000, 600 * S);
    assertThat(net.server.apps.get(0).connection.cb()).isEmpty();
  }

  // RFC 8684 section 3.7: a box strips the option, from every segment or from SYNs only.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fallsBackWhenOptionIsStripped(boolean synOnly) {
    net(6, 2);
    net.paths[0].stripMptcp = !synOnly;
    net.paths[0].stripMptcpOnSynOnly = synOnly;
    exchange(500_000, 500_000, 60 * S);
    assertThat(net.client.apps.get(0).connection.protocol()).isEqualTo(Protocol.TCP);
  }

  // RFC 8684 section 3.7: the option vanishes after the handshake.
  @ParameterizedTest
  @CsvSource({"300000,0", "0,300000", "300000,300000", "0,0"})
  void fallsBackWhenOptionVanishesAfterSyn(long up, long down) {
    net(7, 1);
    net.at(net.nowNs() + 8 * TestNet.MS, () -> net.paths[0].stripMptcp = true);
    exchange(up, down, 60 * S);
  }

  @Test
  void serverAnnouncesItsAddresses() {
    net(8, 2);
    net.server.announceAll();
    net.client.locals.remove(1);
    exchange(5_000_000, 0, 60 * S);
    assertThat(net.client.count(Mib.ADD_ADDR)).isEqualTo(1);
    assertThat(net.server.count(Mib.ECHO_ADD)).isEqualTo(1);
    assertThat(net.server.count(Mib.MP_JOIN_ACK_RX)).isEqualTo(1);
  }

  // RFC 8684 section 3.3.6: what was not DATA_ACKed goes out on the others.
  @ParameterizedTest
  @CsvSource({"0,300", "1,300", "0,45", "1,45", "0,2000", "1,2000"})
  void killedPathLosesNothing(int path, long afterMs) {
    net(9, 2);
    rates(20_000_000, 40_000_000);
    net.at(net.nowNs() + afterMs * TestNet.MS, () -> net.paths[path].up = false);
    exchange(5_000_000, 5_000_000, 300 * S);
    assertThat(net.nowNs()).as("finished in good time").isLessThan(90 * S);
    if (afterMs == 300) {
      assertThat(net.client.count(Mib.MPTCP_RETRANS)).isPositive();
    }
  }

  @Test
  void bothPathsOfEqualRateCarryTheirShare() {
    net(11, 2);
    rates(20_000_000, 20_000_000);
    exchange(20_000_000, 0, 60 * S);
    long all = net.paths[0].bytes + net.paths[1].bytes;
    assertThat(net.paths[1].bytes).isGreaterThan(all * 3 / 10);
    assertThat(net.paths[0].bytes).isGreaterThan(all * 3 / 10);
    assertThat(net.nowNs()).as("both at once").isLessThan(7 * S);
  }

  private void rates(long... bitsPerSecond) {
    for (int i = 0; i < bitsPerSecond.length; i++) {
      net.paths[i].bitsPerSecond = bitsPerSecond[i];
      net.paths[i].cut = true;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void lossyPaths(int seed) {
    int paths = 1 + seed % 4;
    net(seed, paths);
    for (TestNet.Path p : net.paths) {
      p.loss = net.random.nextDouble(0.05);
      p.reorder = net.random.nextDouble(0.1);
      p.duplicate = net.random.nextDouble(0.05);
      p.delayNs = net.random.nextLong(TestNet.MS, 50 * TestNet.MS);
      p.cut = net.random.nextBoolean();
    }
    exchange(net.random.nextInt(2_000_000), net.random.nextInt(2_000_000), 2000 * S);
  }
}
