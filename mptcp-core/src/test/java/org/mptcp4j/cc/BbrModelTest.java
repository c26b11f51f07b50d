package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.cc.TestFlow.MS;

import org.junit.jupiter.api.Test;

/** Section numbers are those of draft-ietf-ccwg-bbr. */
class BbrModelTest {
  private static final long CWND = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private final BbrModel model = new BbrModel();
  private final TestSample sample = new TestSample();
  private long nowNs = SECOND;

  private void ack() {
    model.onAck(nowNs, sample, CWND);
    model.endAck(sample);
  }

  /** So many bytes were delivered in a millisecond; no round begins. */
  private void rate(long delivered) {
    sample.prior = -1;
    sample.delivered = delivered;
    ack();
  }

  private void round() {
    sample.prior = sample.total;
    sample.total++;
    ack();
  }

  private void rtt(long atNs, long rttNs) {
    nowNs = atNs;
    sample.rttNs = rttNs;
    ack();
  }

  // Section 5.5.6: BBR.max_bw is the largest of two cycles of bandwidth probing.
  @Test
  void theBandwidthIsTheMostOfTwoCycles() {
    rate(10_000);
    rate(8_000);
    assertThat(model.maxBw()).isEqualTo(1e7);
    model.advanceMaxBw();
    rate(5_000);
    assertThat(model.maxBw()).isEqualTo(1e7);
    model.advanceMaxBw();
    assertThat(model.maxBw()).isEqualTo(5e6);
    model.advanceMaxBw();
    assertThat(model.maxBw()).isEqualTo(5e6);
  }

  // Section 5.5.5: a sample limited by the application counts only when it is not lower.
  @Test
  void whatTheApplicationLimitedLowersNothing() {
    rate(10_000);
    model.advanceMaxBw();
    sample.appLimited = true;
    rate(8_000);
    model.advanceMaxBw();
    assertThat(model.maxBw()).isEqualTo(1e7);
    rate(12_000);
    assertThat(model.maxBw()).isEqualTo(1.2e7);
  }

  // Section 5.5.1: a round is over when what was sent after its beginning is delivered.
  @Test
  void aRoundEndsWithWhatWasSentAfterItBegan() {
    sample.total = 1_000;
    ack();
    assertThat(model.isRoundStart()).isTrue();
    assertThat(model.rounds()).isEqualTo(1);
    sample.prior = 999;
    sample.total = 2_000;
    ack();
    assertThat(model.isRoundStart()).isFalse();
    sample.prior = 1_000;
    ack();
    assertThat(model.isRoundStart()).isTrue();
    assertThat(model.rounds()).isEqualTo(2);
    sample.total = 3_000;
    ack();
    model.startRound();
    sample.prior = 2_999;
    ack();
    assertThat(model.isRoundStart()).isFalse();
  }

  // Section 5.5.10.2: BBRLossThresh is 2 %, of what was delivered and lost in a round.
  @Test
  void lossIsHighAboveTwoPercentOfARound() {
    sample.newly = 9_800;
    sample.lost = 200;
    sample.prior = -1;
    ack();
    assertThat(model.isLossHigh()).isFalse();
    sample.newly = 0;
    sample.lost = 5;
    ack();
    assertThat(model.isLossHigh()).isTrue();
    // The acknowledgement that begins a round still belongs to the one before.
    sample.lost = 0;
    round();
    assertThat(model.isLossHigh()).isFalse();
  }

  // Section 5.3.1.3: BBRStartupFullLossCnt is 6.
  @Test
  void startupEndsWhenLossIsHighInSixPlaces() {
    sample.prior = -1;
    sample.newly = 10;
    sample.lost = 10;
    for (int i = 0; i < 5; i++) {
      ack();
    }
    assertThat(model.isStartupLossHigh()).isFalse();
    sample.lost = 0;
    ack();
    assertThat(model.isStartupLossHigh()).isFalse();
    sample.lost = 10;
    ack();
    assertThat(model.isStartupLossHigh()).isTrue();
    model.resetCongestionSignals();
    assertThat(model.isStartupLossHigh()).isFalse();
    assertThat(model.isLossHigh()).isFalse();
    for (int i = 0; i < 6; i++) {
      sample.newly = 10_000;
      ack();
    }
    assertThat(model.isStartupLossHigh()).isFalse();
  }

