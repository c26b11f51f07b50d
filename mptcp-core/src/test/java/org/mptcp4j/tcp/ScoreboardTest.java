package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lost, retransmitted, in the network, and what it costs to know: on ranges. */
class ScoreboardTest {

  private static final int MSS = 100;
  private static final long ALL = Long.MAX_VALUE;

  private final Scoreboard board = new Scoreboard();
  private final SendTimes times = new SendTimes();
  private final Rack rack = new Rack();

  ScoreboardTest() {
    rack.begin(1_000, 0, 0);
  }

  private long sack(long start, long end) {
    return board.sack(start, end, times, rack);
  }

  @Test
  void pipeCountsWhatIsNeitherSackedNorLost() {
    times.onSent(1, 300);
    times.onSent(2, 1_000);
    sack(300, 600);
    assertThat(board.detectLost(10, 2, 600, 100, times)).isTrue();
    assertThat(board.lostEnd()).isEqualTo(600);
    assertThat(board.pipe(100, 1_000)).isEqualTo(400);
    assertThat(board.nextLost(100)).isEqualTo(100);
    assertThat(board.lostRangeEnd(100)).isEqualTo(300);
    board.onRetransmit(3, 100, 200);
    assertThat(board.pipe(100, 1_000)).isEqualTo(500);
    assertThat(board.nextLost(100)).isEqualTo(200);
  }

  @Test
  void threeSegmentsAreThoseOfOneRangeOrThreeRangesHoweverSmall() {
    sack(200, 400);
    assertThat(board.isDupThreshReached(MSS)).isFalse();
    sack(400, 401);
    assertThat(board.isDupThreshReached(MSS)).isTrue();
    Scoreboard other = new Scoreboard();
    other.sack(200, 201, times, rack);
    other.sack(300, 301, times, rack);
    assertThat(other.isDupThreshReached(MSS)).isFalse();
    other.sack(400, 401, times, rack);
    assertThat(other.isDupThreshReached(MSS)).isTrue();
  }

  @Test
  void ofASuperSegmentThatWasSentAgainTheBeginningIsLostWhenItsEndArrived() {
    times.onSent(1, 1_000);
    board.markLost(1_000);
    board.onRetransmit(5, 0, 1_000);
    sack(300, 400);
    assertThat(board.detectLost(5, 5, 400, 0, times)).isTrue();
    assertThat(board.nextLost(0)).isZero();
    assertThat(board.lostRangeEnd(0)).isEqualTo(300);
    assertThat(board.resentBytes()).isEqualTo(600);
    // Nothing else was sent before the end of what arrived: no timer runs for it.
    assertThat(board.oldestSentBefore(5, 400, 0, times)).isEqualTo(SendTimes.NEVER);
  }

  @Test
  void aPeerCannotMakeItGrowWithoutBound() {
    for (int i = 0; i < 10_000; i++) {
      sack(100 + 2L * i, 101 + 2L * i);
    }
    assertThat(board.sackedBytes()).isEqualTo(Scoreboard.MAX_RANGES);
    sack(100, 20_100);
    assertThat(board.sackedBytes()).isEqualTo(20_000);
  }

  /**
   * 2,500 segments in flight, every second of the first half SACKed, and single bytes of others.
   */
  private long manyRanges(int bytes) {
    long nxt = 2_500L * MSS;
    for (int i = 1; i <= 2_500; i++) {
      times.onSent(i, (long) i * MSS);
    }
    for (int i = 1; i < 1_250; i += 2) {
      sack((long) i * MSS, (i + 1L) * MSS);
    }
    for (int i = 0; i < bytes; i++) {
      long at = 1_250L * MSS + 50L * i;
      sack(at, at + 1);
    }
    board.detectLost(ALL - 1, 2_400, nxt, 0, times);
    long lost;
    for (int i = 0; i < 1_500 && (lost = board.nextLost(0)) >= 0; i++) {
      board.onRetransmit(3_000 + i, lost, Math.min(lost + MSS, board.lostRangeEnd(lost)));
    }
    return nxt;
  }

  /** What an acknowledgement has cost: everything that a sender asks of the board for it. */
  private long costOfAnAck(long una, long ack, long nxt) {
    long before = board.steps();
    board.advance(una, ack, times, rack);
    times.onAcked(ack);
    board.isDupThreshReached(MSS);
    board.detectLost(3_000, 3_100, nxt, ack, times);
    board.oldestSentBefore(3_100, nxt, ack, times);
    board.pipe(ack, nxt);
    board.nextLost(ack);
    board.pipe(ack, nxt);
    return board.steps() - before;
  }

  @Test
  void anAckThatSaysNothingNewCostsNothing() {
    long nxt = manyRanges(1_400);
    costOfAnAck(0, 0, nxt);
    for (int i = 0; i < 100; i++) {
      assertThat(costOfAnAck(0, 0, nxt)).isLessThan(20);
      long before = board.steps();
      assertThat(sack((2L * i + 1) * MSS, (2L * i + 2) * MSS)).isZero();
      assertThat(board.steps() - before).isLessThan(5);
    }
  }

  @Test
  void anAckCostsWhatItDelivers() {
    long nxt = manyRanges(1_400);
    long before = board.steps();
    long una = 0;
    for (long ack = 1; ack < nxt; ack += 10) {
      sack(ack, ack + 1);
      costOfAnAck(una, ack, nxt);
      una = ack;
    }
    // 25,000 ACKs, and some thousands of ranges that are each passed a few times.
    assertThat(board.steps() - before).isLessThan(20 * 25_000);
  }

  @Test
  void theSearchForLossesLooksAtWhatItFindsAndAtOneMore() {
    for (int i = 1; i <= 1_000; i++) {
      times.onSent(i, (long) i * MSS);
    }
    board.markLost(1_000L * MSS);
    for (int i = 0; i < 1_000; i++) {
      board.onRetransmit(2_000 + i, (long) i * MSS, (i + 1L) * MSS);
    }
    for (int i = 0; i < 100; i++) {
      long before = board.steps();
      assertThat(board.detectLost(2_000 + i, 9_000, 0, 0, times)).isTrue();
      assertThat(board.steps() - before).isLessThan(10);
    }
    assertThat(board.resentBytes()).isEqualTo(900L * MSS);
  }

  @Test
  void whatIsSentAgainTwiceIsCountedOnce() {
    sack(500, 800);
    board.onRetransmit(5, 900, 1_000);
    board.onRetransmit(6, 850, 1_000);
    assertThat(board.resentBytes()).isEqualTo(150);
    board.advance(0, 1_000, times, rack);
    assertThat(board.resentBytes()).isZero();
  }
}
