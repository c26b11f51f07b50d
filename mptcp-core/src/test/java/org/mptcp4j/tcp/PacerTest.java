package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How long a paced sender waits. */
class PacerTest {
  private static final int MSS = 1448;
  private static final long MS = 1_000_000;
  private static final long RATE = 12_500_000; // bytes per second: 12,500 in a millisecond

  private final Pacer pacer = new Pacer();

  @Test
  void aSegmentIsAMillisecondLongOrTwoFullOnes() {
    assertThat(Pacer.quantumBytes(RATE, MSS)).isEqualTo(8 * MSS);
    assertThat(Pacer.quantumBytes(100_000, MSS)).isEqualTo(2 * MSS);
    assertThat(Pacer.quantumBytes(Long.MAX_VALUE, MSS)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void withoutRoundTripTimeThereIsNoPace() {
    pacer.onSent(0, 60_000, Long.MAX_VALUE);
    assertThat(pacer.isWaiting(0)).isFalse();
    assertThat(pacer.deadlineNs()).isEqualTo(SendTimer.NEVER);
  }

  @Test
  void afterAPauseTwoMillisecondsOfDataLeaveAtOnceAndNoMore() {
    long nowNs = 5_000 * MS;
    int bytes = 0;
    while (!pacer.isWaiting(nowNs)) {
      pacer.onSent(nowNs, 5 * MSS, RATE);
      bytes += 5 * MSS;
    }
    assertThat(bytes).isLessThanOrEqualTo(2 * 12_500 + 5 * MSS);
    assertThat(pacer.deadlineNs()).isGreaterThan(nowNs);
    assertThat(pacer.isWaiting(pacer.deadlineNs())).isFalse();
  }

  @Test
  void timersThatComeLateDoNotLowerTheRate() {
    SplittableRandom random = new SplittableRandom(1);
    long nowNs = 0;
    long bytes = 0;
    while (nowNs < 1_000 * MS) {
      if (pacer.isWaiting(nowNs)) {
        nowNs = pacer.deadlineNs() + random.nextLong(MS);
      } else {
        pacer.onSent(nowNs, 5 * MSS, RATE);
        bytes += 5 * MSS;
      }
    }
    assertThat(bytes).isBetween((long) (0.97 * RATE), (long) (1.01 * RATE));
  }

  @Test
  void whatWasMadeGoodNeedsNoWaiting() {
    pacer.onSent(5_000 * MS, 12_500, RATE);
    assertThat(pacer.isWaiting()).isFalse();
    assertThat(pacer.deadlineNs()).isEqualTo(SendTimer.NEVER);
    pacer.onSent(5_000 * MS, 12_500, RATE);
    assertThat(pacer.isWaiting()).isTrue();
    assertThat(pacer.deadlineNs()).isEqualTo(5_001 * MS);
    assertThat(pacer.isWaiting(5_001 * MS - 1)).isTrue();
    assertThat(pacer.isWaiting(5_001 * MS)).isFalse();
    assertThat(pacer.isWaiting()).isFalse();
  }
}
