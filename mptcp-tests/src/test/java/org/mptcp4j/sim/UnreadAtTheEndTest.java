package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * An application closes with all of the peer's data unread. RFC 1122 section 4.2.2.13: the peer
 * gets a reset. When the application had said its own end before, the peer may have finished in
 * order by then: it has every acknowledgement that there is.
 */
class UnreadAtTheEndTest {
  private static final int PORT = 80;
  private static final int BYTES = 1_000;
  private static final Duration DELAY = millis(20);

  private record Setting(boolean mptcp, boolean v6, boolean ended, Duration after) {}

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (int bits = 0; bits < 8; bits++) {
      for (int steps = 1; steps <= 8; steps++) {
        boolean ended = (bits & 4) != 0;
        all.add(
            new Setting(
                (bits & 1) != 0, (bits & 2) != 0, ended, DELAY.multipliedBy(steps).dividedBy(4)));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whoHasFinishedCannotHearOfIt(Setting s) {
    try (SimWorld world = new SimWorld(1)) {
      world.family(s.v6 ? SimWorld.Family.V6 : SimWorld.Family.V4);
      StackConfig config =
          StackConfig.builder().mptcp(s.mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED).build();
      SimStack client = world.stack("client", config);
      SimStack server = world.stack("server", config);
      world.path(client, server, LinkProfile.of(50_000_000, DELAY));
      Listener listener = server.listen(PORT, Endpoint::pauseReading);
      Endpoint writer = client.connect(server, PORT).send(BYTES).thenShutDown();
      world.runFor(DELAY.multipliedBy(10));
      Endpoint reader = listener.one();
      reader.send(43);
      if (s.ended) {
        reader.thenShutDown();
      }
      world.runFor(s.after);
      reader.close();
      // Which holds both ends against what they owe to each other.
      world.requireAllClosed(seconds(300));
      assertThat(writer.received()).isEqualTo(43);
      assertThat(writer.error() == SocketError.NONE).isEqualTo(s.ended);
    }
  }
}
