package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.SERVER_V6;
import static org.mptcp4j.stack.TwoHosts.at;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StatusText;
import org.mptcp4j.mib.LinuxMptcpMib;

/** What {@code ss -Mti} and {@code nstat} would print, were the stack the kernel. */
class StatusTextTest {
  private static List<String> ss(TwoHosts hosts, MptcpStack stack) {
    return StatusText.ss(hosts.net.nowNs(), stack.connections()).lines().toList();
  }

  @Test
  void anIdleStackHasAHeading() {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      assertThat(ss(hosts, hosts.server))
          .containsExactly(
              "Netid State      Recv-Q Send-Q Local Address:Port           Peer Address:Port");
    }
  }

  @Test
  void aConnectionAndItsSubflow() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(true)).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.server.listen(at(SERVER_V4, 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      assertThat(ss(hosts, hosts.client).get(1)).startsWith("mptcp SYN-SENT ");
      hosts.write(socket, "hello");
      hosts.await(() -> socket.info().bytesAcked() == 5);
      hosts.net.runFor(Duration.ofNanos(2_000_000_000L));
      List<String> lines = ss(hosts, hosts.client);
      assertThat(lines).hasSize(5);
      String ends = "ESTAB      0      0      10\\.0\\.1\\.1:\\d+ +10\\.0\\.1\\.2:7";
      assertThat(lines.get(1)).matches("mptcp " + ends);
      assertThat(lines.get(2))
          .matches(
              "\t subflows_max:\\d+ .*remote_key token:[0-9a-f]{8} write_seq:\\d+ snd_una:\\d+"
                  + " rcv_nxt:\\d+ .*csum_enabled bytes_sent:5 bytes_received:5 bytes_acked:5"
                  + " subflows_total:1 last_data_sent:2\\d{3} last_data_recv:\\d{4}"
                  + " last_ack_recv:\\d{4} scheduler:\\S+ path_manager:default");
      assertThat(lines.get(3)).matches("tcp   " + ends);
      assertThat(lines.get(4))
          .matches(
              "\t ts sack cubic wscale:\\d+,\\d+ rto:2\\d\\d\\S* rtt:1\\d\\S*/\\S+ mss:14\\d\\d"
                  + " pmtu:1500 cwnd:\\d+ bytes_sent:5 bytes_acked:5 bytes_received:5 segs_out:\\d+"
                  + " segs_in:\\d+ data_segs_out:1 data_segs_in:1 lastsnd:2\\d{3} lastrcv:\\d{4} lastack:\\d{4} pacing_rate \\d+bps"
                  + " delivery_rate \\d+bps delivered:1 minrtt:1\\S+"
                  + " snd_wnd:\\d+ rcv_wnd:\\d+ tcp-ulp-mptcp flags:Mmec"
                  + " token:[0-9a-f]{8}\\(id:0\\)/[0-9a-f]{8}\\(id:0\\)");
    }
  }

  @Test
  void plainTcpHasOneLineAndWhatItHolds() throws Exception {
    StackConfig config = StackConfig.builder().mptcp(MptcpMode.DISABLED).build();
    try (TwoHosts hosts = new TwoHosts(config)) {
      hosts.accepting = false;
      hosts.server.listen(at(SERVER_V6, 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V6, 7));
      hosts.write(socket, "hello");
      hosts.await(() -> socket.info().bytesAcked() == 5);
      List<String> lines = ss(hosts, hosts.server);
      assertThat(lines).hasSize(3);
      assertThat(lines.get(1))
          .matches("tcp   ESTAB      5      0      \\[fd00:1::2]:7 +\\[fd00:1::1]:\\d+");
      assertThat(lines.get(2)).contains("bytes_received:5").doesNotContain("mptcp");
    }
  }

  @Test
  void countersThatAreZeroOnRequest() {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      assertThat(StatusText.nstat(hosts.client.counters()).lines()).containsExactly("#mptcp4j");
      assertThat(StatusText.nstat(hosts.client.allCounters()).lines())
          .filteredOn(line -> line.startsWith(LinuxMptcpMib.GROUP))
          .hasSize(LinuxMptcpMib.NAMES.size())
          .contains("MPTcpExtMPCapableSYNRX          0               0.0");
    }
  }
}
