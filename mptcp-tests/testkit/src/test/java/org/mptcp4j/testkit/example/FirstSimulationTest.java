package org.mptcp4j.testkit.example;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;
import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.junit.MptcpSimulation;
import org.mptcp4j.testkit.junit.Seed;
import org.mptcp4j.testkit.junit.Seeds;
import org.mptcp4j.testkit.segment.SegmentLog;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;

@MptcpSimulation
class FirstSimulationTest {
  @Test
  @Seed(42)
  void aConnectionUsesBothPaths(SimWorld world) {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
    world.path(client, server, LinkProfile.of(20_000_000, millis(15)));
    SegmentLog log = world.log(client);

    Listener listener = server.listen(80);
    Endpoint c = client.connect(server, 80).send(4_000_000);
    world.require("all of it arrives", () -> listener.received() == 4_000_000, seconds(10));

    assertThat(c).isMptcp().hasSubflows(2).subflow(1).isEstablished().carriedData();
    assertThat(log)
        .sentInOrder(
            segment().flags(SYN).option(MpCapable.class),
            segment().flag(ACK).ack(1).option(MpCapable.class),
            segment().flags(SYN).option(MpJoinSyn.class));
    assertThat(server).hasCounter("MPTcpExtMPJoinSynRx", 1);
  }

  @Seeds(20)
  void theOtherPathTakesOver(SimWorld world) {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    LinkProfile lossy = LinkProfile.of(20_000_000, millis(10)).loss(0.01);
    SimLink wifi = world.path(client, server, lossy);
    world.path(client, server, lossy);

    Listener listener = server.listen(80);
    client.connect(server, 80).send(1_000_000).thenClose();
    world.require("half of it arrives", () -> listener.received() > 500_000, seconds(10));
    wifi.blackhole();
    world.require("all of it arrives", () -> listener.received() == 1_000_000, seconds(60));
    world.requireAllClosed(seconds(300));
  }
}
