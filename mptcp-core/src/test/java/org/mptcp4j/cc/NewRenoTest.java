package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NewRenoTest {

  private static final int MSS = 1000;

  private final NewReno reno = new NewReno();

  // RFC 6928 section 2.
  @Test
  void initialWindowIsTenSegmentsButNoMoreThan14600BytesForLargeOnes() {
    reno.start(0, 1460);
    assertThat(reno.cwndBytes()).isEqualTo(14_600);
    reno.start(0, 8960);
    assertThat(reno.cwndBytes()).isEqualTo(17_920);
    reno.start(0, 536);
    assertThat(reno.cwndBytes()).isEqualTo(5_360);
  }

  // RFC 5681 section 3.1: one segment per round trip.
  @Test
  void congestionAvoidanceAddsOneSegmentPerWindow() {
    reno.start(0, MSS);
    reno.onLoss(0, 20 * MSS);
    reno.onRecoveryExit(0);
    assertThat(reno.cwndBytes()).isEqualTo(10 * MSS);
    for (int i = 0; i < 5; i++) {
      reno.onAck(0, 2 * MSS, 0, 10 * MSS);
    }
    assertThat(reno.cwndBytes()).isEqualTo(11 * MSS);
  }

  // RFC 5681 section 3.1, equation 4: never under two segments.
  @Test
  void thresholdIsNeverUnderTwoSegments() {
    reno.start(0, MSS);
    reno.onRto(0, MSS);
    assertThat(reno.ssthreshBytes()).isEqualTo(2 * MSS);
    assertThat(reno.cwndBytes()).isEqualTo(MSS);
  }

  // RFC 4015 section 3.2.
  @Test
  void aReductionForNothingIsTakenBack() {
    reno.start(0, MSS);
    reno.onAck(0, 30 * MSS, 0, 40 * MSS);
    reno.onLoss(0, 40 * MSS);
    reno.undo(0);
    assertThat(reno.cwndBytes()).isEqualTo(40 * MSS);
    assertThat(reno.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    reno.onRto(0, 40 * MSS);
    assertThat(reno.cwndBytes()).isEqualTo(MSS);
    reno.undo(0);
    assertThat(reno.cwndBytes()).isEqualTo(40 * MSS);
    assertThat(reno.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void slowStartEndsAtTheThreshold() {
    reno.start(0, MSS);
    reno.onRto(0, 16 * MSS);
    reno.onAck(0, 64 * MSS, 0, 64 * MSS);
    assertThat(reno.cwndBytes()).isBetween(8 * MSS, 15 * MSS);
    assertThat(reno.inSlowStart()).isFalse();
  }

  @Test
  void anUnknownNameIsRefusedWithTheChoice() {
    assertThat(CongestionControls.byName("reno").get()).isInstanceOf(NewReno.class);
    assertThat(CongestionControls.byName("cubic").get().name()).isEqualTo("cubic");
    assertThatThrownBy(() -> CongestionControls.byName("vegas"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[cubic, reno]");
  }
}
