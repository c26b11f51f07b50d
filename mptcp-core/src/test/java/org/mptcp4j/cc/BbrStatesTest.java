package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mptcp4j.cc.TestFlow.MS;
import static org.mptcp4j.cc.TestFlow.MSS;

import org.junit.jupiter.api.Test;

/**
 * The states of BBR, seen by what they multiply the bandwidth with; sections of
 * draft-ietf-ccwg-bbr. The path delivers 10,000 bytes in a millisecond, the round trip is 40 ms.
 */
class BbrStatesTest {
  private static final double RATE = 1e7 * 0.99;
  private static final int BDP = 400_000;
  private static final long SECOND = 1_000 * MS;

  private final TestFlow flow = new TestFlow();
  private final TestSample sample = new TestSample();
  private CongestionControl bbr;
  private long nowNs = SECOND;

  BbrStatesTest() {
    flow.srttNs = 40 * MS;
    flow.start("bbr");
    bbr = flow.control;
    sample.rttNs = 40 * MS;
    sample.delivered = 10_000;
    inFlight(600_000);
  }

  private void inFlight(int bytes) {
    flow.inFlight(bytes);
    sample.inFlight = bytes;
    sample.peak = bytes;
  }

  private void ack() {
    sample.prior = -1;
    bbr.onAck(nowNs, sample);
  }

