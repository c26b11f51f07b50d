package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * The goals of RFC 6356 section 1: round trips of 40 ms, queues of one bandwidth-delay product. The
 * full form, as long as published measurements: {@code -Dlia.seeds=20 -Dlia.seconds=120}.
 */
class LinkedIncreasesTest {
  private static final int SEEDS = Integer.getInteger("lia.seeds", 3);
  private static final int SECONDS = Integer.getInteger("lia.seconds", 30);
  private static final int RATE_MB = Integer.getInteger("lia.rate", 20);
  private static final int PORT = 80;
  private static final int WARM_UP_SECONDS = 10;
  private static final long MB = 1_000_000;
  private static final long PLENTY = 10_000 * MB;

  private static SocketOptions multipath(String algorithm) {
    return SocketOptions.builder().congestionControl(algorithm).build();
  }

  private static SocketOptions tcp() {
    return multipath("reno").toBuilder().mptcp(MptcpMode.DISABLED).build();
  }

  /** What two subflows get through a bottleneck that they share with a TCP, over what it gets. */
  private static double shareOfOneBottleneck(long seed, String algorithm) {
    try (Bottleneck b = new Bottleneck(seed, RATE_MB)) {
      Endpoint both = b.add(multipath(algorithm), 2);
      b.add(tcp(), 1);
      b.received(WARM_UP_SECONDS);
      assertThat(both.socket().info().subflows()).hasSize(2);
      return b.share(0, SECONDS);
    }
  }

  /** Bytes that arrive, over one path or over two that nobody else uses. */
  private static long received(long seed, int paths, SocketOptions options) {
    try (SimWorld world = new SimWorld(seed)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      for (int i = 0; i < paths; i++) {
        LinkProfile path = LinkProfile.of((20 - 12 * i) * MB, millis(20)).queueTime(millis(40));
        world.path(client, server, path.superSegments(SuperSegments.CUT));
      }
      Listener listener = server.listen(PORT, e -> e.unchecked().closeAtEndOfStream());
      world.runFor(Duration.ofNanos(new SplittableRandom(seed).nextLong(1_000_000_000)));
      Endpoint c = client.connect(server.at(0, PORT), options).writeSize(100_000).send(PLENTY);
      world.runFor(seconds(WARM_UP_SECONDS));
      assertThat(c.socket().info().subflows()).hasSize(paths);
      long before = listener.received();
      world.runFor(seconds(SECONDS));
      long received = listener.received() - before;
      c.abort();
      world.requireAllClosed(seconds(300));
      return received;
    }
  }

  // Goal 2: on a shared bottleneck, no more than one TCP would get there; and not much less.
  @Test
  void twoSubflowsThroughOneBottleneckTakeTheShareOfOneTcp() {
    assertThat(Bottleneck.median(SEEDS, seed -> shareOfOneBottleneck(seed, "lia")))
        .isBetween(0.8, 1.25);
  }

  // What the coupling is for: without it there are two shares.
  @Test
  void uncoupledSubflowsTakeMore() {
    assertThat(shareOfOneBottleneck(0, "reno")).isGreaterThan(1.5);
  }

  // Goal 1: at least what one TCP gets on the better path.
  @Test
  void twoPathsCarryAtLeastWhatTheBetterOneDoes() {
    assertThat(
            Bottleneck.median(
                SEEDS,
                seed -> (double) received(seed, 2, multipath("lia")) / received(seed, 1, tcp())))
        .isGreaterThan(0.95);
  }
}
