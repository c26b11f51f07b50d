package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.api.StackEvent.Type.SUB_ESTABLISHED;
import static org.mptcp4j.stack.TwoHosts.SERVER_V4;
import static org.mptcp4j.stack.TwoHosts.at;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;

/** What a log shows of a connection, and which connections have events of subflows. */
class SnapshotTextTest {
  @Test
  void aSnapshotIsOneShortLine() throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.defaults())) {
      hosts.server.listen(at(SERVER_V4, 7), 1);
      MptcpSocket socket = hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.write(socket, "hello");
      hosts.await(() -> hosts.received.length() == 5);
      ConnectionInfo info = socket.info();
      assertThat(info.toString())
          .matches(
              "connection 1 MPTCP OPEN, tokens [0-9a-f]{8} [0-9a-f]{8},"
                  + " sent 5, acked [05], unsent 0, received [05], readable 0, out of order 0,"
                  + " window \\d+, subflows \\[0]");
      assertThat(info.subflows().get(0).toString())
          .matches(
              "subflow 0 10\\.0\\.1\\.1:\\d+ > 10\\.0\\.1\\.2:7 ESTABLISHED,"
                  + " srtt \\d+ us, mtu 1500, cwnd \\d+, in flight \\d+, sent 5, received [05]");
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void onlyMptcpReportsSubflows(MptcpMode mode) throws Exception {
    try (TwoHosts hosts = new TwoHosts(StackConfig.builder().mptcp(mode).build())) {
      hosts.server.listen(at(SERVER_V4, 7), 1);
      hosts.client.connect(0, at(SERVER_V4, 7));
      hosts.await(() -> hosts.accepted.size() == 1);
      boolean reported = mode == MptcpMode.ENABLED;
      assertThat(hosts.clientEvents.contains(SUB_ESTABLISHED)).isEqualTo(reported);
      assertThat(hosts.serverEvents.contains(SUB_ESTABLISHED)).isEqualTo(reported);
    }
  }
}
