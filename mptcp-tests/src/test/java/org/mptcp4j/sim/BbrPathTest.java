package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What BBR is for: losses by chance do not slow it down, and long queues stay empty. */
class BbrPathTest {
  private static final long MB = 1_000_000;
  private static final int WARM_UP_SECONDS = 4;
  private static final int SECONDS = 10;

  /** What got through, of what the path carries, and the round trip that most of it had. */
  private record Outcome(double share, double rttMs) {}

  private static Outcome run(
      MptcpMode mode, String congestionControl, LinkProfile path, int paths) {
    try (SimWorld world = new SimWorld(7)) {
      SimStack client = world.stack("client", b -> b.congestionControl(congestionControl));
      SimStack server = world.stack("server");
      for (int i = 0; i < paths; i++) {
        world.path(client, server, path.superSegments(SuperSegments.CUT));
      }
      Listener listener = server.listen(80, e -> e.unchecked().closeAtEndOfStream());
      Endpoint c = client.connect(server.at(0, 80), SocketOptions.builder().mptcp(mode).build());
      c.writeSize(100_000).send(1L << 40);
      world.runFor(seconds(WARM_UP_SECONDS));
      long before = listener.received();
      double rtt = 0;
      for (int i = 0; i < SECONDS; i++) {
        world.runFor(seconds(1));
        rtt += c.socket().info().subflows().get(0).srttNs() / 1e6 / SECONDS;
      }
      double bytes = listener.received() - before;
      c.abort();
      world.requireAllClosed(seconds(300));
      return new Outcome(bytes * 8 / SECONDS / path.rateBitsPerSecond() / paths, rtt);
    }
  }

  private static LinkProfile path() {
    return LinkProfile.of(100 * MB, millis(20)).queueTime(millis(400));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void onePercentOfLossDoesNotSlowItDown(int paths) {
    MptcpMode mode = paths == 1 ? MptcpMode.DISABLED : MptcpMode.ENABLED;
    assertThat(run(mode, "bbr", path().loss(0.01), paths).share).isGreaterThan(0.85);
  }

  @Test
  void itSlowsCubicDown() {
    assertThat(run(MptcpMode.DISABLED, "cubic", path().loss(0.01), 1).share).isLessThan(0.3);
  }

  @Test
  void theQueueStaysShort() {
    Outcome bbr = run(MptcpMode.DISABLED, "bbr", path(), 1);
    assertThat(bbr.share).isGreaterThan(0.9);
    assertThat(bbr.rttMs).isBetween(40.0, 55.0);
    Outcome cubic = run(MptcpMode.DISABLED, "cubic", path(), 1);
    assertThat(cubic.rttMs).isGreaterThan(80);
  }
}
