package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.at;

import java.net.InetAddress;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Priority;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.sim.LinkProfile;

/** Links and addresses that come and go while a connection lives. */
class AddressChangeTest {

  @Test
  void aConnectionFollowsItsAddresses() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaultConfig())) {
      hosts.server.listen(at(SERVER_V4, 7), 10);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(socket, "one ");
      hosts.await(() -> hosts.received.length() == 4);

      hosts.net.link(
          "second",
          hosts.clientHost,
          hosts.serverHost,
          LinkProfile.of(10_000_000, LinkProfile.millis(50)));
      hosts.client.addLink(1, 1400);
      hosts.client.addAddress(hosts.net.nowNs(), 1, "10.0.2.1/24", Priority.NORMAL);
      hosts.wake();
      hosts.await(() -> count(hosts, StackEvent.Type.SUBFLOW_UP) == 2);
      SubflowInfo joined = socket.info().subflows().get(1);
      assertThat(joined.linkIndex()).isEqualTo(1);
      assertThat(joined.local().getAddress()).isEqualTo(InetAddress.getByName("10.0.2.1"));
      assertThat(joined.mss()).isLessThan(1400);

      hosts.link.blackhole();
      hosts.client.linkState(hosts.net.nowNs(), 0, LinkState.DOWN);
      hosts.write(socket, "two ");
      hosts.link.restore();
      hosts.await(() -> hosts.received.length() == 8);

      hosts.client.linkState(hosts.net.nowNs(), 0, LinkState.UP);
      InetAddress gone = InetAddress.getByName("10.0.2.1");
      assertThat(hosts.client.removeAddress(hosts.net.nowNs(), gone)).isTrue();
      assertThat(hosts.client.removeAddress(hosts.net.nowNs(), gone)).isFalse();
      hosts.wake();
      hosts.await(() -> count(hosts, StackEvent.Type.SUBFLOW_DOWN) == 1);
      hosts.write(socket, "three");
      hosts.await(() -> hosts.received.toString().equals("one two three"));
      assertThat(socket.info().subflows()).hasSize(1);
      assertThat(hosts.client.counters())
          .containsEntry("TcpActiveOpens", 2L)
          .containsKeys("MPTcpExtMPJoinSynTx", "MPTcpExtRmAddrTx");
    }
  }

  private static int count(TwoHosts hosts, StackEvent.Type type) {
    return Collections.frequency(hosts.clientEvents, type);
  }
}
