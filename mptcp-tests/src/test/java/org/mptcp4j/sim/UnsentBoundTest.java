package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What an application writes does not wait behind more than the paths carry soon. */
class UnsentBoundTest {
  private static final int PORT = 80;

  private static LinkProfile path(long rate, long oneWayMs) {
    return LinkProfile.of(rate, millis(oneWayMs))
        .queueTime(millis(100))
        .superSegments(SuperSegments.CUT);
  }

  @ParameterizedTest
  @CsvSource({
    // bits per second of the first path, of the second, milliseconds that bytes may wait
    "DISABLED,   8000000,        0, 10, 500",
    "ENABLED,    8000000,        0, 10, 500",
    "ENABLED,    8000000,  2000000, 10, 900",
    "DISABLED,  20000000,        0, 10, 400",
    "ENABLED,   20000000, 10000000, 50, 700",
  })
  void blocksAreSoonThereAndThePathsAreFull(
      MptcpMode mode, long first, long second, long oneWayMs, long mostMs) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      world.path(client, server, path(first, oneWayMs));
      if (second > 0) {
        world.path(client, server, path(second, oneWayMs));
      }
      Listener l = server.listen(PORT);
      SocketOptions options = SocketOptions.builder().mptcp(mode).build();
      Endpoint c = client.connect(server.at(0, PORT), options).writeSize(8_192).send(1L << 40);
      world.runFor(seconds(5));
      long received = l.received();
      long waiting = c.sent() - received;
      world.runFor(seconds(5));
      long bytesPerSecond = (first + second) / 8;
      assertThat(waiting * 1_000 / bytesPerSecond).as("ms").isLessThan(mostMs);
      assertThat(l.received() - received).isGreaterThan(bytesPerSecond * 5 * 85 / 100);
      c.abort();
      world.requireAllClosed(seconds(300));
    }
  }
}
