package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * SYNs from addresses where nobody is, beside clients that mean it: RFC 4987 sections 3.4 and 3.6.
 */
class SynFloodTest {
  private static final int CLIENTS = 100;
  private static final int SYNS_PER_SECOND = 66;

  private final SplittableRandom random = new SplittableRandom(1);

  /** Half of them offer MPTCP; half of those to the IPv4 address, half to the IPv6 one. */
  private TxSegment forgedSyn() {
    TxSegment syn = new TxSegment();
    if (random.nextBoolean()) {
      syn.src(IpAddress.ofV4(192 << 24 | 168 << 16 | random.nextInt(1 << 16)));
      syn.dst(IpAddress.parse(TwoHosts.SERVER_V4));
    } else {
      syn.src(IpAddress.of(0x20010db8L << 32 | random.nextInt(1 << 30), random.nextLong()));
      syn.dst(IpAddress.parse(TwoHosts.SERVER_V6));
    }
    syn.srcPort(random.nextInt(1, 65_536)).dstPort(80);
    syn.seq(random.nextInt()).flags(TcpFlags.SYN).window(65_535);
    if (random.nextBoolean()) {
      syn.options().mptcp(MpCapable.syn(MpCapable.HMAC_SHA256));
    }
    return syn;
  }

  /**
   * So many SYNs in a second, a few at a time, after the table of half-open connections is full.
   */
  private void floodFor(TwoHosts hosts, double seconds, int synsPerSecond) {
    RawHost nobody = new RawHost(hosts.server);
    int limit = Limits.defaults().halfOpen();
    for (int i = 0; i < limit; i++) {
      nobody.send(hosts.net.nowNs(), forgedSyn());
    }
    int atOnce = Math.max(1, synsPerSecond / 1000);
    for (int i = 0; i < seconds * synsPerSecond; i += atOnce) {
      long at = hosts.net.nowNs() + SimNetwork.seconds((double) i / synsPerSecond).toNanos();
      hosts.net.at(
          at,
          () -> {
            for (int n = 0; n < atOnce; n++) {
              nobody.send(at, forgedSyn());
            }
            hosts.wake();
          });
    }
  }

  // Whoever could choose networks that share a place of the table would shut others out of it.
  @Test
  void nobodyCanCrowdThePlaceOfAnotherNetwork() throws Exception {
    StackConfig defaults = StackConfig.builder().build();
    try (TwoHosts hosts = new TwoHosts(defaults, b -> b.config(defaults))) {
      hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
      RawHost attacker = new RawHost(hosts.server);
      int sent = 0;
      for (long network = 1 << 16; sent < 1000; network++) {
        // They would share one under a multiplication that everybody knows.
        if (network * 0x9e3779b97f4a7c15L >>> 54 == 7) {
          TxSegment syn = new TxSegment();
          syn.src(IpAddress.ofV4((int) (network << 8) + 1)).srcPort(1);
          syn.dst(IpAddress.parse(TwoHosts.SERVER_V4)).dstPort(80);
          syn.seq(1).flags(TcpFlags.SYN).window(1);
          attacker.send(hosts.net.nowNs(), syn);
          sent++;
        }
      }
      assertThat(hosts.server.usage().halfOpen()).isEqualTo(sent);
      assertThat(hosts.server.counters()).doesNotContainKey("TcpExtSyncookiesSent");
    }
  }

  private void connect(TwoHosts hosts, String to) {
    try {
      hosts.write(hosts.client.connect(hosts.net.nowNs(), TwoHosts.at(to, 80)), "x");
    } catch (MptcpException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ENABLED, 10.0.1.2",
    "ENABLED, fd00:1::2",
    "DISABLED, 10.0.1.2",
    "DISABLED, fd00:1::2",
  })
  void everyClientIsServedDuringAFlood(MptcpMode clients, String server) throws Exception {
    StackConfig defaults = StackConfig.builder().build();
    StackConfig config = StackConfig.builder().mptcp(clients).build();
    try (TwoHosts hosts = new TwoHosts(defaults, b -> b.config(config))) {
      hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
      floodFor(hosts, 130, SYNS_PER_SECOND);
      for (int i = 0; i < CLIENTS; i++) {
        connect(hosts, server);
        hosts.net.runFor(SimNetwork.seconds(0.5));
        // No SYN had to be repeated, which takes a second (RFC 6298 section 2.1).
        assertThat(Collections.frequency(hosts.clientEvents, StackEvent.Type.CONNECTED))
            .isEqualTo(i + 1);
        hosts.net.runFor(SimNetwork.seconds(0.79));
      }
      assertThat(hosts.received).hasToString("x".repeat(CLIENTS));
      assertThat(hosts.accepted).hasSize(CLIENTS);
      int limit = Limits.defaults().halfOpen();
      assertThat(hosts.server.usage().halfOpen()).isBetween(limit * 9 / 10, limit);
      assertThat(hosts.server.counters()).containsKey("TcpExtTCPReqQFullDrop");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ENABLED, 10.0.1.2",
    "ENABLED, fd00:1::2",
    "DISABLED, 10.0.1.2",
    "DISABLED, fd00:1::2",
  })
  void everyClientIsServedAtSixtyThousandSynsPerSecond(MptcpMode clients, String server)
      throws Exception {
    StackConfig defaults = StackConfig.builder().build();
    StackConfig config = StackConfig.builder().mptcp(clients).build();
    try (TwoHosts hosts = new TwoHosts(defaults, b -> secondPath(b.config(config)))) {
      withSecondPath(hosts);
      hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
      floodFor(hosts, 2.2, 60_000);
      for (int i = 0; i < CLIENTS; i++) {
        connect(hosts, server);
        hosts.net.runFor(SimNetwork.seconds(0.02));
      }
      hosts.net.runFor(SimNetwork.seconds(0.1));
      assertThat(Collections.frequency(hosts.clientEvents, StackEvent.Type.CONNECTED))
          .isEqualTo(CLIENTS);
      assertThat(hosts.received).hasToString("x".repeat(CLIENTS));
      assertThat(hosts.accepted).hasSize(CLIENTS);
      boolean mptcp = clients == MptcpMode.ENABLED;
      assertThat(hosts.accepted).allMatch(socket -> socket.isMptcp() == mptcp);
      int joins = mptcp ? CLIENTS : 0;
      assertThat(Collections.frequency(hosts.serverEvents, StackEvent.Type.SUB_ESTABLISHED))
          .as("first subflows and joins")
          .isEqualTo(2 * joins);
      assertThat(hosts.server.usage().halfOpen()).isLessThanOrEqualTo(Limits.defaults().halfOpen());
      assertThat(hosts.server.counters().get("TcpExtSyncookiesSent")).isGreaterThan(100_000L);
      assertThat(hosts.server.counters().get("TcpExtSyncookiesRecv"))
          .as("first subflows, and joins")
          .isGreaterThan(mptcp ? 180L : 80L);
      assertThat(hosts.server.counters()).doesNotContainKey("TcpExtSyncookiesFailed");
    }
  }

