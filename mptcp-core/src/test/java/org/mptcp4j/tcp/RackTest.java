package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 8985 section 6, rule by rule. Times in nanoseconds as they come; the round trip is 1,000. */
class RackTest {

  private static final long RTT = 1_000;
  private static final int MSS = 100;

  private final Scoreboard board = new Scoreboard();
  private final SendTimes times = new SendTimes();
  private final Rack rack = new Rack();
  private long una;
  private long nxt;

  private void send(long nowNs, int segments) {
    nxt += (long) segments * MSS;
    times.onSent(nowNs, nxt);
  }

  private boolean sack(long nowNs, int from, int to) {
    rack.begin(nowNs, una, RTT);
    board.sack((long) from * MSS, (long) to * MSS, times, rack);
    return detect(nowNs, false);
  }

  private boolean ack(long nowNs, int to) {
    rack.begin(nowNs, una, RTT);
    long ack = (long) to * MSS;
    board.advance(una, ack, times, rack);
    una = ack;
    times.onAcked(una);
    return detect(nowNs, false);
  }

  private boolean detect(long nowNs, boolean recovering) {
    rack.updateReoWnd(recovering || board.isDupThreshReached(MSS), RTT);
    return rack.detectLoss(nowNs, una, board, times);
  }

  @Test
  void aSegmentOvertakenByLessThanThreeWaitsForTheReorderingWindow() {
    // RFC 8985 section 6.2 steps 4 and 5: min_RTT / 4 after the segment that overtook it.
    send(0, 1);
    send(10, 1);
    assertThat(sack(10 + RTT, 1, 2)).isFalse();
    assertThat(rack.deadlineNs()).isEqualTo(RTT + RTT / 4);
    assertThat(detect(rack.deadlineNs() - 1, false)).isFalse();
    assertThat(detect(RTT + RTT / 4, false)).isTrue();
    assertThat(board.nextLost(una)).isZero();
    assertThat(rack.deadlineNs()).isEqualTo(SendTimer.NEVER);
  }

  @Test
  void threeSegmentsAreEnoughWhileNoReorderingWasSeen() {
    send(0, 1);
    send(10, 3);
    assertThat(sack(10 + RTT, 1, 4)).isTrue();
    assertThat(board.lostRangeEnd(0)).isEqualTo(MSS);
  }

  @Test
  void insideASuperSegmentTheOrderOfOffsetsIsThatOfTime() {
    // RFC 8985 section 5.2, RACK_sent_after: the same time, then the sequence number.
    send(0, 10);
    assertThat(sack(RTT, 4, 7)).isTrue();
    assertThat(board.nextLost(0)).isZero();
    assertThat(board.lostRangeEnd(0)).isEqualTo(4 * MSS);
    // What follows was sent after everything that has arrived.
    assertThat(board.lostEnd()).isEqualTo(7 * MSS);
    assertThat(rack.deadlineNs()).isEqualTo(SendTimer.NEVER);
  }

  @Test
  void onceReorderingWasSeenThreeSegmentsAreNotEnough() {
    // RFC 8985 section 6.2 step 3.
    send(0, 1);
    send(10, 1);
    sack(10 + RTT, 1, 2);
    assertThat(rack.reorderingSeen()).isFalse();
    ack(20 + RTT, 2);
    assertThat(rack.reorderingSeen()).isTrue();
    send(2_000, 1);
    send(2_010, 5);
    assertThat(sack(2_010 + RTT, 3, 8)).isFalse();
    assertThat(rack.deadlineNs()).isEqualTo(2_000 + RTT + RTT / 4);
  }

  @Test
  void aHoleFilledByARetransmissionIsNoReordering() {
    send(0, 1);
    send(10, 3);
    assertThat(sack(10 + RTT, 1, 4)).isTrue();
    board.onRetransmit(1_020, 0, MSS);
    ack(1_020 + RTT, 4);
    assertThat(rack.reorderingSeen()).isFalse();
  }

  @Test
  void blocksOfOneAcknowledgementDoNotOvertakeEachOther() {
    // The newest block comes first in the option (RFC 2018 section 4).
    send(0, 10);
    rack.begin(RTT, una, RTT);
    board.sack(700, 800, times, rack);
    board.sack(300, 400, times, rack);
    detect(RTT, true);
    assertThat(rack.reorderingSeen()).isFalse();
    sack(RTT + 10, 5, 6);
    assertThat(rack.reorderingSeen()).isTrue();
  }

