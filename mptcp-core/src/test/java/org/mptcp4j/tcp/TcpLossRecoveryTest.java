package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** Fast retransmit, SACK recovery, timeouts: against a scripted peer and between two sockets. */
class TcpLossRecoveryTest {

  private static final int MSS = 1448;

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  /** Opens the peer's window and sends this many full segments. */
  private void flight(int segments) {
    peer.write(segments * MSS);
    int sent = 0;
    for (ScriptedPeer.Sent s : peer.sent()) {
      sent += s.length();
    }
    assertThat(sent).isEqualTo(segments * MSS);
  }

  private static int at(int segment) {
    return 1 + segment * MSS;
  }

  /** A round trip later. */
  private void later() {
    peer.nowNs += 10 * MS;
  }

  private void openWindow() {
    peer.write(MSS);
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(at(1));
    peer.write(4 * MSS);
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(at(5));
  }

  @Test
  void thirdDuplicateStartsFastRetransmit() {
    // RFC 6675 section 5: DupThresh is 3; one segment SACKed is less than that.
    openWindow();
    flight(6);
    peer.sack(at(5), at(6), at(7));
    peer.nothing();
    peer.sack(at(5), at(6), at(8));
    peer.nothing();
    int before = peer.cc.cwndBytes();
    peer.sack(at(5), at(6), at(9));
    ScriptedPeer.Sent again = peer.one();
    assertThat(again.offset()).isEqualTo(at(5));
    assertThat(again.length()).isEqualTo(MSS);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.cwndBytes()).isLessThan(before);
    assertThat(peer.sock.notices() & TcpNotice.FAST_RECOVERY).isNotZero();
    peer.ack(at(11));
    assertThat(peer.sock.inLossRecovery()).isFalse();
  }

  @Test
  void oneSackOfManySegmentsIsEnough() {
    // RFC 6675 section 4, IsLost: more than (DupThresh - 1) * SMSS bytes above, in one ACK that a
    // receiver with receive offload sends.
    openWindow();
    flight(6);
    peer.sack(at(5), at(6), at(11));
    assertThat(peer.one().offset()).isEqualTo(at(5));
  }

  @Test
  void severalHolesAreFilledInOneRoundTrip() {
    openWindow();
    flight(10);
    peer.sack(at(5), at(6), at(7), at(8), at(9), at(10), at(15));
    List<ScriptedPeer.Sent> again = peer.sent();
    assertThat(again).extracting(ScriptedPeer.Sent::offset).containsExactly(at(5), at(7), at(9));
    assertThat(again).allMatch(s -> s.length() == MSS);
    peer.ack(at(15));
    assertThat(peer.sock.inLossRecovery()).isFalse();
    assertThat(peer.sock.info().totalRto()).isZero();
  }

  @Test
  void retransmissionDoesNotCrossAMapping() {
    openWindow();
    flight(6);
    peer.window.segmentLimit = 1_000;
    peer.sack(at(5), at(6), at(11));
    assertThat(peer.sent())
        .extracting(ScriptedPeer.Sent::length)
        .containsExactly(1_000, MSS - 1_000);
  }

  @Test
  void aLostRetransmissionIsFoundWithoutTimeout() {
    // RFC 8985 section 6.2: new data leaves after the retransmission, and is delivered before it.
    openWindow();
    flight(8);
    later();
    peer.sack(at(5), at(6), at(10));
    assertThat(peer.one().offset()).isEqualTo(at(5));
    peer.sack(at(5), at(6), at(13));
    flight(3);
    later();
    peer.sack(at(5), at(6), at(16));
    assertThat(peer.sent()).extracting(ScriptedPeer.Sent::offset).contains(at(5));
    assertThat(peer.sock.info().totalRto()).isZero();
  }

  @Test
  void limitedTransmitSendsNewDataOnDuplicates() {
    // RFC 3042 section 2.
    openWindow();
    int cwnd = peer.cc.cwndBytes() / MSS;
    flight(cwnd);
    peer.write(2 * MSS);
    peer.nothing();
    peer.sack(at(5), at(6), at(7));
    assertThat(peer.one().offset()).isEqualTo(at(5 + cwnd));
    peer.sack(at(5), at(6), at(8));
    assertThat(peer.one().offset()).isEqualTo(at(6 + cwnd));
  }

  @Test
  void withoutSackPartialAcksLeadTheWay() {
    // RFC 6582 section 3.2.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    openWindow();
    flight(10);
    for (int i = 0; i < 3; i++) {
      peer.ack(at(5));
    }
    assertThat(peer.one().offset()).isEqualTo(at(5));
    later();
    peer.ack(at(8));
    assertThat(peer.one().offset()).isEqualTo(at(8));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    peer.ack(at(15));
    assertThat(peer.sock.inLossRecovery()).isFalse();
    assertThat(peer.sock.info().totalRto()).isZero();
  }

  @Test
  void timeoutSendsOneSegmentAndHonoursSack() {
    // RFC 5681 section 3.1: the loss window is one segment. RFC 6298 section 5.4 to 5.6.
    openWindow();
    flight(8);
    later();
    peer.sack(at(5), at(6), at(8));
    long rto = peer.sock.rtoNs();
    // The reordering timer comes first; its retransmission is lost, too.
    peer.expire();
    assertThat(peer.sock.notices() & TcpNotice.FAST_RECOVERY).isNotZero();
    assertThat(peer.one().offset()).isEqualTo(at(5));
    assertThat(peer.expire()).isEqualTo(rto);
    assertThat(peer.sock.notices() & TcpNotice.RTO_FIRED).isNotZero();
    assertThat(peer.sock.rtoNs()).isEqualTo(2 * rto);
    ScriptedPeer.Sent first = peer.one();
    assertThat(first.offset()).isEqualTo(at(5));
    assertThat(first.length()).isEqualTo(MSS);
    peer.nowNs += 10 * MS;
    peer.sack(at(8));
    // Slow start: two segments now; what was SACKed is not among them.
    assertThat(peer.sent().stream().mapToInt(ScriptedPeer.Sent::length).sum()).isEqualTo(2 * MSS);
    peer.nowNs += 10 * MS;
    peer.ack(at(13));
    assertThat(peer.sock.inLossRecovery()).isFalse();
    assertThat(peer.sock.backoffs()).isZero();
  }

  @Test
  void renegedSackIsForgottenByTheTimeout() {
    // RFC 2018 section 8: the data sender must not rely on SACKed data being kept.
    openWindow();
    flight(4);
    peer.sack(at(5), at(6), at(9));
    peer.sent();
    peer.sack(at(6), at(6), at(9));
    peer.expire();
    assertThat(peer.one().offset()).isEqualTo(at(6));
  }

  @Test
  void silentPeerIsGivenUp() {
    // RFC 9293 section 3.8.3 (MUST-20): R2.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(
                TcpConfig.builder().options(o -> o.quickAcks(0)).giveUpNs(20_000 * MS).build())
            .established();
    peer.write(100);
    peer.one();
    long start = peer.nowNs;
    int tries = 0;
    while (peer.sock.state() != TcpState.CLOSED) {
      peer.expire();
      tries += peer.sent().size();
    }
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
    assertThat(tries).isBetween(5, 8);
    assertThat(peer.nowNs - start).isBetween(20_000 * MS, 45_000 * MS);
  }

  @Test
  void retransmittedRangesAreNotTimed() {
    // RFC 6298 section 3: Karn's algorithm.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.timestamps(false).quickAcks(0)).build())
            .established();
    peer.write(100);
    peer.one();
    peer.expire();
    peer.one();
    long srtt = peer.sock.srttNs();
    peer.nowNs += 3_000 * MS;
    peer.ack(101);
    assertThat(peer.sock.srttNs()).isEqualTo(srtt);
  }

  @Test
  void sackOptionNamesTheNewestBlockFirst() {
    // RFC 2018 section 4.
    peer.data(101, 100);
    assertThat(peer.one().sack()).containsExactly(101, 201);
    peer.data(301, 100);
    assertThat(peer.one().sack()).containsExactly(301, 401, 101, 201);
    peer.data(201, 50);
    assertThat(peer.one().sack()).containsExactly(101, 251, 301, 401);
    peer.data(501, 10);
    peer.data(601, 10);
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.sack()).startsWith(601, 611, 501, 511, 101, 251).hasSize(6);
    // RFC 5681 section 4.2: a segment that fills a hole is acknowledged at once.
    peer.data(1, 100);
    assertThat(peer.one().ack()).isEqualTo(251);
    assertThat(peer.drain()).isEqualTo(250);
  }

  @Test
  void withoutSackEverySegmentOutOfOrderIsAcknowledged() {
    // RFC 5681 section 3.2: the peer counts duplicates.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    peer.data(101, 100);
    peer.data(201, 100);
    peer.data(301, 100);
    assertThat(peer.sent()).hasSize(3).allMatch(s -> s.ack() == 1);
  }

  /** A burst of losses anywhere in a window costs about one round trip and no timeout. */
  @Test
  void burstLossIsRepairedInAboutOneRoundTrip() {
    for (int lost = 1; lost <= 60; lost += 7) {
      TestWire wire = new TestWire(lost).established();
      wire.client.toWrite = 3_000_000;
      wire.run(() -> wire.server.readBytes > 300_000, 10_000 * MS);
      int toLose = lost;
      int[] left = {toLose};
      wire.lose = s -> s.payloadLength() > 0 && left[0]-- > 0;
      wire.run(() -> wire.client.sock.inLossRecovery(), 10_000 * MS);
      long from = wire.nowNs;
      wire.run(() -> !wire.client.sock.inLossRecovery(), 10_000 * MS);
      assertThat(wire.nowNs - from).as("%d lost", lost).isLessThan(2 * 20 * MS + 10 * MS);
      wire.run(() -> wire.server.readBytes == 3_000_000, 10_000 * MS);
      assertThat(wire.client.sock.info().totalRto()).isZero();
      assertThat(wire.client.sock.info().fastRecoveries()).isEqualTo(1);
      assertThat(wire.client.sock.info().bytesRetrans()).isEqualTo(lost * 1448L);
      wire.assertNoLeaks();
    }
  }

  @Test
  void theEndOfTheFlightLostWithItsBeginningIsFoundByTheAnswerToTheRetransmission() {
    // RFC 8985 section 6.2: the end was sent before the retransmission that has arrived.
    openWindow();
    int n = peer.cc.cwndBytes() / MSS;
    flight(n);
    later();
    peer.sack(at(5), at(6), at(4 + n));
    assertThat(peer.one().offset()).isEqualTo(at(5));
    later();
    peer.ack(at(4 + n));
    assertThat(peer.one().offset()).isEqualTo(at(4 + n));
    later();
    peer.ack(at(5 + n));
    assertThat(peer.sock.info().totalRto()).isZero();
    assertThat(peer.sock.info().fastRecoveries()).isEqualTo(1);
  }

  @Test
  void duplicatesOfTheTimeBeforeATimeoutStartNoFastRetransmit() {
    // RFC 6582 section 3.2 step 2: only when the acknowledgement covers more than recover.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    openWindow();
    flight(6);
    peer.expire();
    assertThat(peer.one().offset()).isEqualTo(at(5));
    later();
    peer.ack(at(11));
    int cwnd = peer.cc.cwndBytes();
    flight(2);
    for (int i = 0; i < 3; i++) {
      peer.ack(at(11));
      peer.nothing();
    }
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
  }

  @Test
  void aPeerThatIsHeardAfterALongOutageIsNotGivenUp() {
    // RFC 9293 section 3.8.3: R2 is for a peer that does not answer.
    peer.assertNoLeaks();
    TcpConfig config =
        TcpConfig.builder().giveUpNs(10_000 * MS).options(o -> o.quickAcks(0)).build();
    peer = new ScriptedPeer(config).established();
    openWindow();
    flight(1);
    long start = peer.nowNs;
    while (peer.sock.nextTimeoutNs() < start + 10_000 * MS) {
      peer.expire();
      peer.sent();
    }
    peer.nowNs = start + 11_000 * MS;
    assertThat(peer.sock.nextTimeoutNs()).isGreaterThan(peer.nowNs);
    peer.sock.requestProbe();
    peer.sent();
    peer.ack(at(5));
    peer.sock.pathRestored(peer.nowNs);
    peer.sock.onTimeout(peer.nowNs);
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.one().offset()).isEqualTo(at(5));
  }

  @Test
  void aSegmentThatIsLateByLessThanTheReorderingWindowIsNotSentAgain() {
    // RFC 8985 section 6.2 step 4: a quarter of the round trip.
    openWindow();
    flight(6);
    later();
    int cwnd = peer.cc.cwndBytes();
    peer.sack(at(5), at(6), at(8));
    peer.nothing();
    peer.nowNs += 2 * MS;
    peer.ack(at(8));
    peer.nothing();
    assertThat(peer.cc.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
    peer.ack(at(11));
    // Now that the path is known to reorder, three segments are no sign of a loss either.
    flight(6);
    later();
    peer.sack(at(11), at(12), at(17));
    assertThat(peer.sock.inLossRecovery()).isFalse();
    peer.expire();
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(11));
  }

  @Test
  void theReorderingTimerFindsTheLossOfAFewSegmentsBeforeTheTimeout() {
    // RFC 8985 section 3.1: early retransmit, without a third duplicate.
    openWindow();
    flight(3);
    later();
    peer.sack(at(5), at(6), at(8));
    peer.nothing();
    assertThat(peer.expire()).isEqualTo(10 * MS / 4);
    assertThat(peer.one().offset()).isEqualTo(at(5));
    assertThat(peer.sock.info().totalRto()).isZero();
  }

  @Test
  void aPeerThatRenegesIsNotWaitedForUntilTheTimeout() {
    // RFC 2018 section 8: the cumulative acknowledgement stops before what had been SACKed.
    openWindow();
    flight(6);
    later();
    peer.sack(at(5), at(6), at(11));
    assertThat(peer.one().offset()).isEqualTo(at(5));
    later();
    peer.ack(at(6));
    assertThat(peer.expire()).isEqualTo(10 * MS);
    assertThat(peer.one().offset()).isEqualTo(at(6));
    assertThat(peer.window.count(Mib.TCP_SACK_RENEGING)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_FAST_RETRANS)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_SLOW_START_RETRANS)).isEqualTo(1);
  }

  private void withoutSack() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
  }

  @Test
  void duplicatesWithoutNewsSendNothingNew() {
    // RFC 3042 section 2, RFC 5681 section 3.2: SACK was agreed.
    openWindow();
    flight(peer.cc.cwndBytes() / MSS);
    peer.write(4 * MSS);
    for (int i = 0; i < 4; i++) {
      peer.ack(at(5));
      peer.nothing();
    }
    peer.sack(at(5), at(6), at(7));
    assertThat(peer.one().length()).isEqualTo(MSS);
    peer.sack(at(5), at(6), at(7));
    peer.nothing();
    assertThat(peer.sock.inLossRecovery()).isFalse();
  }

  @Test
  void everyRoundTripIsMeasured() {
    // RFC 6298 section 3, RFC 9406 section 4.3: without timestamps, too.
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.timestamps(false).quickAcks(0)).build())
            .established();
    peer.ack(1);
    long expected = 10 * MS;
    int ack = 1;
    for (int round = 1; round <= 5; round++) {
      peer.write(3 * 1460);
      peer.sent();
      long rtt = (10 + 8 * round) * MS;
      peer.nowNs += rtt;
      ack += 3 * 1460;
      peer.ack(ack);
      expected += (rtt - expected) / 8;
      assertThat(peer.sock.srttNs()).isEqualTo(expected);
    }
  }

  @Test
  void anAckThatAdvancesBeginsTheCountOfDuplicatesAnew() {
    // RFC 6675 section 5, RFC 5681 section 3.2.
    withoutSack();
    openWindow();
    flight(8);
    peer.ack(at(5));
    peer.ack(at(5));
    peer.ack(at(6));
    peer.ack(at(6));
    peer.ack(at(6));
    peer.nothing();
    peer.ack(at(6));
    assertThat(peer.one().offset()).isEqualTo(at(6));
  }

  @Test
  void afterATimeoutNoRecoveryBeginsBelowWhatHadBeenSent() {
    // RFC 6675 section 5.1: RecoveryPoint is HighData then.
    openWindow();
    flight(8);
    later();
    peer.sack(at(5), at(6), at(10));
    assertThat(peer.one().offset()).isEqualTo(at(5));
    peer.sack(at(5), at(6), at(13));
    flight(2);
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
    }
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(5));
    int threshold = peer.cc.ssthreshBytes();
    later();
    peer.ack(at(13));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    peer.sent();
    peer.sack(at(13), at(14), at(15));
    assertThat(peer.sock.info().fastRecoveries()).isEqualTo(1);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(threshold);
    peer.sent();
    peer.ack(at(15));
    assertThat(peer.sock.inLossRecovery()).isFalse();
  }

  @Test
  void withoutSackEachDuplicateTakesASegmentOutOfFlight() {
    // RFC 9937 section 6.2.
    withoutSack();
    openWindow();
    flight(6);
    peer.ack(at(5));
    assertThat(peer.sock.inFlightBytes()).isEqualTo(5 * MSS);
    peer.ack(at(5));
    assertThat(peer.sock.inFlightBytes()).isEqualTo(4 * MSS);
    peer.ack(at(5));
    assertThat(peer.one().offset()).isEqualTo(at(5));
    assertThat(peer.sock.inFlightBytes()).isEqualTo(3 * MSS);
    for (int left : new int[] {2, 1, 0, 0, 0}) {
      peer.ack(at(5));
      assertThat(peer.sock.inFlightBytes()).isEqualTo(left * MSS);
    }
  }

  @Test
  void whatLimitedTransmitSentDoesNotRaiseTheThreshold() {
    // RFC 5681 section 3.2 step 2.
    openWindow();
    int cwnd = peer.cc.cwndBytes();
    flight(cwnd / MSS);
    peer.write(2 * MSS);
    peer.sack(at(5), at(6), at(7));
    peer.one();
    peer.sack(at(5), at(6), at(8));
    peer.one();
    peer.sack(at(5), at(6), at(9));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(cwnd / 2);
  }
}
