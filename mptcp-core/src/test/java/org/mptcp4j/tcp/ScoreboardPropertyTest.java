package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The scoreboard against {@link SimpleScoreboard}, in the hands of a random sender and peer. */
class ScoreboardPropertyTest {
  private static final int BYTES = 600;
  private static final int MSS = 8;

  private final class Run {
    final Scoreboard board = new Scoreboard();
    final SimpleScoreboard model = new SimpleScoreboard(BYTES);
    final SplittableRandom random;
    int una;
    int nxt;

    Run(long seed) {
      random = new SplittableRandom(seed);
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> nxt = Math.min(BYTES, nxt + random.nextInt(6 * MSS));
        case 3, 4, 5, 6 -> sack();
        case 7 -> advance();
        case 8, 9, 10 -> resend();
        default -> timeoutSometimes();
      }
      board.updateLost(MSS);
      model.updateLost(MSS);
      if (random.nextInt(4) > 0) {
        assertThat(board.detectLostRetransmits(MSS))
            .isEqualTo(model.detectLostRetransmits(una, MSS));
      }
      compare();
    }

    private void sack() {
      if (una + 1 < nxt) {
        int start = random.nextInt(una + 1, nxt);
        int end = Math.min(nxt, start + 1 + random.nextInt(3 * MSS));
        assertThat(board.sack(start, end)).isEqualTo(model.sack(start, end));
      }
    }

    private void advance() {
      una = Math.min(nxt, una + random.nextInt(4 * MSS));
      assertThat(board.advance(una)).isEqualTo(model.advance(una));
    }

    private void resend() {
      int start = (int) board.nextLost(una);
      for (int i = 0; i < 3 && start >= 0; i++) {
        int end = (int) Math.min(board.lostRangeEnd(start), start + 1 + random.nextInt(2 * MSS));
        board.onRetransmit(start, end, nxt);
        model.onRetransmit(start, end, nxt);
        compare();
        start = (int) board.nextLost(una);
      }
    }

    private void timeoutSometimes() {
      if (random.nextInt(5) == 0) {
        board.markAllLost(nxt);
        model.markAllLost(nxt);
      } else {
        int end = random.nextInt(una, nxt + 1);
        board.markLost(end);
        model.markLost(end);
      }
    }

    private void compare() {
      assertThat(board.sackedBytes()).isEqualTo(model.sackedBytes());
      assertThat(board.resentBytes()).isEqualTo(model.resentBytes());
      assertThat(board.lostEnd()).isEqualTo(model.lostEnd());
      assertThat(board.pipe(una, nxt)).isEqualTo(model.pipe(una, nxt));
      long lost = board.nextLost(una);
      assertThat(lost).isEqualTo(model.nextLost(una));
      if (lost >= 0) {
        assertThat(board.lostRangeEnd(lost)).isEqualTo(model.lostRangeEnd((int) lost));
      }
    }
  }

  @Property(tries = 500)
  void saysWhatTheRulesSay(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
    Run run = new Run(seed);
    for (int i = 0; i < steps; i++) {
      run.step();
    }
  }
}
