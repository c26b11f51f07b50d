package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lost, retransmitted, in the network: RFC 6675 section 4 on ranges. */
class ScoreboardTest {

  private static final int MSS = 100;

  private final Scoreboard board = new Scoreboard();

  @Test
  void pipeCountsWhatIsNeitherSackedNorLost() {
    board.sack(300, 600);
    board.updateLost(MSS);
    assertThat(board.lostEnd()).isEqualTo(300);
    assertThat(board.pipe(100, 1_000)).isEqualTo(400);
    assertThat(board.nextLost(100)).isEqualTo(100);
    assertThat(board.lostRangeEnd(100)).isEqualTo(300);
    board.onRetransmit(100, 200, 1_000);
    assertThat(board.pipe(100, 1_000)).isEqualTo(500);
    assertThat(board.nextLost(100)).isEqualTo(200);
  }

  @Test
  void threeSeparateBlocksAreEnoughHoweverSmall() {
    board.sack(200, 201);
    board.sack(300, 301);
    board.updateLost(MSS);
    assertThat(board.lostEnd()).isZero();
    board.sack(400, 401);
    board.updateLost(MSS);
    assertThat(board.lostEnd()).isEqualTo(200);
  }

  @Test
  void retransmissionIsLostWhenLaterDataArrived() {
    board.sack(200, 600);
    board.updateLost(MSS);
    board.onRetransmit(100, 200, 600);
    assertThat(board.detectLostRetransmits(MSS)).isFalse();
    board.sack(600, 900);
    assertThat(board.detectLostRetransmits(MSS)).isTrue();
    assertThat(board.nextLost(100)).isEqualTo(100);
  }

  @Test
  void retransmissionIsLostWhenLaterRetransmissionsArrived() {
    board.markAllLost(1_000);
    for (int at = 100; at < 600; at += MSS) {
      board.onRetransmit(at, at + MSS, 1_000);
    }
    board.sack(200, 400);
    assertThat(board.detectLostRetransmits(MSS)).isFalse();
    board.sack(400, 500);
    assertThat(board.detectLostRetransmits(MSS)).isTrue();
    assertThat(board.nextLost(100)).isEqualTo(100);
    assertThat(board.resentBytes()).isEqualTo(MSS);
  }

  @Test
  void aPeerCannotMakeItGrowWithoutBound() {
    for (int i = 0; i < 10_000; i++) {
      board.sack(100 + 2L * i, 101 + 2L * i);
    }
    assertThat(board.sackedBytes()).isEqualTo(Scoreboard.MAX_RANGES);
    board.sack(100, 20_100);
    assertThat(board.sackedBytes()).isEqualTo(20_000);
  }

  /**
   * 2,500 segments in flight, every second of the first half SACKed, and single bytes of others.
   */
  private long manyRanges(int bytes) {
    long nxt = 2_500L * MSS;
    for (int i = 1; i < 1_250; i += 2) {
      board.sack((long) i * MSS, (i + 1L) * MSS);
    }
    for (int i = 0; i < bytes; i++) {
      long at = 1_250L * MSS + 50L * i;
      board.sack(at, at + 1);
    }
    board.updateLost(MSS);
    long lost;
    for (int i = 0; i < 1_500 && (lost = board.nextLost(0)) >= 0; i++) {
      board.onRetransmit(lost, Math.min(lost + MSS, board.lostRangeEnd(lost)), nxt);
    }
    return nxt;
  }

  /** What an acknowledgement has cost: everything that a sender asks of the board for it. */
  private long costOfAnAck(long una, long nxt) {
    long before = board.steps();
    board.advance(una);
    board.updateLost(MSS);
    board.detectLostRetransmits(MSS);
    board.pipe(una, nxt);
    board.nextLost(una);
    board.pipe(una, nxt);
    return board.steps() - before;
  }

  @Test
  void anAckThatSaysNothingNewCostsNothing() {
    long nxt = manyRanges(2_000);
    costOfAnAck(0, nxt);
    for (int i = 0; i < 100; i++) {
      assertThat(costOfAnAck(0, nxt)).isLessThan(20);
      long before = board.steps();
      assertThat(board.sack((2L * i + 1) * MSS, (2L * i + 2) * MSS)).isZero();
      assertThat(board.steps() - before).isLessThan(5);
    }
  }

  @Test
  void anAckCostsWhatItDelivers() {
    long nxt = manyRanges(2_000);
    long before = board.steps();
    for (long una = 1; una < nxt; una += 10) {
      board.sack(una, una + 1);
      costOfAnAck(una, nxt);
    }
    // 25,000 ACKs, and some thousands of ranges that are each passed a few times.
    assertThat(board.steps() - before).isLessThan(20 * 25_000);
  }

  @Test
  void newDataDeliveredInManyPiecesOvertakesEachRetransmissionOnce() {
    long nxt = manyRanges(1_000);
    long before = board.steps();
    for (int i = 0; i < 900; i++) {
      long at = nxt + 2L * i;
      board.sack(at, at + 1);
      costOfAnAck(0, nxt + 100_000);
    }
    assertThat(board.steps() - before).isLessThan(20 * 900);
  }

  @Test
  void whatIsSentAgainTwiceIsCountedOnce() {
    board.sack(500, 800);
    board.onRetransmit(900, 1_000, 1_000);
    board.onRetransmit(850, 1_000, 1_000);
    assertThat(board.resentBytes()).isEqualTo(150);
    board.advance(1_000);
    assertThat(board.resentBytes()).isZero();
  }
}
