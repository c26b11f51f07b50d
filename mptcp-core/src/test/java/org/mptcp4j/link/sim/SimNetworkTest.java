package org.mptcp4j.link.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.LinkProfile.millis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.TestSegments;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.TxSegment;

class SimNetworkTest {
  private final EchoHost a = new EchoHost();
  private final EchoHost b = new EchoHost();
  private SimNetwork net = new SimNetwork(1);

  @AfterEach
  void release() {
    net.close();
  }

  private SimLink pair(LinkProfile profile) {
    return net.link("l", net.host("a", a), net.host("b", b), profile);
  }

  private static Packet packet(int seq, int ipBytes) {
    return TestSegments.packet(
        TestSegments.V4_A, TestSegments.V4_B, seq, TestSegments.bytes(ipBytes - 52, 0));
  }

  private static Packet superSegment(int payload, int gsoSize) {
    TxSegment s =
        TestSegments.segment(
            TestSegments.V4_A, TestSegments.V4_B, 0, TestSegments.bytes(payload, 0));
    s.gsoSize(gsoSize);
    return TestSegments.packet(s);
  }

  private void send(int count, int ipBytes) {
    for (int i = 0; i < count; i++) {
      a.toSend.add(packet(i, ipBytes));
    }
  }

  private List<Integer> seqs() {
    return b.arrivals.stream().map(EchoHost.Arrival::seq).toList();
  }

  @Test
  void aPacketTakesSerialisationAndPropagation() {
    pair(LinkProfile.of(8_000_000, millis(5)));
    send(2, 1000);
    net.runFor(millis(100));
    assertThat(b.arrivals)
        .extracting(EchoHost.Arrival::timeNs)
        .containsExactly(millis(6).toNanos(), millis(7).toNanos());
    assertThat(net.nowNs()).isEqualTo(millis(100).toNanos());
  }

  @Test
  void theQueueDropsWhatDoesNotFit() {
    SimLink l = pair(LinkProfile.of(8_000_000, Duration.ZERO).queueBytes(3000));
    send(10, 1000);
    net.runFor(millis(100));
    assertThat(seqs()).containsExactly(0, 1, 2);
    assertThat(l.forward().counters().drops(DropReason.QUEUE_FULL)).isEqualTo(7);
  }

  @Test
  void superSegmentsPassWholeOrCutInTheSameTime() {
    SimLink l = pair(LinkProfile.of(8_000_000, Duration.ZERO));
    a.toSend.add(superSegment(3000, 1000));
    net.runFor(millis(100));
    l.profile(l.forward().profile().superSegments(LinkProfile.SuperSegments.CUT));
    a.toSend.add(superSegment(3000, 1000));
    net.runFor(millis(100));
    assertThat(b.arrivals).extracting(EchoHost.Arrival::segments).containsExactly(3, 1, 1, 1);
    assertThat(b.arrivals.get(0).timeNs()).isEqualTo(3 * 1_052_000);
    assertThat(b.arrivals.get(3).timeNs()).isEqualTo(millis(100).toNanos() + 3 * 1_052_000);
    assertThat(l.forward().counters().bytes()).isEqualTo(2 * 3 * 1052);
  }

  @Test
  void tooLargePacketsAndSuperSegmentsAreDropped() {
    SimLink l = pair(LinkProfile.perfect().mtu(1280));
    a.toSend.add(packet(0, 1281));
    a.toSend.add(superSegment(5000, 1229));
    a.toSend.add(superSegment(5000, 1228));
    a.toSend.add(packet(1, 1280));
    net.runFor(Duration.ofNanos(1));
    // The tail of the first super-segment fits.
    assertThat(b.arrivals).extracting(EchoHost.Arrival::payload).containsExactly(84, 5000, 1228);
    assertThat(l.forward().counters().drops(DropReason.TOO_BIG)).isEqualTo(5);
  }

  @Test
  void faultsHappenAboutAsOftenAsTold() {
    SimLink l =
        pair(
            LinkProfile.of(0, millis(1))
                .loss(0.1)
                .duplicate(0.1)
                .reorder(0.1, millis(5))
                .corrupt(0.1));
    for (int i = 0; i < 5000; i++) {
      int seq = i;
      net.at(i * 100_000L, () -> a.toSend.add(packet(seq, 100)));
    }
    net.runFor(millis(1000));
    assertThat(l.forward().counters().drops(DropReason.LOSS)).isBetween(400L, 600L);
    assertThat(l.forward().counters().deliveredPackets()).isBetween(4800L, 5100L);
    assertThat(b.bad).isBetween(380, 600);
    long overtaken = 0;
    for (int i = 1; i < b.arrivals.size(); i++) {
      overtaken += b.arrivals.get(i).seq() < b.arrivals.get(i - 1).seq() ? 1 : 0;
    }
    assertThat(overtaken).isGreaterThan(200);
  }

  // Two flips in one column of the sum, one up and one down, would pass for a good packet.
  @Test
  void whatTwoLinksDamageIsStillSeenToBeDamaged() {
    SimHost ha = net.host("a", a);
    SimHost hb = net.host("b", b);
    SimRouter router = net.router("r");
    LinkProfile corrupt = LinkProfile.perfect().corrupt(1);
    ha.address(net.link("a-r", ha, router, corrupt), TestSegments.V4_A);
    hb.address(net.link("r-b", router, hb, corrupt), TestSegments.V4_B);
    send(5000, 100);
    net.runFor(millis(1));
    assertThat(b.bad).isGreaterThan(2000);
    assertThat(b.arrivals).isEmpty();
  }

