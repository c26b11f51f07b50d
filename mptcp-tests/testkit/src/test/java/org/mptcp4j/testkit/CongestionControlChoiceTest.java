package org.mptcp4j.testkit;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;
import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.cc.CcContext;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.cc.RateSample;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Priority;

/** Where a congestion control is chosen, and what it sees of its siblings. */
class CongestionControlChoiceTest {
  private static final LinkProfile PATH = LinkProfile.of(20_000_000, millis(10));

  private final SimWorld world = new SimWorld(5);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  /** A window that stays. */
  private static final class Fixed implements CongestionControl {
    private final CcContext context;
    private final List<CcContext> made;

    Fixed(CcContext context, List<CcContext> made) {
      this.context = context;
      this.made = made;
      made.add(context);
    }

    @Override
    public int cwndBytes() {
      return 20 * context.mssBytes();
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {
      Assertions.assertThat(sample.totalDeliveredBytes()).isEqualTo(context.deliveredBytes());
      Assertions.assertThat(made).contains(context);
    }

    @Override
    public void onLoss(long nowNs, int inFlightBytes) {
      // It stays.
    }

    @Override
    public void onRto(long nowNs, int inFlightBytes) {
      // As above.
    }
  }

  @Test
  void theChoiceOfASocketGoesBeforeThatOfItsStack() {
    SimStack client = world.stack("client", b -> b.congestionControl("reno"));
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    SocketOptions lia = SocketOptions.builder().congestionControl("lia").build();
    Listener listener = server.listen(80, lia, Endpoint::closeAtEndOfStream);
    List<CcContext> made = new ArrayList<>();
    SocketOptions own =
        SocketOptions.builder()
            .congestionControl(CongestionControls.of("fixed", c -> new Fixed(c, made)))
            .build();
    Endpoint byStack = client.connect(server, 80);
    Endpoint bySocket = client.connect(server, 80, own);
    world.runFor(seconds(1));
    assertThat(byStack).subflow(0).hasCongestionControl("reno");
    assertThat(bySocket).subflow(0).hasCongestionControl("fixed");
    assertThat(listener.accepted().get(0)).subflow(0).hasCongestionControl("lia");
    Assertions.assertThat(made).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void aLiveConnectionChangesAndGoesOnWithItsWindow(MptcpMode mode) {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    Listener listener = server.listen(80);
    SocketOptions options = SocketOptions.builder().mptcp(mode).build();
    Endpoint c = client.connect(server, 80, options).send(200_000);
    world.require("it arrives", () -> listener.received() == 200_000, seconds(5));
    world.runFor(millis(100));
    SubflowInfo before = c.info().subflows().get(0);
    for (String name : List.of("reno", "lia", "cubic", "bbr", "reno")) {
      c.socket().setCongestionControl(name);
      SubflowInfo after = c.info().subflows().get(0);
      Assertions.assertThat(after.congestionControl()).isEqualTo(name);
      Assertions.assertThat(after.cwndBytes()).isEqualTo(before.cwndBytes());
    }
    c.send(500_000);
    world.require("the rest arrives", () -> listener.received() == 700_000, seconds(5));
  }

  @Test
  void whatJoinsLaterHasWhatWasChosenLastAndSeesItsSiblings() throws Exception {
    SimStack client = world.stack("client", b -> b.pathManager("application"));
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    // The client may join when its keys have been acknowledged: here by the first byte of the
    // server.
    Listener listener = server.listen(80, e -> e.send(1));
    Endpoint c = client.connect(server, 80).send(1000);
    world.require("it arrives", () -> listener.received() == 1000, seconds(5));
    world.require("established", () -> c.had(StackEvent.Type.ESTABLISHED), seconds(5));
    List<CcContext> made = new ArrayList<>();
    c.socket()
        .setCongestionControl(CongestionControls.of("fixed", context -> new Fixed(context, made)));
    Assertions.assertThat(made).hasSize(1);
    Assertions.assertThat(made.get(0).subflows()).isEqualTo(1);
    c.socket()
        .openSubflow(
            world.network().nowNs(),
            new InetSocketAddress(client.at(1, 0).getAddress(), 0),
            server.at(1, 80),
            Priority.NORMAL);
    world.runFor(seconds(1));
    c.send(500_000);
    world.require("the rest arrives", () -> listener.received() == 501_000, seconds(10));
    assertThat(c).hasSubflows(2).subflow(1).hasCongestionControl("fixed").carriedData();
    Assertions.assertThat(made).hasSize(2);
    CcContext second = made.get(1);
    Assertions.assertThat(second.subflows()).isEqualTo(2);
    Assertions.assertThat(second.subflow(0)).isSameAs(made.get(0));
    Assertions.assertThat(second.subflow(1)).isSameAs(second);
    Assertions.assertThat(second.subflow(0).canSend()).isTrue();
    Assertions.assertThat(second.subflow(0).srttNs()).isGreaterThan(millis(19).toNanos());
    Assertions.assertThat(second.subflow(0).cwndBytes()).isEqualTo(20 * second.mssBytes());
    Assertions.assertThat(second.subflow(0).deliveredBytes()).isPositive();
  }

  @Test
  void plainTcpHasNoSiblings() {
    SimStack client = world.stack("client");
    SimStack server = world.stack("server");
    world.path(client, server, PATH);
    server.listen(80);
    List<CcContext> made = new ArrayList<>();
    SocketOptions options =
        SocketOptions.builder()
            .mptcp(MptcpMode.DISABLED)
            .congestionControl(CongestionControls.of("fixed", c -> new Fixed(c, made)))
            .build();
    client.connect(server, 80, options).send(10_000);
    world.runFor(seconds(1));
    Assertions.assertThat(made).hasSize(1);
    Assertions.assertThat(made.get(0).subflows()).isEqualTo(1);
    Assertions.assertThat(made.get(0).subflow(0)).isSameAs(made.get(0));
  }
}
