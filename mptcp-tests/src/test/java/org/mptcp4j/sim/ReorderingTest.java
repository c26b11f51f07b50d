package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Packets that come late and are not lost cost next to nothing: RFC 8985 section 6. */
class ReorderingTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;

  /** What arrives in ten seconds, after ten to get going. */
  private static long bytes(long seed, MptcpMode mode, LinkProfile forward, LinkProfile back) {
    try (SimWorld world = new SimWorld(seed)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      world.path(client, server, forward, back);
      Listener l = server.listen(PORT);
      SocketOptions options = SocketOptions.builder().mptcp(mode).build();
      Endpoint c = client.connect(server.at(0, PORT), options).send(10_000 * MB);
      world.runFor(seconds(10));
      long before = l.received();
      world.runFor(seconds(10));
      long received = l.received() - before;
      c.abort();
      world.requireAllClosed(seconds(300));
      return received;
    }
  }

  private static double share(MptcpMode mode, long rate, long rttMs) {
    LinkProfile path =
        LinkProfile.of(rate, millis(rttMs / 2))
            .queueTime(millis(rttMs))
            .superSegments(SuperSegments.CUT);
    long inOrder = bytes(1, mode, path, path);
    return (double) bytes(1, mode, path.reorder(0.01, millis(rttMs).dividedBy(4)), path) / inOrder;
  }

  @ParameterizedTest
  @CsvSource({"100000000, 200", "20000000, 50"})
  void onePercentOfPacketsLateByAQuarterOfTheRoundTrip(long rate, long rttMs) {
    assertThat(share(MptcpMode.DISABLED, rate, rttMs)).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void withAndWithoutMptcp(MptcpMode mode) {
    assertThat(share(mode, 20 * MB, 100)).isGreaterThan(0.9);
  }
}
