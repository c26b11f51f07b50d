package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;

/** Boxes that drop SYNs with MP_CAPABLE, or their answers: TCP gets through, so must we. */
class BlackholesTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final long HOUR = 3_600 * S;
  private static final int CAPABLE = 0;

  private final TestNet net = new TestNet(1, 1);

  @AfterEach
  void close() {
    net.close();
  }

  private static boolean isFromServer(ByteBuf datagram) {
    return datagram.getByte(datagram.readerIndex() + 15) == 2;
  }

  private void dropSyns(boolean answers) {
    net.paths[0].drop =
        d -> Cutter.isSyn(d) && Cutter.hasMptcp(d, CAPABLE) && isFromServer(d) == answers;
  }

  private TestApp transfer() {
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    long start = net.nowNs();
    net.runUntil(client.connection::done, start + 100 * S);
    TestApp server = net.server.apps.get(net.server.apps.size() - 1);
    assertThat(server.received).isEqualTo(10_000);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    return client;
  }

  // RFC 8684 section 3.1: a SYN that is not answered is repeated without the option. The server
  // follows: its answer must leave the option out as well.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionGetsThroughAsTcp(boolean answers) {
    dropSyns(answers);
    assertThat(transfer().connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(net.server.apps.get(0).connection.protocol()).isEqualTo(Protocol.TCP);
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX)).isEqualTo(3);
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX_DROP)).isOne();
    assertThat(net.client.count(Mib.BLACKHOLE)).isOne();
    assertThat(net.server.count(Mib.MP_CAPABLE_FALLBACK_ACK)).isEqualTo(answers ? 1 : 0);
  }

  @Test
  void theHostIsTriedAsTcpForATimeThatGrows() {
    dropSyns(false);
    transfer();
    for (int i = 0; i < 3; i++) {
      long before = net.nowNs();
      assertThat(transfer().connection.protocol()).isEqualTo(Protocol.TCP);
      assertThat(net.nowNs() - before).as("no SYN was lost").isLessThan(S);
    }
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX_DISABLED)).isEqualTo(3);
    net.run(HOUR);
    transfer();
    assertThat(net.client.count(Mib.BLACKHOLE)).isEqualTo(2);
    net.run(HOUR);
    transfer();
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX_DISABLED)).isEqualTo(4);
    net.run(HOUR);
    transfer();
    assertThat(net.client.count(Mib.BLACKHOLE)).isEqualTo(3);
  }

  @Test
  void anAnswerToMpCapableEndsIt() {
    dropSyns(false);
    transfer();
    net.paths[0].drop = d -> false;
    net.run(HOUR);
    assertThat(transfer().connection.protocol()).isEqualTo(Protocol.MPTCP);
    dropSyns(false);
    transfer();
    net.run(HOUR + S);
    transfer();
    assertThat(net.client.count(Mib.MP_CAPABLE_SYN_TX_DISABLED)).isZero();
  }

  @Test
  void whatIsRememberedIsBounded() {
    Blackholes holes = new Blackholes(HOUR);
    for (int i = 0; i < 10_000; i++) {
      assertThat(holes.add(0, IpAddress.ofV4(i))).isTrue();
    }
    long known =
        java.util.stream.IntStream.range(0, 10_000)
            .filter(i -> holes.contains(S, IpAddress.ofV4(i)))
            .count();
    assertThat(known).isBetween(100L, 1_000L);
    assertThat(holes.contains(S, IpAddress.ofV4(9_999))).isTrue();
  }

  @Test
  void theTimeStopsGrowing() {
    Blackholes holes = new Blackholes(HOUR);
    IpAddress host = IpAddress.ofV4(1);
    for (int i = 0; i < 100; i++) {
      holes.add(0, host);
    }
    assertThat(holes.contains(64 * HOUR - 1, host)).isTrue();
    assertThat(holes.contains(64 * HOUR, host)).isFalse();
    holes.remove(host);
    holes.add(0, host);
    assertThat(holes.contains(HOUR, host)).isFalse();
    assertThat(new Blackholes(0).add(0, host)).isFalse();
  }
}