  @Test
  void theWindowGrowsOncePerRoundTripWithDsacksUpToTheRoundTripTime() {
    // RFC 8985 section 6.2 step 4.
    send(0, 1);
    send(10, 1);
    sack(10 + RTT, 1, 2);
    rack.onDsack(0, 1_000);
    rack.onDsack(0, 2_000);
    rack.updateReoWnd(false, RTT);
    assertThat(rack.reoWndNs()).isEqualTo(2 * RTT / 4);
    rack.onDsack(1_000, 2_000);
    rack.onDsack(2_000, 3_000);
    rack.onDsack(3_000, 4_000);
    rack.updateReoWnd(false, RTT + 100);
    assertThat(rack.reoWndNs()).isEqualTo(RTT + 100);
    // Sixteen recoveries without a DSACK end it.
    for (int i = 0; i < 15; i++) {
      rack.onRecoveryExit();
    }
    rack.updateReoWnd(false, 10 * RTT);
    assertThat(rack.reoWndNs()).isEqualTo(5 * RTT / 4);
    rack.onRecoveryExit();
    rack.updateReoWnd(false, 10 * RTT);
    assertThat(rack.reoWndNs()).isEqualTo(RTT / 4);
  }

  @Test
  void aLostRetransmissionIsFoundByWhatWasSentAfterIt() {
    send(0, 1);
    send(10, 5);
    sack(10 + RTT, 1, 4);
    board.onRetransmit(1_020, 0, MSS);
    send(1_030, 1);
    assertThat(sack(1_030 + RTT, 6, 7)).isTrue();
    assertThat(board.nextLost(0)).isZero();
  }

  @Test
  void anAcknowledgementTooEarlyForTheRetransmissionSaysNothingAboutIt() {
    // RFC 8985 section 6.2 step 2: it was the original that arrived.
    send(0, 1);
    send(10, 3);
    sack(10 + RTT, 1, 4);
    board.onRetransmit(1_020, 0, MSS);
    send(1_025, 1);
    ack(1_030, 4);
    assertThat(rack.rttNs()).isEqualTo(RTT);
    assertThat(board.pipe(una, nxt)).isEqualTo(MSS);
    assertThat(detect(9_000, true)).isFalse();
  }

  @Test
  void aTimestampTellsTheOriginalFromTheRetransmission() {
    // RFC 8985 section 6.2 step 2.
    long ms = 1_000_000;
    times.onSent(0, 100);
    times.onSent(ms, 500);
    rack.begin(10 * ms, 0, 10 * ms);
    board.sack(100, 500, times, rack);
    board.onRetransmit(11 * ms, 0, 100);
    rack.begin(30 * ms, 0, 10 * ms);
    rack.echo(10);
    board.advance(0, 500, times, rack);
    assertThat(rack.rttNs()).isEqualTo(9 * ms);
  }

  // RFC 8985 section 6.2 step 2: the most recent is the last sent, and of those the last by number.
  @Test
  void ofSegmentsSentAtTheSameTimeTheLastDeliveredCounts() {
    send(0, 10);
    rack.begin(RTT, una, RTT);
    board.sack(4 * MSS, 7 * MSS, times, rack);
    board.sack(MSS, 2 * MSS, times, rack);
    assertThat(detect(RTT, false)).isTrue();
    assertThat(board.lostRangeEnd(0)).isEqualTo(MSS);
    assertThat(board.nextLost(MSS)).isEqualTo(2 * MSS);
  }

  @Test
  void beforeAnythingIsDeliveredNothingIsLost() {
    send(0, 10);
    rack.begin(10 * RTT, una, RTT);
    assertThat(detect(10 * RTT, true)).isFalse();
    assertThat(rack.deadlineNs()).isEqualTo(SendTimer.NEVER);
  }

  @Test
  void anOriginalIsDeliveredBelowWhatFollowsItsBeginning() {
    send(0, 10);
    sack(RTT, 4, 7);
    assertThat(rack.originalDeliveredBelow(4 * MSS)).isFalse();
    assertThat(rack.originalDeliveredBelow(4 * MSS + 1)).isTrue();
  }
}
