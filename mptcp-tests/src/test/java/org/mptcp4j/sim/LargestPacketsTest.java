package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Links that carry packets as large as there are: one segment is all that fits into one. */
class LargestPacketsTest {
  private static final int PORT = 80;
  private static final int LARGEST = 65_535;

  /** What the connection speaks. */
  enum Speech {
    TCP,
    MPTCP,
    MPTCP_WITH_CHECKSUMS
  }

  static Stream<Arguments> links() {
    List<Arguments> all = new ArrayList<>();
    for (SimWorld.Family family : SimWorld.Family.values()) {
      for (Speech speech : Speech.values()) {
        for (int mtu : new int[] {LARGEST - 64, LARGEST - 24, LARGEST - 4, LARGEST - 1, LARGEST}) {
          all.add(Arguments.of(family, speech, mtu));
        }
      }
    }
    return all.stream();
  }

  private static StackConfig config(Speech speech) {
    return StackConfig.builder()
        .mptcp(m -> m.checksumRequired(speech == Speech.MPTCP_WITH_CHECKSUMS))
        .sockets(s -> s.mptcp(speech == Speech.TCP ? MptcpMode.DISABLED : MptcpMode.ENABLED))
        .build();
  }

  @ParameterizedTest
  @MethodSource("links")
  void littleAndMuchGetThroughBothWays(SimWorld.Family family, Speech speech, int mtu) {
    try (SimWorld world = new SimWorld(1).family(family)) {
      SimStack client = world.stack("client", config(speech));
      SimStack server = world.stack("server", config(speech));
      world.path(client, server, LinkProfile.of(1_000_000_000L, millis(5)).mtu(mtu));
      Listener listener = server.listen(PORT, e -> e.send(40_000));
      Endpoint c = client.connect(server, PORT).send(40_000);
      world.require(
          "little, both ways",
          () -> listener.received() == 40_000 && c.received() == 40_000,
          seconds(5));
      c.send(3_000_000);
      listener.one().send(3_000_000);
      world.require(
          "much, both ways",
          () -> listener.received() == 3_040_000 && c.received() == 3_040_000,
          seconds(5));
      assertThat(c.socket().isMptcp()).isEqualTo(speech != Speech.TCP);
      c.abort();
    }
  }
}
