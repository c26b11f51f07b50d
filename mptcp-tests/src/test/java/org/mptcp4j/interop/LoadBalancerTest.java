package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.StackConfig;

/**
 * Servers of this stack behind a balancer of the kernel that looks at addresses and ports only:
 *
 * <pre>
 *   client -- 10.9.0.0/24 -- balancer -- 10.1.N.0/24 and 10.2.N.0/24 -- server N
 * </pre>
 *
 * All share the address 10.9.0.100, which each knows as 10.1.N.2. They forbid joins to it (RFC 8684
 * section 3.1, flag C) and announce an address of their own, 10.2.N.2, to which they are made.
 */
@Tag("matrix")
@Interop(programs = "nft")
class LoadBalancerTest {
  private static final int SERVERS = 3;
  private static final int CONNECTIONS = 12;
  private static final String RULES =
      "table ip lb { chain pre { type nat hook prerouting priority dstnat; "
          + "ip daddr 10.9.0.100 tcp dport 80 dnat to "
          + "jhash ip saddr . ip daddr . tcp sport . tcp dport mod 3 "
          + "map { 0 : 10.1.0.2, 1 : 10.1.1.2, 2 : 10.1.2.2 }; }; }";

  private final Netns balancer = Netns.create();
  private final Netns client = Netns.create();
  private final List<StackHost> servers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    balancer.sysctl("net.ipv4.ip_forward", "1");
    balancer.run(
        "ip", "link", "add", "c", "type", "veth", "peer", "name", "b", "netns", client.name());
    balancer.run("ip", "address", "add", "10.9.0.1/24", "dev", "c");
    balancer.run("ip", "address", "add", "10.9.0.100/24", "dev", "c");
    balancer.run("ip", "link", "set", "dev", "c", "up");
    client.run("ip", "address", "add", "10.9.0.2/24", "dev", "b");
    client.run("ip", "link", "set", "dev", "b", "up");
    client.run("ip", "route", "add", "default", "via", "10.9.0.1");
    balancer.run("nft", RULES);
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.joinInitialAddress(false).announceAddresses(true))
            .build();
    for (int n = 0; n < SERVERS; n++) {
      StackHost server =
          StackHost.start(
              balancer,
              config,
              "lb" + n + ":10.1." + n + ".2/24",
              "own" + n + ":10.2." + n + ".2/24");
      server.listen(80);
      servers.add(server);
    }
  }

  @AfterEach
  void stop() {
    servers.forEach(StackHost::close);
    client.close();
    balancer.close();
  }

  @Test
  void everyJoinFindsItsConnection() {
    List<KernelPeer> peers = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      KernelPeer peer = KernelPeer.client(client, "rounds", "10.9.0.100", "80");
      peers.add(peer);
      assertThat(peer.line(10)).isEqualTo("connected");
    }
    long deadline = Patience.deadlineNs(2);
    while (joined() < CONNECTIONS && System.nanoTime() < deadline) {
      peers.forEach(peer -> peer.say("round 20000"));
      peers.forEach(peer -> assertThat(peer.line(10)).isEqualTo("equal"));
    }
    for (KernelPeer peer : peers) {
      peer.say("end");
      assertThat(peer.line(10)).contains("\"left\": 0");
      peer.close();
    }
    assertThat(joined()).isEqualTo(CONNECTIONS);
    int used = 0;
    for (StackHost server : servers) {
      Map<String, Long> counters = server.counters();
      assertThat(counters)
          .doesNotContainKeys("MPTcpExtMPJoinNoTokenFound", "MPTcpExtMPJoinRejected");
      assertThat(counters.get("MPTcpExtMPJoinAckRx"))
          .isEqualTo(counters.get("MPTcpExtMPCapableACKRX"));
      used += counters.containsKey("MPTcpExtMPCapableACKRX") ? 1 : 0;
    }
    assertThat(used).as("servers that got connections").isGreaterThan(1);
  }

  private long joined() {
    return servers.stream()
        .mapToLong(s -> s.counters().getOrDefault("MPTcpExtMPJoinAckRx", 0L))
        .sum();
  }
}
