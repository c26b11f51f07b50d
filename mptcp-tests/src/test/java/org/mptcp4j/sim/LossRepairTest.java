package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.cc.CcContext;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.cc.RateSample;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What is lost is repaired soon, and the repair does no harm. */
class LossRepairTest {
  private static final int PORT = 80;

  /** Drops the next packet with much in it. */
  private static final class DropsOne implements Middlebox {
    private boolean armed;

    @Override
    public Verdict process(long nowNs, Packet packet) {
      boolean drop = armed && packet.length() > 500;
      armed &= !drop;
      return drop ? Verdict.DROP : Verdict.FORWARD;
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void theLastPacketIsRepairedByAProbeAndNotByATimeout(MptcpMode mode) {
    // RFC 8985 section 7.
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      SimLink link = world.path(client, server, LinkProfile.of(20_000_000, millis(10)));
      DropsOne box = new DropsOne();
      link.forward().middlebox(box);
      Listener l = server.listen(PORT);
      SocketOptions options = SocketOptions.builder().mptcp(mode).build();
      Endpoint c = client.connect(server.at(0, PORT), options).send(200_000);
      world.require("the beginning", () -> l.received() == 200_000, seconds(10));
      world.runFor(seconds(1));
      box.armed = true;
      c.send(1_000);
      // Two round trips of up to 40 ms and what an ACK may be delayed; the timeout is 220 ms or
      // more.
      world.require("the end", () -> l.received() == 201_000, millis(160));
      assertThat(box.armed).isFalse();
      c.thenClose();
      l.one().close();
      world.requireAllClosed(seconds(300));
      assertThat(client.counter("TcpExtTCPTimeouts")).isZero();
    }
  }

  /** Doubles its window in each round trip, however long that becomes, until something is lost. */
  private static final class Flood implements CongestionControl {
    private final CcContext context;
    private int cwndBytes;
    private boolean lost;

    Flood(CcContext context) {
      this.context = context;
      cwndBytes = context.cwndBytes();
    }

    @Override
    public int cwndBytes() {
      return cwndBytes;
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {
      cwndBytes += lost ? 0 : sample.ackedBytes();
    }

    @Override
    public void onLoss(long nowNs, int inFlightBytes) {
      lost = true;
      cwndBytes = inFlightBytes / 2;
    }

    @Override
    public void onRto(long nowNs, int inFlightBytes) {
      cwndBytes = context.mssBytes();
    }
  }

  @Test
  void aLongQueueIsNotFloodedAgainByTheRepair() {
    // RFC 9937: what is sent follows what arrives.
    try (SimWorld world = new SimWorld(1)) {
      SimStack client = world.stack("client");
      SimStack server = world.stack("server");
      LinkProfile path =
          LinkProfile.of(20_000_000, millis(25))
              .queueBytes(1_000 * 1_500)
              .superSegments(SuperSegments.CUT);
      SimChannel channel = world.path(client, server, path).forward();
      Listener l = server.listen(PORT);
      SocketOptions options =
          SocketOptions.builder()
              .mptcp(MptcpMode.DISABLED)
              .congestionControl(CongestionControls.of("flood", Flood::new))
              .build();
      Endpoint c = client.connect(server.at(0, PORT), options).send(1_000_000_000);
      world.require("a loss", () -> channel.counters().drops() > 0, seconds(20));
      // One round trip with a full queue, before which nobody can know.
      world.runFor(millis(50).plus(seconds(1_500_000 * 8 / 20e6)));
      long drops = channel.counters().drops();
      long delivered = channel.counters().deliveredBytes();
      // The repair takes two more.
      world.runFor(seconds(1));
      assertThat(drops).isGreaterThan(500);
      assertThat(channel.counters().drops()).isEqualTo(drops);
      // The link is never idle meanwhile.
      delivered = channel.counters().deliveredBytes() - delivered;
      assertThat(delivered).isGreaterThan(20_000_000 / 8 * 95 / 100);
      c.abort();
      world.requireAllClosed(seconds(300));
    }
  }
}
