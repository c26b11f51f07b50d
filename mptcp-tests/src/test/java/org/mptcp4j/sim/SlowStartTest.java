package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.DropReason;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** RFC 9406: slow start ends before a long queue overflows, and not before the path is filled. */
class SlowStartTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;
  private static final int PACKET = 1500;

  @ParameterizedTest(name = "{0} Mb/s, {1} ms one way, {2} paths")
  @CsvSource({"10, 10, 1", "20, 5, 1", "20, 25, 1", "20, 15, 2"})
  void aQueueOfAThousandPacketsDoesNotOverflow(int rate, int delayMs, int paths) {
    try (SimWorld world = new SimWorld(rate * 1000 + delayMs)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      LinkProfile path =
          LinkProfile.of(rate * MB, millis(delayMs))
              .queueBytes(1000 * PACKET)
              .superSegments(SuperSegments.CUT);
      List<SimLink> links = new ArrayList<>();
      for (int i = 0; i < paths; i++) {
        links.add(world.path(client, server, path));
      }
      Listener listener = server.listen(PORT, Endpoint::unchecked);
      Endpoint c = client.connect(server.at(0, PORT), SocketOptions.defaults());
      c.writeSize(100_000).send(1000 * MB);
      world.runFor(seconds(2));
      long before = listener.received();
      world.runFor(seconds(6));
      double perSecond = (listener.received() - before) / 6.0;
      assertThat(perSecond).isGreaterThan(0.9 * paths * rate * MB / 8 * 1428 / PACKET);
      for (SimLink link : links) {
        assertThat(link.forward().counters().drops(DropReason.QUEUE_FULL)).isLessThan(20);
      }
      c.abort();
      world.requireAllClosed(seconds(300));
    }
  }
}
