package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Paths whose bandwidth-delay product is megabytes, with buffers as they are by default. */
class LongFatPathTest {
  private static final long MB = 1_000_000;

  /** Payload of an Ethernet packet with timestamps, over its length. */
  private static final double GOODPUT = 1448.0 / 1500;

  private static double share(SocketOptions options, LinkProfile path, int warmUp, int seconds) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      world.path(client, server, path);
      Listener listener = server.listen(80, e -> e.unchecked().closeAtEndOfStream());
      Endpoint c = client.connect(server.at(0, 80), options);
      c.writeSize(1 << 20).send(1L << 40);
      world.runFor(seconds(warmUp));
      long before = listener.received();
      world.runFor(seconds(seconds));
      double share = (listener.received() - before) * 8.0 / seconds / path.rateBitsPerSecond();
      c.abort();
      world.requireAllClosed(seconds(300));
      return share / GOODPUT;
    }
  }

  @ParameterizedTest(name = "{0}, round trip of {1} ms")
  @CsvSource({"cubic, 50", "cubic, 200"})
  void aGigabitIsFilled(String congestionControl, int rttMs) {
    SocketOptions options =
        SocketOptions.builder()
            .mptcp(MptcpMode.DISABLED)
            .congestionControl(congestionControl)
            .build();
    LinkProfile path =
        LinkProfile.of(1000 * MB, millis(rttMs).dividedBy(2)).queueTime(millis(rttMs));
    assertThat(share(options, path, 6, 4)).isGreaterThan(0.9);
  }
}
