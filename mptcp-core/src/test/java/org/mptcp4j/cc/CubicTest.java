package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CubicTest {

  private static final int MSS = 1000;
  private static final long MS = 1_000_000L;

  private final Cubic cubic = new Cubic();
  private long nowNs;

  /** Runs round trips in which the whole window is sent and acknowledged. */
  private void roundTrips(int count, long rttNs) {
    for (int i = 0; i < count; i++) {
      nowNs += rttNs;
      int cwnd = cubic.cwndBytes();
      for (int acked = 0; acked < cwnd; acked += 2 * MSS) {
        cubic.onAck(nowNs, Math.min(2 * MSS, cwnd - acked), rttNs, cwnd);
      }
    }
  }

  private void lossAt(int segments) {
    cubic.start(0, MSS);
    while (cubic.cwndBytes() < segments * MSS) {
      cubic.onAck(nowNs, Math.min(2 * MSS, segments * MSS - cubic.cwndBytes()), 20 * MS, 1 << 29);
    }
    cubic.onLoss(nowNs, cubic.cwndBytes());
    cubic.onRecoveryExit(nowNs);
  }

  // RFC 9438 section 4.9: cwnd, ssthresh, W_max, K and the epoch are restored.
  @Test
  void afterAReductionForNothingTheCurveGoesOnAsBefore() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    int cwnd = cubic.cwndBytes();
    int ssthresh = cubic.ssthreshBytes();
    cubic.onRto(nowNs, cwnd);
    cubic.undo(nowNs);
    assertThat(cubic.cwndBytes()).isEqualTo(cwnd);
    assertThat(cubic.ssthreshBytes()).isEqualTo(ssthresh);
    roundTrips(20, 20 * MS);
    int undone = cubic.cwndBytes();
    nowNs = 0;
    lossAt(100);
    roundTrips(40, 20 * MS);
    assertThat((double) undone).isCloseTo(cubic.cwndBytes(), within(0.01 * undone));
  }

  @Test
  void slowStartDoublesTheWindowEachRoundTrip() {
    cubic.start(0, MSS);
    assertThat(cubic.cwndBytes()).isEqualTo(10 * MSS);
    roundTrips(3, 20 * MS);
    assertThat(cubic.cwndBytes()).isEqualTo(80 * MSS);
  }

  // RFC 9438 section 4.6: beta_cubic is 0.7.
  @Test
  void lossReducesTheWindowToSeventyPercent() {
    lossAt(1000);
    assertThat(cubic.cwndBytes()).isEqualTo(700 * MSS);
    assertThat(cubic.inSlowStart()).isFalse();
  }

  // RFC 9438 section 4.2: K = cbrt((W_max - cwnd_epoch) / C) seconds until W_max is reached again.
  @Test
  void returnsToTheOldMaximumAfterK() {
    lossAt(1000);
    double k = Math.cbrt((1000 - 700) / 0.4);
    long rttNs = 50 * MS;
    roundTrips((int) (k * 1000 / 50), rttNs);
    assertThat(cubic.cwndBytes() / (double) MSS).isCloseTo(1000, within(15.0));
    roundTrips(40, rttNs);
    assertThat(cubic.cwndBytes()).isGreaterThan(1000 * MSS);
  }

  // RFC 9438 section 4.3: in networks where Reno does well, CUBIC does no worse.
  @Test
  void growsAtLeastLikeRenoOnShortPaths() {
    lossAt(20);
    double before = cubic.cwndBytes();
    roundTrips(30, 1 * MS);
    double alpha = 3 * 0.3 / 1.7;
    assertThat(cubic.cwndBytes()).isGreaterThanOrEqualTo((int) (before + 25 * alpha * MSS * 0.8));
  }

  // RFC 9438 section 4.7.
  @Test
  void fastConvergenceAimsUnderTheLastMaximum() {
    lossAt(1000);
    cubic.onLoss(nowNs, cubic.cwndBytes());
    cubic.onRecoveryExit(nowNs);
    assertThat(cubic.cwndBytes()).isEqualTo(490 * MSS);
    double target = 700 * (1 + 0.7) / 2;
    roundTrips((int) (Math.cbrt((target - 490) / 0.4) * 1000 / 50), 50 * MS);
    assertThat(cubic.cwndBytes() / (double) MSS).isCloseTo(target, within(12.0));
  }

  @Test
  void timeoutStartsAgainFromOneSegment() {
    lossAt(1000);
    cubic.onRto(nowNs, cubic.cwndBytes());
    assertThat(cubic.cwndBytes()).isEqualTo(MSS);
    assertThat(cubic.ssthreshBytes()).isEqualTo(490 * MSS);
    roundTrips(3, 20 * MS);
    assertThat(cubic.cwndBytes()).isEqualTo(8 * MSS);
  }

  @Test
  void unusedWindowDoesNotGrow() {
    cubic.start(0, MSS);
    for (int i = 0; i < 100; i++) {
      cubic.onAck(i * MS, MSS, 20 * MS, MSS);
    }
    assertThat(cubic.cwndBytes()).isEqualTo(10 * MSS);
  }

  @Test
  void idleConnectionRestartsFromTheInitialWindow() {
    lossAt(1000);
    cubic.onIdle(nowNs, 5_000 * MS);
    assertThat(cubic.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(cubic.inSlowStart()).isTrue();
  }
}
