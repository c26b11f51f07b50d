package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.cc.TestFlow.MS;
import static org.mptcp4j.cc.TestFlow.MSS;

import org.junit.jupiter.api.Test;

/** Section numbers are those of RFC 9406. */
class HyStartTest {

  private final TestFlow flow = new TestFlow().start("cubic");

  /** One round trip with all of the window used, acknowledged by pairs of segments. */
  private void round(long rttNs) {
    flow.srttNs = rttNs;
    flow.beginRound();
    int cwnd = flow.cwndBytes();
    for (int acked = 0; acked < cwnd; acked += 2 * MSS) {
      flow.ack(0, Math.min(2 * MSS, cwnd - acked), cwnd);
    }
  }

  @Test
  void slowStartDoublesWhileRoundTripsStayTheSame() {
    for (int i = 0; i < 6; i++) {
      round(40 * MS);
    }
    assertThat(flow.cwndBytes()).isEqualTo(640 * MSS);
  }

  // Section 4.2: currentRoundMinRTT >= lastRoundMinRTT + RttThresh, here 40 ms / 8, after 8
  // samples;
  // then the window grows by a quarter of what is acknowledged.
  @Test
  void aLongerRoundTripEndsTheDoubling() {
    round(40 * MS);
    round(40 * MS);
    round(44 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(80 * MSS);
    round(50 * MS);
    // Of 40 acknowledgements the first 7 count whole.
    int expected = 80 * MSS + 7 * 2 * MSS + 33 * MSS / 2;
    assertThat(flow.cwndBytes()).isEqualTo(expected);
    assertThat(flow.control.inSlowStart()).isTrue();
  }

  // Section 4.2: after CSS_ROUNDS rounds ssthresh = cwnd, and congestion avoidance begins.
  @Test
  void fiveConservativeRoundsEndSlowStart() {
    round(40 * MS);
    round(40 * MS);
    round(40 * MS);
    for (int i = 0; i < 5; i++) {
      round(60 * MS);
      assertThat(flow.control.inSlowStart()).isTrue();
    }
    round(60 * MS);
    assertThat(flow.control.inSlowStart()).isFalse();
    assertThat(flow.ssthreshBytes()).isLessThan(Integer.MAX_VALUE);
    int cwnd = flow.cwndBytes();
    round(60 * MS);
    assertThat(flow.cwndBytes()).isLessThan(cwnd + cwnd / 8);
  }

  // Section 4.2: when the round trip falls under the baseline, the exit was spurious.
  @Test
  void aShorterRoundTripResumesSlowStart() {
    round(40 * MS);
    round(40 * MS);
    round(60 * MS);
    round(40 * MS);
    int cwnd = flow.cwndBytes();
    round(40 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(2 * cwnd);
  }

  // Section 4.3: N_RTT_SAMPLE = 8: fewer samples say nothing.
  @Test
  void fewSamplesSayNothing() {
    for (int i = 1; i <= 6; i++) {
      flow.srttNs = i * 40 * MS;
      flow.beginRound();
      int cwnd = flow.cwndBytes();
      for (int quarter = 0; quarter < 4; quarter++) {
        flow.ack(0, cwnd / 4, cwnd);
      }
      assertThat(flow.cwndBytes()).isEqualTo(2 * cwnd);
    }
  }

  // Section 4.3: only the initial slow start, before ssthresh is known.
  @Test
  void slowStartAfterATimeoutIsTheUsualOne() {
    for (int i = 0; i < 6; i++) {
      round(40 * MS);
    }
    flow.control.onRto(0, 640 * MSS);
    for (int i = 1; i <= 8; i++) {
      round(i * 40 * MS);
    }
    assertThat(flow.control.inSlowStart()).isTrue();
    assertThat(flow.cwndBytes()).isEqualTo(256 * MSS);
  }

  // Section 4.2: RttThresh itself is enough.
  @Test
  void aRoundTripLongerByTheThresholdEndsTheDoubling() {
    round(40 * MS);
    round(40 * MS);
    round(45 * MS);
    assertThat(flow.cwndBytes()).isLessThan(80 * MSS);
  }

  @Test
  void acknowledgementsWithoutARoundTripTimeSayNothing() {
    round(40 * MS);
    round(0);
    round(40 * MS);
    assertThat(flow.cwndBytes()).isEqualTo(80 * MSS);
  }
}
