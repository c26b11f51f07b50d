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
    assertThat(board.detectLostRetransmits(100, MSS)).isFalse();
    board.sack(600, 900);
    assertThat(board.detectLostRetransmits(100, MSS)).isTrue();
    assertThat(board.nextLost(100)).isEqualTo(100);
  }

  @Test
  void retransmissionIsLostWhenLaterRetransmissionsArrived() {
    board.markAllLost(1_000);
    for (int at = 100; at < 600; at += MSS) {
      board.onRetransmit(at, at + MSS, 1_000);
    }
    board.sack(200, 400);
    assertThat(board.detectLostRetransmits(100, MSS)).isFalse();
    board.sack(400, 500);
    assertThat(board.detectLostRetransmits(100, MSS)).isTrue();
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
}