  // Section 5.5.10.3: BBRBeta is 0.7; the bounds do not fall under what was just delivered.
  @Test
  void highLossLowersTheBounds() {
    rate(10_000);
    model.resetCongestionSignals();
    model.adaptLowerBounds(100_000);
    assertThat(model.bw()).isEqualTo(1e7);
    assertThat(model.inflightLo()).isEqualTo(BbrModel.UNKNOWN);
    sample.newly = 900;
    sample.lost = 100;
    rate(5_000);
    model.adaptLowerBounds(100_000);
    assertThat(model.bw()).isEqualTo(7e6);
    assertThat(model.inflightLo()).isEqualTo(70_000);
    model.adaptLowerBounds(100_000);
    assertThat(model.bw()).isEqualTo(5e6);
    assertThat(model.inflightLo()).isEqualTo(49_000);
    model.adaptLowerBounds(6_000);
    assertThat(model.inflightLo()).isEqualTo(5_000);
    assertThat(model.maxBw()).isEqualTo(1e7);
    model.resetLowerBounds();
    assertThat(model.bw()).isEqualTo(1e7);
    assertThat(model.inflightLo()).isEqualTo(BbrModel.UNKNOWN);
  }

  // Section 5.5.10.3: in a new round the last acknowledgement is the most that was delivered.
  @Test
  void whatWasDeliveredIsForgottenInTheNextRound() {
    rate(10_000);
    sample.delivered = 4_000;
    round();
    sample.newly = 900;
    sample.lost = 100;
    rate(2_000);
    model.adaptLowerBounds(5_000);
    assertThat(model.bw()).isEqualTo(7e6);
    assertThat(model.inflightLo()).isEqualTo(4_000);
    model.adaptLowerBounds(5_000);
    model.adaptLowerBounds(5_000);
    assertThat(model.bw()).isEqualTo(4e6);
  }

  @Test
  void theProductOfBandwidthAndDelayIsKnownWithBoth() {
    assertThat(model.bdp(1e7, 5)).isEqualTo(5);
    sample.rttNs = 40 * MS;
    ack();
    assertThat(model.bdp(0, 5)).isEqualTo(5);
    assertThat(model.bdp(1e7, 5)).isEqualTo(400_000);
  }

  // Section 5.3.4.1: ProbeRTTInterval is 5 s, MinRTTFilterLen 10 s.
  @Test
  void theShortestRoundTripIsThatOfTenSecondsAndProbedForAfterFive() {
    rtt(SECOND, 0);
    assertThat(model.minRttNs()).isEqualTo(BbrModel.UNKNOWN);
    rtt(100 * SECOND, 0);
    assertThat(model.minRttNs()).isEqualTo(BbrModel.UNKNOWN);
    assertThat(model.isProbeRttDue()).isFalse();
    rtt(101 * SECOND, 30 * MS);
    rtt(106 * SECOND, 50 * MS);
    assertThat(model.isProbeRttDue()).isFalse();
    rtt(106 * SECOND + 1, 50 * MS);
    assertThat(model.isProbeRttDue()).isTrue();
    rtt(111 * SECOND, 60 * MS);
    assertThat(model.isProbeRttDue()).isFalse();
    assertThat(model.minRttNs()).isEqualTo(30 * MS);
    rtt(111 * SECOND + 1, 60 * MS);
    assertThat(model.isProbeRttDue()).isFalse();
    assertThat(model.minRttNs()).isEqualTo(50 * MS);
    rtt(111 * SECOND + 2, 20 * MS);
    assertThat(model.minRttNs()).isEqualTo(20 * MS);
    model.probedRtt(115 * SECOND);
    rtt(120 * SECOND, 60 * MS);
    assertThat(model.isProbeRttDue()).isFalse();
    rtt(120 * SECOND + 1, 60 * MS);
    assertThat(model.isProbeRttDue()).isTrue();
  }

  // Section 5.5.9: what is acknowledged beyond the rate, the most of ten rounds, at most a window.
  @Test
  void acknowledgementsThatComeInBurstsAreExpected() {
    sample.newly = 50_000;
    rate(10_000);
    assertThat(model.extraAcked()).isEqualTo(50_000);
    nowNs += MS;
    sample.newly = 30_000;
    rate(10_000);
    assertThat(model.extraAcked()).isEqualTo(70_000);
    nowNs += 100 * MS;
    sample.newly = 1_000;
    rate(10_000);
    assertThat(model.extraAcked()).isEqualTo(70_000);
    sample.newly = 100;
    for (int i = 0; i < 9; i++) {
      nowNs += 100 * MS;
      round();
      assertThat(model.extraAcked()).isEqualTo(70_000);
    }
    nowNs += 100 * MS;
    round();
    assertThat(model.extraAcked()).isEqualTo(100);
    sample.newly = 2_000_000;
    nowNs += 100 * MS;
    rate(10_000);
    assertThat(model.extraAcked()).isEqualTo(CWND);
  }
}