  /** Whoever has seen the token of a connection can ask to join it, and no more than that. */
  @ParameterizedTest
  @ValueSource(strings = {TwoHosts.SERVER_V4, TwoHosts.SERVER_V6})
  void joinsWithTheRightTokenKeepNoRealOneOut(String server) throws Exception {
    int clients = 20;
    StackConfig defaults = StackConfig.builder().build();
    try (TwoHosts hosts = new TwoHosts(defaults, b -> secondPath(b.config(defaults)))) {
      withSecondPath(hosts);
      hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
      RawHost nobody = new RawHost(hosts.server);
      for (int ms = 0; ms < 800; ms++) {
        long at = hosts.net.nowNs() + LinkProfile.millis(ms).toNanos();
        hosts.net.at(
            at,
            () -> {
              for (int n = 0; n < 60 && !hosts.accepted.isEmpty(); n++) {
                TxSegment syn = forgedSyn();
                syn.options().clear();
                int token =
                    hosts
                        .accepted
                        .get(hosts.accepted.size() - 1)
                        .controlBlock()
                        .orElseThrow()
                        .localToken();
                syn.options().mptcp(new MpJoinSyn(false, 7, token, random.nextInt()));
                nobody.send(at, syn);
              }
              hosts.wake();
            });
      }
      for (int i = 0; i < clients; i++) {
        connect(hosts, server);
        hosts.net.runFor(SimNetwork.seconds(0.04));
      }
      // What the table forgot is tried again after a second.
      hosts.net.runFor(SimNetwork.seconds(4));
      assertThat(hosts.received).hasToString("x".repeat(clients));
      assertThat(hosts.server.counters())
          .containsEntry("MPTcpExtMPJoinAckRx", (long) clients)
          .doesNotContainKey("MPTcpExtMPJoinRejected");
      assertThat(hosts.server.counters().get("TcpExtSyncookiesSent")).isGreaterThan(40_000L);
      int pending = Limits.defaults().joinsPendingPerConnection();
      assertThat(hosts.server.usage().flows()).isLessThanOrEqualTo(clients * (2 + pending));
    }
  }

  private static void withSecondPath(TwoHosts hosts) throws MptcpException {
    hosts.server.addLink(1, 1500);
    hosts.server.addAddress(hosts.net.nowNs(), 1, "10.0.2.2/24", Priority.NORMAL);
    hosts.server.addAddress(hosts.net.nowNs(), 1, "fd00:2::2/64", Priority.NORMAL);
    hosts.net.link(
        "second",
        hosts.clientHost,
        hosts.serverHost,
        LinkProfile.of(100_000_000, LinkProfile.millis(5)));
  }

  private static StackBuilder secondPath(StackBuilder client) {
    return client.link(1, 1500).address(1, "10.0.2.1/24").address(1, "fd00:2::1/64");
  }

  @Test
  void oneNetworkCannotHoldTheTable() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.builder().build())) {
      hosts.server.listen(TwoHosts.at("0.0.0.0", 80), 16);
      RawHost nobody = new RawHost(hosts.server);
      int limit = Limits.defaults().halfOpen();
      for (int i = 0; i < 2 * limit; i++) {
        TxSegment syn = forgedSyn();
        syn.src(IpAddress.ofV4(192 << 24 | 168 << 16 | i & 0xff));
        syn.dst(IpAddress.parse(TwoHosts.SERVER_V4));
        nobody.send(hosts.net.nowNs(), syn);
        if (i % 100 == 0) {
          hosts.wake();
          hosts.net.runFor(LinkProfile.millis(1));
        }
      }
      assertThat(hosts.server.usage().halfOpen()).isEqualTo(limit / 8);
      connect(hosts, TwoHosts.SERVER_V4);
      hosts.net.runFor(SimNetwork.seconds(0.5));
      assertThat(hosts.received).hasToString("x");
      assertThat(hosts.server.counters())
          .containsKey("TcpExtSyncookiesSent")
          .doesNotContainKey("TcpExtTCPReqQFullDrop")
          .doesNotContainKey("TcpExtSyncookiesRecv");
    }
  }
}
