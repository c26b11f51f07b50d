package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.cc.TestFlow.MSS;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewRenoTest {

  private final TestFlow flow = new TestFlow().start("reno");

  // RFC 5681 section 3.1: one segment per round trip.
  @Test
  void congestionAvoidanceAddsOneSegmentPerWindow() {
    flow.start("reno", 20, 40);
    flow.control.onLoss(0, 20 * MSS);
    flow.control.onRecoveryExit(0);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    for (int i = 0; i < 5; i++) {
      flow.ack(0, 2 * MSS, 10 * MSS);
    }
    assertThat(flow.cwndBytes()).isEqualTo(11 * MSS);
  }

  // RFC 5681 section 3.1, equation 4: never under two segments.
  @Test
  void thresholdIsNeverUnderTwoSegments() {
    flow.control.onRto(0, MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(2 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
  }

  @Test
  void slowStartEndsAtTheThreshold() {
    flow.start("reno", 16, 32);
    flow.control.onRto(0, 16 * MSS);
    flow.ack(0, 64 * MSS, 64 * MSS);
    // Of 64 segments 7 are slow start's; 8 + 9 + 10 + 11 + 12 are windows of congestion avoidance.
    assertThat(flow.cwndBytes()).isEqualTo(13 * MSS);
    assertThat(flow.control.inSlowStart()).isFalse();
  }

  // RFC 5681 section 3.2: the window does not grow while losses are repaired.
  @Test
  void acknowledgementsInRecoveryDoNotOpenTheWindow() {
    flow.start("reno", 20, 40);
    flow.control.onLoss(0, 20 * MSS);
    flow.recovering = true;
    flow.ack(0, 30 * MSS, 20 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
  }

  // RFC 4015 section 3.2 and RFC 5682 section 3: what was taken for no loss is given back.
  @Test
  void whatWasTakenForNoLossIsGivenBack() {
    flow.control.onLoss(0, 10 * MSS);
    flow.control.onUndo(0);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    flow.control.onRto(0, 10 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
    flow.control.onUndo(0);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void theWindowIsNeverUnderOneSegmentOfTheNewSize() {
    flow.control.onRto(0, 10 * MSS);
    flow.mss = 4 * MSS;
    flow.control.onMssChange();
    assertThat(flow.cwndBytes()).isEqualTo(4 * MSS);
  }

  // RFC 5681 section 3.1: after a timeout the window is one segment, also when it becomes smaller.
  @Test
  void aWindowOfOneSegmentStaysOneWhenSegmentsBecomeSmaller() {
    flow.control.onRto(0, 10 * MSS);
    flow.mss = MSS * 3 / 4;
    flow.control.onMssChange();
    assertThat(flow.cwndBytes()).isEqualTo(MSS * 3 / 4);
    flow.ack(0, MSS * 3 / 4);
    flow.mss = MSS / 2;
    flow.control.onMssChange();
    assertThat(flow.cwndBytes()).isEqualTo(MSS * 3 / 2);
  }

  @Test
  void itGoesOnWithTheWindowOfItsPredecessor() {
    flow.start("reno", 30, 20);
    assertThat(flow.cwndBytes()).isEqualTo(30 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(20 * MSS);
  }

  // RFC 7661 section 4.2: slow start goes on while more than half of the window is used.
  @Test
  void slowStartGrowsWhenMoreThanHalfOfTheWindowIsUsed() {
    flow.ack(0, MSS, 5 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    flow.ack(0, MSS, 5 * MSS + 1);
    assertThat(flow.cwndBytes()).isEqualTo(11 * MSS);
  }

  // RFC 7661 section 4.2, with the room of a super-segment: an eighth, at most 64 KB.
  @Test
  void congestionAvoidanceGrowsWhenTheWindowIsUsed() {
    flow.start("reno", 20, 20);
    flow.ack(0, 100 * MSS, 20 * MSS - MSS - 20 * MSS / 8);
    assertThat(flow.cwndBytes()).isEqualTo(20 * MSS);
    flow.ack(0, 20 * MSS, 20 * MSS - MSS - 20 * MSS / 8 + 1);
    assertThat(flow.cwndBytes()).isEqualTo(21 * MSS);
    flow.start("reno", 1000, 1000);
    flow.ack(0, 1000 * MSS, 1000 * MSS - MSS - 65_536);
    assertThat(flow.cwndBytes()).isEqualTo(1000 * MSS);
    flow.ack(0, 1000 * MSS, 1000 * MSS - MSS - 65_535);
    assertThat(flow.cwndBytes()).isEqualTo(1001 * MSS);
  }

  // RFC 8511 section 3: beta_ecn is 0.8, of what was in flight or of half the window.
  @Test
  void marksTakeAFifth() {
    flow.start("reno", 100, 50);
    flow.control.onCongestionExperienced(0, 60 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(48 * MSS);
    flow.start("reno", 100, 50);
    flow.control.onCongestionExperienced(0, 10 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(40 * MSS);
  }

  @Test
  void aReductionAndItsUndoingBeginANewWindowOfAcknowledgements() {
    flow.start("reno", 10, 10);
    flow.ack(0, 9 * MSS);
    flow.control.onLoss(0, 10 * MSS);
    flow.ack(0, 4 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(5 * MSS);
    flow.control.onUndo(0);
    flow.ack(0, 9 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    flow.ack(0, MSS);
    assertThat(flow.cwndBytes()).isEqualTo(11 * MSS);
  }

  @Test
  void pacingIsTwiceTheWindowARoundTripInSlowStartAndAFifthMoreAfterIt() {
    assertThat(flow.control.needsPacing()).isFalse();
    assertThat(flow.control.pacingRateBytesPerSecond(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(flow.control.pacingRateBytesPerSecond(20 * TestFlow.MS)).isEqualTo(1_000_000);
    flow.control.onLoss(0, 10 * MSS);
    assertThat(flow.control.pacingRateBytesPerSecond(20 * TestFlow.MS)).isEqualTo(300_000);
  }

  @Test
  void aTimeoutInARecoveryIsOfTheSameWindow() {
    flow.control.onLoss(0, 10 * MSS);
    flow.control.onRtoInRecovery(0, 10 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(5 * MSS);
    flow.control.onUndo(0);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  // RFC 2861 section 3.
  @Test
  void afterIdleTimeTheThresholdRemembersTheWindow() {
    flow.start("reno", 40, 20);
    flow.control.onIdle(0, 5_000_000_000L);
    assertThat(flow.cwndBytes()).isEqualTo(10 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(30 * MSS);
    flow.control.onIdle(0, 5_000_000_000L);
    assertThat(flow.ssthreshBytes()).isEqualTo(30 * MSS);
  }

  // RFC 2861 section 3.1, RFC 5681 section 4.1: half for each timeout of a pause, down to the
  // initial
  // window, whether the window is kept while something is sent or not.
  @ParameterizedTest
  @CsvSource({
    "200, 40",
    "201, 20",
    "400, 20",
    "401, 10",
    "1000, 10",
    "10000000, 10",
  })
  void everyPauseTakesFromTheWindow(long pauseMs, int segments) {
    for (String algorithm : List.of("reno", "cubic", "lia")) {
      for (long validNs : new long[] {200 * TestFlow.MS, Long.MAX_VALUE}) {
        flow.windowValidNs = validNs;
        flow.start(algorithm, 40, 20);
        flow.control.onIdle(0, pauseMs * TestFlow.MS);
        assertThat(flow.cwndBytes()).as(algorithm).isEqualTo(segments * MSS);
        assertThat(flow.ssthreshBytes()).as(algorithm).isEqualTo(30 * MSS);
      }
    }
  }

  // RFC 5681 section 4.1: RW = min(IW, cwnd), so that a smaller window stays.
  @Test
  void aWindowBelowTheInitialOneStaysAfterAPause() {
    for (String algorithm : List.of("reno", "cubic", "lia")) {
      flow.start(algorithm, 3, 20);
      flow.control.onIdle(0, 10_000 * TestFlow.MS);
      assertThat(flow.cwndBytes()).as(algorithm).isEqualTo(3 * MSS);
    }
  }

  // RFC 2861 section 3, as Linux: half of what is unused is given up in each retransmission
  // timeout.
  @Test
  void aWindowThatIsNotUsedDecaysToWhatIs() {
    flow.start("reno", 40, 20);
    flow.windowValidNs = 200 * TestFlow.MS;
    flow.ack(1_000 * TestFlow.MS, 40 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(41 * MSS);
    flow.ack(1_199 * TestFlow.MS, MSS, 15 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo(41 * MSS);
    flow.ack(1_200 * TestFlow.MS, MSS, 2 * MSS);
    assertThat(flow.cwndBytes()).isEqualTo((41 + 15) * MSS / 2);
    assertThat(flow.ssthreshBytes()).isEqualTo(3 * 41 * MSS / 4);
    for (int i = 0; i < 2_000; i++) {
      flow.ack((1_200 + i) * TestFlow.MS, MSS, 2 * MSS);
    }
    // Not below the initial window.
    assertThat(flow.cwndBytes()).isBetween(10 * MSS, 11 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(3 * 41 * MSS / 4);
  }

  // RFC 5681 section 3.1: one segment for each window of it, and nothing for what a larger one had.
  @ParameterizedTest
  @ValueSource(strings = {"reno", "lia"})
  void aWindowThatDecayedGrowsNoSoonerForWhatWasAcknowledgedBefore(String algorithm) {
    flow.start(algorithm, 40, 20);
    flow.windowValidNs = 200 * TestFlow.MS;
    flow.ack(1_000 * TestFlow.MS, 39 * MSS);
    int before = flow.cwndBytes();
    flow.ack(1_250 * TestFlow.MS, MSS, 2 * MSS);
    assertThat(flow.cwndBytes()).isLessThan(before);
    while (flow.control.inSlowStart()) {
      flow.ack(1_260 * TestFlow.MS, 1, 40 * MSS);
    }
    int threshold = flow.cwndBytes();
    for (int i = 0; i < 25; i++) {
      flow.ack(1_260 * TestFlow.MS, MSS, 40 * MSS);
    }
    assertThat(flow.cwndBytes()).isLessThan(threshold + MSS);
  }

  @Test
  void aWindowThatIsUsedOnceInATimeoutStays() {
    flow.start("reno", 40, 20);
    flow.windowValidNs = 200 * TestFlow.MS;
    for (int i = 0; i < 100; i++) {
      flow.ack(i * 100 * TestFlow.MS, MSS, i % 2 == 0 ? 40 * MSS : 2 * MSS);
    }
    assertThat(flow.cwndBytes()).isGreaterThanOrEqualTo(40 * MSS);
  }

  @Test
  void thereIsNoThresholdBeforeTheFirstLossAfterPausesEither() {
    flow.start("reno");
    flow.windowValidNs = 200 * TestFlow.MS;
    flow.ack(1_000 * TestFlow.MS, 10 * MSS);
    flow.ack(2_000 * TestFlow.MS, MSS, MSS);
    assertThat(flow.cwndBytes()).isEqualTo(15 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  // RFC 5681 section 3.2 step 2: what limited transmit sends goes beyond the window.
  @ParameterizedTest
  @CsvSource({"reno, 5", "lia, 5", "cubic, 7"})
  void whatLimitedTransmitSentDoesNotCount(String algorithm, int segments) {
    flow.start(algorithm, 10, 20);
    flow.control.onLoss(0, 12 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(segments * MSS);
    flow.start(algorithm, 10, 20);
    flow.control.onRto(0, 12 * MSS);
    assertThat(flow.ssthreshBytes()).isEqualTo(segments * MSS);
  }
}
