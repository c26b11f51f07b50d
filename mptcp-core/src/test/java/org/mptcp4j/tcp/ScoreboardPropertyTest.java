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

  private static final class Run {
    final Scoreboard board = new Scoreboard();
    final SendTimes times = new SendTimes();
    final Rack rack = new Rack();
    final SimpleScoreboard model = new SimpleScoreboard(BYTES);
    final SplittableRandom random;
    long nowNs = 100;
    int una;
    int nxt;

    Run(long seed) {
      random = new SplittableRandom(seed);
    }

    void step() {
      nowNs += random.nextInt(1, 10);
      rack.begin(nowNs, una, 0);
      model.begin();
      switch (random.nextInt(13)) {
        case 0, 1, 2 -> send();
        case 3, 4, 5, 6 -> sack();
        case 7 -> advance();
        case 8, 9, 10 -> resend();
        case 11 -> detect();
        default -> timeoutOrUndo();
      }
      compare();
    }

    private void send() {
      int end = Math.min(BYTES, nxt + random.nextInt(6 * MSS));
      if (end > nxt) {
        nxt = end;
        times.onSent(nowNs, nxt);
        model.send(nxt, nowNs);
      }
    }

    private void sack() {
      if (una + 1 < nxt) {
        int start = random.nextInt(una + 1, nxt);
        int end = Math.min(nxt, start + 1 + random.nextInt(3 * MSS));
        assertThat(board.sack(start, end, times, rack)).isEqualTo(model.sack(start, end));
        assertThat(rack.originalDeliveredBelow(nxt)).isEqualTo(model.lowestOnce < nxt);
      }
    }

    private void advance() {
      int ack = Math.min(nxt, una + random.nextInt(4 * MSS));
      assertThat(board.advance(una, ack, times, rack)).isEqualTo(model.advance(una, ack));
      assertThat(rack.originalDeliveredBelow(nxt)).isEqualTo(model.lowestOnce < nxt);
      una = ack;
      times.onAcked(una);
    }

    private void resend() {
      int start = (int) board.nextLost(una);
      for (int i = 0; i < 3 && start >= 0; i++) {
        int end = (int) Math.min(board.lostRangeEnd(start), start + 1 + random.nextInt(2 * MSS));
        nowNs++;
        board.onRetransmit(nowNs, start, end);
        model.onRetransmit(nowNs, start, end);
        compare();
        start = (int) board.nextLost(una);
      }
    }

    /** Before a random time, all that was sent at that time included or excluded. */
    private void detect() {
      long overdueNs = nowNs - random.nextInt(60);
      long xmitNs = nowNs - random.nextInt(60);
      int endSeq = random.nextBoolean() ? 0 : BYTES;
      assertThat(board.detectLost(overdueNs, xmitNs, endSeq, una, times))
          .isEqualTo(model.detectLost(overdueNs, xmitNs, endSeq, una));
      assertThat(board.oldestSentBefore(xmitNs, endSeq, una, times))
          .isEqualTo(model.oldestSentBefore(xmitNs, endSeq, una));
    }

    private void timeoutOrUndo() {
      if (random.nextInt(3) > 0 && una < nxt) {
        int firstEnd = Math.min(nxt, una + MSS);
        long overdueNs = random.nextBoolean() ? Long.MAX_VALUE : nowNs - random.nextInt(60);
        board.onTimeout(una, firstEnd, overdueNs, times);
        model.onTimeout(una, firstEnd, overdueNs);
      } else {
        board.unmarkLost(una);
        model.unmarkLost(una);
      }
    }

    private void compare() {
      assertThat(board.sackedBytes()).isEqualTo(model.sackedBytes());
      assertThat(board.resentBytes()).isEqualTo(model.resentBytes());
      assertThat(board.pipe(una, nxt)).isEqualTo(model.pipe(una));
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
