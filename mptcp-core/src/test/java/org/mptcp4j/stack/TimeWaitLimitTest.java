package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.StackConfig;

/** A limit that is reached, and the counter that says so. */
class TimeWaitLimitTest {

  private static StackConfig with(Limits.Builder limits) {
    return StackConfig.builder().limits(limits.build()).build();
  }

  @Test
  void theOldestInTimeWaitEndsEarlyWhenOneMoreComes() throws MptcpException {
    try (TwoHosts hosts = new TwoHosts(with(Limits.builder().timeWait(1)))) {
      hosts.server.listen(TwoHosts.at(TwoHosts.SERVER_V4, 80), 8);
      for (int i = 1; i <= 2; i++) {
        int ended = i;
        MptcpSocket socket =
            hosts.client.connect(hosts.net.nowNs(), TwoHosts.at(TwoHosts.SERVER_V4, 80));
        hosts.wake();
        hosts.await(() -> hosts.accepted.size() == ended);
        socket.close();
        hosts.wake();
        hosts.await(() -> hosts.client.usage().connections() == 0);
        hosts.await(() -> hosts.client.usage().timeWait() == 1);
      }
      assertThat(hosts.client.counters()).containsEntry("TcpExtTCPTimeWaitOverflow", 1L);
    }
  }
}
