package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mptcp4j.cc.TestFlow.MS;
import static org.mptcp4j.cc.TestFlow.MSS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CubicTest {

  private final TestFlow flow = new TestFlow();
  private long nowNs;

  /** Runs round trips in which the whole window is sent and acknowledged. */
  private void roundTrips(int count, long rttNs) {
    flow.srttNs = rttNs;
    for (int i = 0; i < count; i++) {
      nowNs += rttNs;
      int cwnd = flow.cwndBytes();
      for (int acked = 0; acked < cwnd; acked += 2 * MSS) {
        flow.ack(nowNs, Math.min(2 * MSS, cwnd - acked), cwnd);
      }
    }
  }

  private void lossAt(int segments) {
    flow.start("cubic");
    while (flow.cwndBytes() < segments * MSS) {
      flow.ack(nowNs, Math.min(2 * MSS, segments * MSS - flow.cwndBytes()), 1 << 29);
    }
    flow.loseAndRecover(nowNs);
  }

  @Test
  void slowStartDoublesTheWindowEachRoundTrip() {
    flow.start("cubic");
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    roundTrips(3, 20 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(80 * MSS);
  }

  // RFC 9438 section 4.6: beta_cubic is 0.7.
  @Test
  void lossReducesTheWindowToSeventyPercent() {
    lossAt(1000);
    assertThat(flow.cwndBytes()).isEqualTo(700 * MSS);
    assertThat(flow.control.inSlowStart()).isFalse();
  }

  // RFC 9438 section 4.2: K = cbrt((W_max - cwnd_epoch) / C) seconds until W_max is reached again.
  @Test
  void returnsToTheOldMaximumAfterK() {
    lossAt(1000);
    double k = Math.cbrt((1000 - 700) / 0.4);
    long rttNs = 50 * MS;
    // Concave: seven eighths of the way in half of the time.
    roundTrips((int) (k / 2 * 1000 / 50), rttNs);
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(1000 - 300 / 8.0, within(15.0));
    roundTrips((int) (k / 2 * 1000 / 50), rttNs);
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(1000, within(15.0));
    roundTrips(40, rttNs);
    assertThat(flow.cwndBytes()).isGreaterThan(1000 * MSS);
  }

  // RFC 9438 section 4.2: the target is W_cubic(t + RTT), reached when a window is acknowledged.
  @Test
  void theWindowAimsAtTheCurveOneRoundTripLater() {
    lossAt(1000);
    flow.srttNs = 1_000 * MS;
    flow.ack(nowNs, MSS);
    flow.ack(nowNs + 100 * MS, 700 * MSS);
    double target = 0.4 * Math.pow(1.1 - Math.cbrt(300 / 0.4), 3) + 1000;
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(target, within(0.1));
  }

  // RFC 9438 section 4.3: in networks where Reno does well, CUBIC does no worse.
  @Test
  void growsAtLeastLikeRenoOnShortPaths() {
    lossAt(20);
    double before = flow.cwndBytes();
    roundTrips(30, 1 * MS);
    double alpha = 3 * 0.3 / 1.7;
    assertThat(flow.cwndBytes()).isGreaterThanOrEqualTo((int) (before + 25 * alpha * MSS * 0.8));
  }

  // RFC 9438 section 4.7.
  @Test
  void fastConvergenceAimsUnderTheLastMaximum() {
    lossAt(1000);
    flow.loseAndRecover(nowNs);
    assertThat(flow.cwndBytes()).isEqualTo(490 * MSS);
    double target = 700 * (1 + 0.7) / 2;
    double k = Math.cbrt((target - 490) / 0.4);
    roundTrips((int) (k / 2 * 1000 / 50), 50 * MS);
    assertThat(flow.cwndBytes() / (double) MSS)
        .isCloseTo(target - (target - 490) / 8, within(12.0));
    roundTrips((int) (k / 2 * 1000 / 50), 50 * MS);
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(target, within(12.0));
  }

  @Test
  void timeoutStartsAgainFromOneSegment() {
    lossAt(1000);
    flow.control.onRto(nowNs, flow.cwndBytes());
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(490 * MSS);
    roundTrips(3, 20 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(8 * MSS);
  }

  @Test
  void unusedWindowDoesNotGrow() {
    flow.start("cubic");
    for (int i = 0; i < 100; i++) {
      flow.ack(i * MS, MSS, MSS);
    }
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
  }

  @Test
  void idleConnectionRestartsFromTheInitialWindow() {
    lossAt(1000);
    flow.rtoNs = 300 * MS;
    flow.control.onIdle(nowNs, 5_000 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(flow.control.inSlowStart()).isTrue();
  }

  // RFC 2861 section 3.1: half of the window for each timeout of the pause.
  @Test
  void aShortPauseHalvesTheWindow() {
    lossAt(1000);
    int before = flow.cwndBytes();
    flow.rtoNs = 300 * MS;
    flow.control.onIdle(nowNs, 300 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(before);
    flow.control.onIdle(nowNs, 350 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(before / 2);
    flow.control.onIdle(nowNs, 601 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(before / 8);
  }

  // RFC 9438 section 4.8: after a timeout K is 0 and W_max the window at which slow start ended.
  @Test
  void afterATimeoutTheCurveBeginsWithoutAPlateau() {
    lossAt(1000);
    flow.loseAndRecover(nowNs);
    flow.control.onRto(nowNs, flow.cwndBytes());
    double ssthresh = flow.ssthreshBytes() / (double) MSS;
    while (flow.control.inSlowStart()) {
      roundTrips(1, 100 * MS);
    }
    roundTrips(100, 100 * MS);
    // W_cubic(t) = C * t^3 + W_max, here after 10 s.
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(ssthresh + 400, within(30.0));
  }

  // RFC 9438 section 4.3: alpha_cubic is 3 * (1 - beta) / (1 + beta) until W_est is cwnd_prior,
  // which
  // after fast convergence is more than W_max, and 1 from then on.
  @Test
  void theRenoFriendlyEstimateGrowsFasterPastTheWindowBeforeTheLoss() {
    lossAt(40);
    flow.loseAndRecover(nowNs);
    double cwnd = 40 * 0.7 * 0.7;
    double prior = 40 * 0.7;
    double alpha = 3 * 0.3 / 1.7;
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(cwnd, within(0.1));
    int rounds = (int) ((prior - cwnd) / alpha);
    roundTrips(rounds, 1 * MS);
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(cwnd + rounds * alpha, within(1.0));
    roundTrips(20, 1 * MS);
    assertThat(flow.cwndBytes() / (double) MSS).isCloseTo(prior + 20, within(2.0));
  }

  // RFC 9438 section 4.9: cwnd, ssthresh, W_max, K and the epoch are restored.
  @Test
  void afterAReductionForNothingTheCurveGoesOnAsBefore() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    int cwnd = flow.cwndBytes();
    int ssthresh = flow.ssthreshBytes();
    flow.control.onRto(nowNs, cwnd);
    flow.control.onUndo(nowNs);
    assertThat(flow.cwndBytes()).isEqualTo(cwnd);
    assertThat(flow.ssthreshBytes()).isEqualTo(ssthresh);
    roundTrips(20, 20 * MS);
    int undone = flow.cwndBytes();
    nowNs = 0;
    lossAt(100);
    roundTrips(40, 20 * MS);
    assertThat((double) undone).isCloseTo(flow.cwndBytes(), within(0.01 * undone));
  }

  // RFC 9438 section 4.9: the time until it was known to be for nothing is none of the epoch's.
  @Test
  void theTimeOfAReductionForNothingDoesNotCount() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    flow.control.onRto(nowNs, flow.cwndBytes());
    nowNs += 5_000 * MS;
    flow.control.onUndo(nowNs);
    roundTrips(20, 20 * MS);
    assertGrewAsIn(40);
  }

  // RFC 9438 section 5.8: time in which the application limits the rate does not count.
  @Test
  void theTimeInWhichTheWindowIsNotUsedDoesNotCount() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    for (int i = 0; i < 100; i++) {
      nowNs += 50 * MS;
      flow.ack(nowNs, MSS, MSS);
    }
    roundTrips(20, 20 * MS);
    assertGrewAsIn(40);
  }

  private void assertGrewAsIn(int rounds) {
    int grown = flow.cwndBytes();
    nowNs = 0;
    lossAt(100);
    roundTrips(rounds, 20 * MS);
    assertThat((double) grown).isCloseTo(flow.cwndBytes(), within(0.01 * grown));
  }

  // RFC 9438 section 4.6: by a part of what was in flight, when that was less than the window.
  @Test
  void aWindowThatWasNotUsedIsReducedFromWhatWasInFlight() {
    flow.start("cubic", 100, 50);
    flow.control.onLoss(nowNs, 60 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(42 * MSS);
    flow.start("cubic", 100, 50);
    flow.control.onLoss(nowNs, 10 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(35 * MSS);
    flow.start("cubic", 100, 50);
    flow.control.onCongestionExperienced(nowNs, 60 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(51 * MSS);
  }

  @Test
  void theCurveBeginsAnewAfterIdleTime() {
    lossAt(100);
    roundTrips(200, 20 * MS);
    assertThat(flow.cwndBytes()).isGreaterThan(90 * MSS);
    // RFC 2861 section 3: slow start takes most of it back.
    int most = 3 * (flow.cwndBytes() / 4);
    flow.rtoNs = 300 * MS;
    flow.control.onIdle(nowNs, 5_000 * MS);
    while (flow.control.inSlowStart()) {
      roundTrips(1, 20 * MS);
    }
    roundTrips(1, 20 * MS);
    assertThat(flow.cwndBytes()).isBetween(most, most + 2 * MSS);
  }

  @Test
  void theCurveGoesOnFromTheSameBytesWithAnotherSegmentSize() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    int before = flow.cwndBytes();
    flow.mss = MSS / 2;
    flow.control.onMssChange();
    flow.ack(nowNs, MSS);
    assertThat(flow.cwndBytes()).isBetween(before, before + MSS);
  }

  @Test
  void aTimeoutInARecoveryIsForNothingWithIt() {
    lossAt(100);
    roundTrips(20, 20 * MS);
    int cwnd = flow.cwndBytes();
    int ssthresh = flow.ssthreshBytes();
    flow.control.onLoss(nowNs, cwnd);
    flow.control.onRtoInRecovery(nowNs, cwnd);
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
    flow.control.onUndo(nowNs);
    assertThat(flow.cwndBytes()).isEqualTo(cwnd);
    assertThat(flow.ssthreshBytes()).isEqualTo(ssthresh);
    roundTrips(20, 20 * MS);
    assertGrewAsIn(40);
  }

  /** A window that the application does not use for that long decays. */
  private void leaveUnused(int rounds) {
    flow.windowValidNs = 300 * MS;
    for (int i = 0; i < rounds; i++) {
      nowNs += 100 * MS;
      flow.ack(nowNs, 2 * MSS, 2 * MSS);
    }
    flow.windowValidNs = Long.MAX_VALUE;
  }

  /** Each acknowledgement adds to the window as it is, and no more than slow start would. */
  private void assertGrowsByDegrees(int acks) {
    for (int i = 0; i < acks; i++) {
      nowNs += 2 * MS;
      int before = flow.cwndBytes();
      flow.ack(nowNs, flow.mss);
      assertThat(flow.cwndBytes()).as("ack %s", i).isBetween(before - 1, before + flow.mss);
    }
  }

  // RFC 9438 section 4.2: each ACK adds (target - cwnd) / cwnd to the current cwnd.
  @ParameterizedTest
  @ValueSource(ints = {4, 10, 30, 100})
  void aWindowThatDecayedGrowsFromWhereItIs(int rounds) {
    lossAt(100);
    roundTrips(140, 100 * MS);
    int before = flow.cwndBytes();
    leaveUnused(rounds);
    assertThat(flow.cwndBytes()).isLessThan(before);
    assertGrowsByDegrees(2_000);
  }

  @Test
  void soDoesOneThatIsReducedAfterIt() {
    lossAt(100);
    roundTrips(140, 100 * MS);
    leaveUnused(30);
    flow.control.onLoss(nowNs, flow.cwndBytes());
    flow.control.onUndo(nowNs);
    assertGrowsByDegrees(2_000);
  }

  // RFC 9438 section 4.9.1: what is restored is the curve of the window, whatever its segments are.
  @ParameterizedTest
  @CsvSource({"500, 20", "500, 200", "2000, 20", "2000, 200"})
  void anUndoingAfterTheSegmentSizeChangedDoesNotMoveTheWindow(int mss, int acksBetween) {
    lossAt(100);
    roundTrips(20, 20 * MS);
    int cwnd = flow.cwndBytes();
    flow.control.onLoss(nowNs, cwnd);
    flow.mss = mss;
    flow.control.onMssChange();
    assertGrowsByDegrees(acksBetween);
    flow.control.onUndo(nowNs);
    assertThat(flow.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
    assertGrowsByDegrees(2_000);
  }

  // RFC 9438 section 4.9.2: a window that has grown beyond what it was follows the newer curve.
  @Test
  void anUndoingThatComesLateTakesNothingAway() {
    flow.start("cubic", 100, 100);
    roundTrips(1, 20 * MS);
    flow.control.onLoss(nowNs, flow.cwndBytes());
    while (flow.cwndBytes() < 120 * MSS) {
      roundTrips(1, 20 * MS);
    }
    int cwnd = flow.cwndBytes();
    flow.control.onUndo(nowNs);
    assertThat(flow.cwndBytes()).isEqualTo(cwnd);
    flow.ack(nowNs, 2 * MSS);
    assertThat(flow.cwndBytes()).isBetween(cwnd, cwnd + 2 * MSS);
  }
}