  private void round() {
    sample.total++;
    sample.prior = sample.total;
    bbr.onAck(nowNs, sample);
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      round();
    }
  }

  private void assertGain(double gain) {
    assertThat((double) bbr.pacingRateBytesPerSecond(0)).isCloseTo(gain * RATE, within(2.0));
  }

  /** The window grows to all that startup admits. */
  private void fill() {
    sample.newly = 100_000;
    for (int i = 0; i < 12; i++) {
      nowNs += 100 * MS;
      round();
    }
    sample.newly = 0;
  }

  private void cruise() {
    fill();
    inFlight(BDP / 2);
    round();
    assertGain(1.0);
  }

  private void up() {
    nowNs += 3 * SECOND;
    rounds(2);
  }

  // Section 5.6.2: before anything is known, the first window in a round trip, times the gain.
  @Test
  void theFirstRateIsThatOfTheFirstWindow() {
    assertThat(bbr.pacingRateBytesPerSecond(0)).isEqualTo((long) (2.77 * 10 * MSS * 25));
    flow.srttNs = 0;
    flow.start("bbr");
    assertThat(flow.control.pacingRateBytesPerSecond(0)).isEqualTo(2_770L * 10 * MSS);
  }

  // Section 5.3.1.2: three rounds without a growth by a quarter; section 5.3.2: then the queue
  // drains.
  @Test
  void threeRoundsWithoutGrowthEndStartup() {
    round();
    assertGain(2.77);
    rounds(2);
    ack();
    assertThat(bbr.inSlowStart()).isTrue();
    sample.delivered = 12_500;
    round();
    sample.delivered = 10_000;
    rounds(2);
    sample.appLimited = true;
    rounds(3);
    assertThat(bbr.inSlowStart()).isTrue();
    sample.appLimited = false;
    round();
    assertThat(bbr.inSlowStart()).isFalse();
    assertGain(0.35 * 1.25);
  }

  // Section 5.3.2: until what is in flight is the product of bandwidth and delay.
  @Test
  void theQueueIsDrainedDownToTheProductOfBandwidthAndDelay() {
    rounds(4);
    assertGain(0.35);
    inFlight(BDP + 1);
    ack();
    assertGain(0.35);
    inFlight(BDP);
    ack();
    assertGain(1.0);
  }

  // Section 5.3.1.3: high loss in six places ends startup too; the bound is the BDP.
  @Test
  void highLossEndsStartup() {
    round();
    sample.delivered = 20_000;
    round();
    sample.lost = 100;
    for (int i = 0; i < 6; i++) {
      ack();
    }
    assertThat(bbr.inSlowStart()).isTrue();
    sample.lost = 0;
    round();
    assertThat(bbr.inSlowStart()).isFalse();
  }

  // Section 5.6.4.2: the window is the product of bandwidth and delay, times the gain, plus what
  // comes in bursts.
  @Test
  void theWindowFollowsTheGain() {
    fill();
    assertThat(bbr.cwndBytes()).isBetween(2 * BDP, 2 * BDP + 100_000);
    int before = bbr.cwndBytes();
    bbr.onRto(nowNs, before);
    assertThat(bbr.cwndBytes()).isEqualTo(MSS);
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(4 * MSS);
    bbr.onUndo(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  @Test
  void theWindowIsNeverUnderFourSegmentsOfTheNewSize() {
    flow.mss = 9 * MSS;
    bbr.onMssChange();
    assertThat(bbr.cwndBytes()).isEqualTo(36 * MSS);
  }

  // Section 5.3.3.8: Reno's time of at most 63 rounds, or two to three seconds.
  @Test
  void bandwidthIsProbedAfterSixtyThreeRounds() {
    cruise();
    rounds(62);
    assertGain(1.0);
    round();
    assertGain(1.0);
    ack();
    assertGain(1.0);
    round();
    assertGain(1.25);
  }

  @Test
  void bandwidthIsProbedAfterTwoToThreeSeconds() {
    cruise();
    nowNs += 2 * SECOND;
    ack();
    round();
    assertGain(1.0);
    nowNs += SECOND;
    ack();
    round();
    assertGain(1.25);
  }

  // Section 5.3.3.5: until the rate grows no more; then down to what fits.
  @Test
  void aProbeEndsWhenTheRateGrowsNoMore() {
    cruise();
    up();
    assertGain(1.25);
    inFlight(600_000);
    rounds(2);
    assertGain(1.25);
    round();
    assertGain(0.9);
    inFlight(BDP + 1);
    ack();
    assertGain(0.9);
    inFlight(BDP);
    ack();
    assertGain(1.0);
  }

  // Section 5.3.3.6: high loss while probing shows how much may be in flight: 70 % of it.
  @Test
  void aProbeEndsAtHighLossAndLeavesABound() {
    cruise();
    up();
    inFlight(600_000);
    sample.newly = 900;
    sample.lost = 100;
    ack();
    assertGain(1.25);
    round();
    assertGain(0.9);
    int bound = (int) (0.7 * BDP);
    assertThat(bbr.cwndBytes()).isBetween(bound - 2 * MSS, bound + 2 * MSS);
    sample.newly = 0;
    sample.lost = 0;
    inFlight((int) (0.85 * bound) + 2 * MSS);
    ack();
    assertGain(0.9);
    inFlight((int) (0.85 * bound) - 2 * MSS);
    ack();
    assertGain(1.0);
    assertThat(bbr.cwndBytes())
        .isBetween((int) (0.85 * bound) - 2 * MSS, (int) (0.85 * bound) + 2 * MSS);
  }

  // Section 5.3.4.3: half of the BDP for 200 ms and a round trip.
  @Test
  void theShortestRoundTripIsProbedForWithHalfOfTheWindow() {
    cruise();
    int before = bbr.cwndBytes();
    inFlight(600_000);
    nowNs += 6 * SECOND;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    nowNs += SECOND;
    rounds(2);
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    inFlight(BDP / 2);
    ack();
    nowNs += 200 * MS + 1;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    round();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    assertGain(1.0);
    nowNs += 5 * SECOND;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    nowNs += 1;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    inFlight(BDP / 2);
    ack();
    nowNs += 200 * MS;
    rounds(2);
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    nowNs += 1;
    round();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  // Section 5.5.10.3: between probes, high loss lowers what is counted on.
  @Test
  void highLossBetweenProbesLowersTheRate() {
    cruise();
    sample.delivered = 8_000;
    round();
    sample.newly = 900;
    sample.lost = 100;
    ack();
    round();
    assertGain(0.8);
    bbr.onUndo(nowNs);
    sample.lost = 0;
    ack();
    assertGain(1.0);
  }

  // Section 5.3.3.6, BBRRaiseInflightLongtermSlope: one segment more a round, then two.
  @Test
  void theNextProbeRaisesTheBoundFaster() {
    cruise();
    sample.rttNs = 39 * MS; // no shorter one has to be looked for soon
    up();
    inFlight(600_000);
    sample.newly = 900;
    sample.lost = 100;
    round();
    sample.lost = 0;
    inFlight(BDP / 4);
    rounds(2);
    assertGain(1.0);
    inFlight(600_000);
    sample.newly = 290_000;
    up();
    assertGain(1.25);
    int bound = bbr.cwndBytes();
    round();
    assertThat(bbr.cwndBytes()).isEqualTo(bound + MSS);
    round();
    assertThat(bbr.cwndBytes()).isEqualTo(bound + 3 * MSS);
  }

  private void probeRtt() {
    nowNs += 6 * SECOND;
    inFlight(600_000);
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    inFlight(BDP / 2);
    ack();
  }

  // Section 5.4.1: the queue has drained by itself, and the round trip after it is a short one.
  @Test
  void afterAPauseTheShortestRoundTripIsNotProbedFor() {
    cruise();
    int before = bbr.cwndBytes();
    nowNs += 60 * SECOND;
    bbr.onResume(nowNs);
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    nowNs += 5 * SECOND;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    nowNs += 1;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
  }

  // BBRCheckProbeRTT: until something is delivered, an acknowledgement without a rate is none.
  @Test
  void aPauseLastsUntilSomethingIsDelivered() {
    cruise();
    int before = bbr.cwndBytes();
    nowNs += 60 * SECOND;
    bbr.onResume(nowNs);
    sample.delivered = 0;
    sample.rttNs = 0;
    ack();
    sample.delivered = 10_000;
    sample.rttNs = 40 * MS;
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  // Section 5.4.1: in ProbeBW what is sent first leaves at the bandwidth, in no other state.
  @Test
  void afterAPauseSendingBeginsAtTheBandwidth() {
    round();
    bbr.onResume(nowNs);
    assertGain(2.77);
    rounds(3);
    assertGain(0.35);
    bbr.onResume(nowNs);
    assertGain(0.35);
    cruise();
    bbr.onResume(nowNs);
    assertGain(1.0);
    up();
    assertGain(1.25);
    bbr.onResume(nowNs);
    assertGain(1.0);
    ack();
    assertGain(1.25);
    inFlight(600_000);
    rounds(3);
    assertGain(0.9);
    bbr.onResume(nowNs);
    assertGain(1.0);
  }

  // Section 5.4.1, BBRCheckProbeRTTDone.
  @Test
  void aPauseMayBeTheEndOfTheProbeForTheShortestRoundTrip() {
    cruise();
    int before = bbr.cwndBytes();
    probeRtt();
    nowNs += 200 * MS;
    bbr.onResume(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(BDP / 2);
    nowNs += 1;
    bbr.onResume(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    ack();
    assertGain(1.0);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  @Test
  void aProbeForTheShortestRoundTripInStartupEndsThere() {
    round();
    sample.newly = BDP;
    ack();
    sample.newly = 0;
    probeRtt();
    assertThat(bbr.inSlowStart()).isFalse();
    nowNs += SECOND;
    bbr.onResume(nowNs);
    assertThat(bbr.inSlowStart()).isTrue();
  }

  // Section 5.6.4.4, BBRSaveCwnd and BBRRestoreCwnd.
  @Test
  void theWindowComesBackWhenTheTimeoutIsRepaired() {
    fill();
    int before = bbr.cwndBytes();
    bbr.onRto(nowNs, before);
    ack();
    bbr.onRto(nowNs, before);
    assertThat(bbr.cwndBytes()).isEqualTo(MSS);
    ack();
    bbr.onRecoveryExit(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    ack();
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  @Test
  void theWindowThatComesBackIsTheLastOneAndNotTheLargest() {
    cruise();
    bbr.onRto(nowNs, BDP);
    bbr.onRecoveryExit(nowNs);
    up();
    inFlight(600_000);
    sample.newly = 900;
    sample.lost = 100;
    ack();
    round();
    sample.newly = 0;
    sample.lost = 0;
    int bound = bbr.cwndBytes();
    assertThat(bound).isLessThan(BDP);
    bbr.onRecoveryExit(nowNs); // of a path MTU probe, whose loss is not told
    assertThat(bbr.cwndBytes()).isEqualTo(bound);
    bbr.onRto(nowNs, BDP);
    bbr.onRecoveryExit(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(bound);
    bbr.onRto(nowNs, BDP);
    bbr.onUndo(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(bound);
  }

  // BBRSaveCwnd in ProbeRTT: the window from before it.
  @Test
  void aTimeoutInAProbeForTheShortestRoundTripKeepsTheWindowFromBeforeIt() {
    cruise();
    int before = bbr.cwndBytes();
    probeRtt();
    bbr.onRto(nowNs, BDP / 2);
    nowNs += SECOND;
    rounds(2);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
    bbr.onRecoveryExit(nowNs);
    assertThat(bbr.cwndBytes()).isEqualTo(before);
  }

  private void loseInAProbe() {
    cruise();
    up();
    inFlight(600_000);
    bbr.onLoss(nowNs, 600_000);
    sample.newly = 900;
    sample.lost = 100;
    ack();
    round();
    assertGain(0.9);
    sample.lost = 0;
  }

  // Section 5.5.11.2, BBRHandleSpuriousLossDetection: the probe goes on, and has found no bound.
  @Test
  void aProbeGoesOnWhenItsLossWasNone() {
    loseInAProbe();
    int bound = bbr.cwndBytes();
    bbr.onUndo(nowNs);
    sample.newly = 300_000;
    ack();
    assertGain(1.25);
    assertThat(bbr.cwndBytes()).isGreaterThan(bound + 100_000);
  }

  @Test
  void aProbeIsOverWhenItsLossWasOne() {
    loseInAProbe();
    int bound = bbr.cwndBytes();
    bbr.onRecoveryExit(nowNs);
    sample.newly = 300_000;
    ack();
    assertGain(0.9);
    assertThat(bbr.cwndBytes()).isLessThanOrEqualTo(bound + 2 * MSS);
  }

  @Test
  void startupGoesOnWhenItsLossesWereNone() {
    round();
    sample.delivered = 20_000;
    round();
    bbr.onLoss(nowNs, BDP);
    sample.lost = 100;
    for (int i = 0; i < 6; i++) {
      ack();
    }
    sample.lost = 0;
    round();
    assertThat(bbr.inSlowStart()).isFalse();
    bbr.onUndo(nowNs);
    assertThat(bbr.inSlowStart()).isTrue();
    ack();
    assertThat(bbr.inSlowStart()).isTrue();
  }

  // BBRSaveStateUponLoss: the bounds are as they were before, and not as if there had been none.
  @Test
  void onlyTheLastLossIsUndone() {
    cruise();
    sample.delivered = 8_000;
    round();
    sample.newly = 900;
    bbr.onLoss(nowNs, BDP);
    sample.lost = 100;
    ack();
    round();
    bbr.onRecoveryExit(nowNs);
    assertGain(0.8);
    sample.delivered = 5_000;
    sample.lost = 0;
    rounds(1);
    bbr.onLoss(nowNs, BDP);
    sample.lost = 100;
    ack();
    round();
    assertThat(bbr.pacingRateBytesPerSecond(0)).isLessThan((long) (0.75 * RATE));
    sample.lost = 0;
    bbr.onUndo(nowNs);
    ack();
    assertGain(0.8);
  }
}
