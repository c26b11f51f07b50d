package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Links that mark instead of dropping. */
class EcnTest {
  private static final int PORT = 80;
  private static final int RATE = 20_000_000;

  /** A queue that marks from a fifth of the path's capacity on, and could hold six times that. */
  private static final LinkProfile MARKING =
      LinkProfile.of(RATE, millis(25))
          .queueBytes(600_000)
          .markAboveBytes(25_000)
          .superSegments(SuperSegments.CUT);

  private static SimStack stack(SimWorld world, String name, EcnMode mode) {
    return world.stack(name, StackConfig.builder().tcp(t -> t.ecn(mode)).build());
  }

  @ParameterizedTest
  @CsvSource({
    "REQUEST, ACCEPT, ENABLED, 1",
    "REQUEST, ACCEPT, DISABLED, 1",
    "ACCURATE, ACCURATE, ENABLED, 1",
    "ACCURATE, ACCURATE, DISABLED, 1",
    "ACCURATE, ACCEPT, DISABLED, 1",
    "REQUEST, ACCURATE, DISABLED, 1",
    "ACCURATE, ACCURATE, ENABLED, 2",
    "REQUEST, REQUEST, ENABLED, 2",
  })
  void aPathIsFilledWithoutALoss(EcnMode ours, EcnMode theirs, MptcpMode mptcp, int paths) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = stack(world, "client", ours);
      SimStack server = stack(world, "server", theirs);
      SimChannel first = world.path(client, server, MARKING).forward();
      SimChannel last = first;
      for (int i = 1; i < paths; i++) {
        last = world.path(client, server, MARKING).forward();
      }
      Listener l = server.listen(PORT);
      SocketOptions options = SocketOptions.builder().mptcp(mptcp).build();
      Endpoint c = client.connect(server.at(0, PORT), options).send(1_000_000_000);
      world.runFor(seconds(3));
      long before = l.received();
      world.runFor(seconds(5));
      assertThat(l.received() - before).isGreaterThan(paths * 5L * RATE / 8 * 85 / 100);
      for (SimChannel channel : new SimChannel[] {first, last}) {
        assertThat(channel.counters().drops()).isZero();
        assertThat(channel.counters().markedPackets()).isPositive();
      }
      assertThat(client.counter("TcpExtTCPDeliveredCE")).isPositive();
      assertThat(server.counter("IpExtInCEPkts")).isPositive();
      assertThat(client.counter("TcpRetransSegs")).isZero();
      c.abort();
      world.requireAllClosed(seconds(300));
    }
  }

  @ParameterizedTest
  @CsvSource({"ACCEPT, ACCEPT", "REQUEST, OFF", "OFF, REQUEST", "ACCURATE, OFF"})
  void whoDoesNotAgreeIsNotMarked(EcnMode ours, EcnMode theirs) {
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = stack(world, "client", ours);
      SimStack server = stack(world, "server", theirs);
      SimChannel channel = world.path(client, server, MARKING).forward();
      Listener l = server.listen(PORT);
      Endpoint c = client.connect(server, PORT).send(2_000_000).thenClose();
      world.require("the end", () -> l.received() == 2_000_000, seconds(30));
      assertThat(channel.counters().markedPackets()).isZero();
      assertThat(server.counter("IpExtInNoECTPkts")).isPositive();
      assertThat(server.counter("IpExtInECT0Pkts")).isZero();
      l.one().close();
      c.close();
      world.requireAllClosed(seconds(300));
    }
  }

  @Test
  void randomMarksAndLossesTogetherLoseNoByte() {
    try (SimWorld world = new SimWorld(7)) {
      SimStack client = stack(world, "client", EcnMode.ACCURATE);
      SimStack server = stack(world, "server", EcnMode.ACCURATE);
      LinkProfile path =
          LinkProfile.of(RATE, millis(10))
              .mark(0.05)
              .loss(0.01)
              .reorder(0.02, millis(5))
              .superSegments(SuperSegments.CUT);
      world.path(client, server, path);
      world.path(client, server, path);
      Listener l = server.listen(PORT);
      Endpoint c = client.connect(server, PORT).send(3_000_000).thenClose();
      world.require("the end", () -> l.received() == 3_000_000, seconds(120));
      l.one().close();
      c.close();
      world.requireAllClosed(seconds(300));
    }
  }
}