  @Test
  void burstsLoseSeveralInARow() {
    pair(LinkProfile.perfect().burstLoss(0.01, 0.2, 1));
    send(2000, 100);
    net.runFor(Duration.ofNanos(1));
    int runs = 0;
    int last = -1;
    for (int seq : seqs()) {
      runs += seq > last + 1 ? 1 : 0;
      last = seq;
    }
    int lost = 2000 - b.arrivals.size();
    assertThat(lost).isBetween(30, 200);
    assertThat(lost / (double) runs).isGreaterThan(2);
  }

  @Test
  void aLinkThatGoesDownLosesWhatIsOnItsWayAndTellsTheHosts() {
    SimHost ha = net.host("a", a);
    SimHost hb = net.host("b", b);
    SimLink l = net.link("l", ha, hb, LinkProfile.of(0, millis(10)));
    List<String> told = new ArrayList<>();
    hb.linkListener((i, up) -> told.add(i + " " + up));
    send(1, 100);
    net.at(millis(5).toNanos(), l::down);
    net.at(millis(6).toNanos(), l::up);
    net.at(millis(7).toNanos(), () -> a.toSend.add(packet(9, 100)));
    net.runFor(millis(100));
    assertThat(seqs()).containsExactly(9);
    assertThat(told).containsExactly("0 false", "0 true");
  }

  @Test
  void partitionsConcernOnlyTheirAddresses() {
    pair(LinkProfile.perfect());
    net.partition(TestSegments.V4_A, TestSegments.V4_B);
    a.toSend.add(packet(1, 100));
    a.toSend.add(TestSegments.packet(TestSegments.V6_A, TestSegments.V6_B, 2, new byte[0]));
    net.runFor(Duration.ofNanos(1));
    assertThat(seqs()).containsExactly(2);
    net.heal(TestSegments.V4_B, TestSegments.V4_A);
    a.toSend.add(packet(3, 100));
    net.runFor(Duration.ofNanos(1));
    assertThat(seqs()).containsExactly(2, 3);
  }

  @Test
  void routersForwardByTheShortestWayAndByPrefix() {
    SimHost ha = net.host("a", a);
    SimHost hb = net.host("b", b);
    SimRouter r1 = net.router("r1");
    SimRouter r2 = net.router("r2");
    SimLink toA = net.link("a-r1", ha, r1, LinkProfile.perfect());
    SimLink direct = net.link("r1-b", r1, hb, LinkProfile.of(0, millis(1)));
    SimLink detour = net.link("r1-r2", r1, r2, LinkProfile.of(0, millis(2)));
    SimLink second = net.link("r2-b", r2, hb, LinkProfile.of(0, millis(3)));
    ha.address(toA, TestSegments.V4_A);
    hb.address(direct, TestSegments.V4_B).address(second, IpAddress.parse("10.9.0.2"));
    a.toSend.add(packet(1, 100));
    a.toSend.add(
        TestSegments.packet(TestSegments.V4_A, IpAddress.parse("10.9.0.2"), 2, new byte[0]));
    a.toSend.add(
        TestSegments.packet(TestSegments.V4_A, IpAddress.parse("10.7.0.2"), 3, new byte[0]));
    net.runFor(millis(20));
    assertThat(b.arrivals)
        .containsExactly(
            new EchoHost.Arrival(millis(1).toNanos(), 0, 1, 1, 48),
            new EchoHost.Arrival(millis(5).toNanos(), 1, 2, 1, 0));
    assertThat(r1.noRoute()).isEqualTo(1);
    r1.route(IpPrefix.parse("10.7.0.0/16"), detour);
    r2.route(IpPrefix.parse("0.0.0.0/0"), detour);
    a.toSend.add(
        TestSegments.packet(TestSegments.V4_A, IpAddress.parse("10.7.0.2"), 4, new byte[0]));
    net.runFor(millis(1000));
    assertThat(r1.hopLimitExceeded() + r2.hopLimitExceeded()).isEqualTo(1);
  }

  @Test
  void timersFireAtTheirTimeAndMayMove() {
    pair(LinkProfile.perfect());
    a.timeoutNs = 50;
    net.at(10, () -> a.timeoutNs = 80);
    net.at(60, () -> b.timeoutNs = 70);
    net.runFor(Duration.ofNanos(100));
    assertThat(a.timeouts).containsExactly(80L);
    assertThat(b.timeouts).containsExactly(70L);
  }

  @Test
  void aHostThatStopsTheClockIsReported() {
    SimHost h = net.host("spinner", a);
    h.onTurn(() -> a.timeoutNs = 0);
    assertThatThrownBy(() -> net.runFor(Duration.ofNanos(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("spinner");
  }

  @Test
  void theSameSeedGivesTheSameTraceAndAnotherAnother() {
    long[] hashes = new long[3];
    for (int i = 0; i < 3; i++) {
      net.close();
      net = new SimNetwork(i < 2 ? 5 : 6);
      pair(LinkProfile.of(1_000_000, millis(3)).loss(0.3));
      send(50, 200);
      net.runFor(millis(500));
      hashes[i] = net.traceHash();
    }
    assertThat(hashes[0]).isEqualTo(hashes[1]).isNotEqualTo(hashes[2]);
  }

  @Test
  void conditionsAreAskedAfterEveryInstant() {
    pair(LinkProfile.of(0, millis(1)));
    send(1, 100);
    assertThat(net.runUntil(() -> !b.arrivals.isEmpty(), millis(100))).isTrue();
    assertThat(net.nowNs()).isEqualTo(millis(1).toNanos());
    assertThat(net.runUntil(() -> b.arrivals.size() > 1, millis(100))).isFalse();
    assertThat(net.nowNs()).isEqualTo(millis(101).toNanos());
  }
}
