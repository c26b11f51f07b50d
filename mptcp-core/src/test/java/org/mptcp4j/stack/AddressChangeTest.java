package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.at;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;

/** Links and addresses that come and go while a connection lives. */
class AddressChangeTest {
  private static final StackEvent.Type ANNOUNCED = StackEvent.Type.ANNOUNCED;

  @Test
  void aConnectionFollowsItsAddresses() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
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
      hosts.await(() -> count(hosts, StackEvent.Type.SUB_ESTABLISHED) == 2);
      SubflowInfo joined = socket.info().subflows().get(1);
      assertThat(joined.linkIndex()).isEqualTo(1);
      assertThat(joined.local().getAddress()).isEqualTo(InetAddress.getByName("10.0.2.1"));
      assertThat(joined.mss()).isLessThan(1400);

      hosts.link.blackhole();
      hosts.client.setLinkState(hosts.net.nowNs(), 0, LinkState.DOWN);
      hosts.write(socket, "two ");
      hosts.link.restore();
      hosts.await(() -> hosts.received.length() == 8);

      hosts.client.setLinkState(hosts.net.nowNs(), 0, LinkState.UP);
      IpAddress gone = IpAddress.parse("10.0.2.1");
      assertThat(hosts.client.removeAddress(hosts.net.nowNs(), gone)).isTrue();
      assertThat(hosts.client.removeAddress(hosts.net.nowNs(), gone)).isFalse();
      hosts.wake();
      hosts.await(() -> count(hosts, StackEvent.Type.SUB_CLOSED) == 1);
      hosts.write(socket, "three");
      hosts.await(() -> hosts.received.toString().equals("one two three"));
      assertThat(socket.info().subflows()).hasSize(1);
      assertThat(hosts.client.counters())
          .containsEntry("TcpActiveOpens", 2L)
          .containsKeys("MPTcpExtMPJoinSynTx", "MPTcpExtRmAddrTx");
    }
  }

  // RFC 8684 section 3.4.1: an announcement is echoed; whether it is used is another matter.
  @Test
  void noJoinGoesWhereNoPeerCanBe() throws Exception {
    List<String> nobodys =
        List.of(
            "224.0.0.1/32",
            "255.255.255.255/32",
            "127.0.0.1/32",
            "0.0.0.0/32",
            "240.1.1.1/32",
            "10.0.1.255/32",
            "10.0.1.0/32",
            "10.0.1.1/32", // the client itself
            "169.254.0.9/32",
            "::/128",
            "::1/128",
            "ff02::1/128",
            "fe80::9/128",
            "fd00:1::1/128");
    try (TwoHosts hosts =
        new TwoHosts(StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build())) {
      hosts.server.listen(at(SERVER_V4, 7), 10);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(socket, "one ");
      hosts.await(() -> hosts.received.length() == 4 && count(hosts, ANNOUNCED) == 1);
      long joins = hosts.client.counters().get("MPTcpExtMPJoinSynTx");
      for (String address : nobodys) {
        hosts.server.addAddress(hosts.net.nowNs(), 0, address, Priority.NORMAL);
        hosts.wake();
        hosts.net.runFor(SimNetwork.seconds(1));
      }
      assertThat(hosts.client.counters())
          .containsEntry("MPTcpExtAddAddrDrop", (long) nobodys.size())
          .containsEntry("MPTcpExtMPJoinSynTx", joins);
      assertThat(hosts.server.counters())
          .containsEntry("MPTcpExtEchoAdd", 1L + nobodys.size())
          .containsEntry("MPTcpExtAddAddrTx", 1L + nobodys.size());
      assertThat(count(hosts, ANNOUNCED)).isEqualTo(1);

      hosts.server.addAddress(hosts.net.nowNs(), 0, "10.0.1.77/24", Priority.NORMAL);
      hosts.wake();
      hosts.await(() -> count(hosts, ANNOUNCED) == 2);
      assertThat(hosts.client.counters()).containsEntry("MPTcpExtMPJoinSynTx", joins + 1);
    }
  }

  private static int count(TwoHosts hosts, StackEvent.Type type) {
    return Collections.frequency(hosts.clientEvents, type);
  }
}
