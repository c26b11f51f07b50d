package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 9937 section 6.2. */
class PrrTest {

  private static final int MSS = 100;

  private final Prr prr = new Prr();

  /** An acknowledgement of one segment; sends what is admitted, in whole segments. */
  private long step(boolean safe, long inflight) {
    prr.onAck(MSS, safe, inflight, MSS);
    long sent = Math.max(0, prr.roomBytes() / MSS * MSS);
    prr.onSent(sent);
    return sent;
  }

  @Test
  void aThirdOfTheSegmentsIsHeldBackEvenlyWhenTheWindowShrinksByAThird() {
    // Twenty segments in flight, one lost, a target of fourteen.
    prr.begin(20 * MSS, 14 * MSS);
    long inflight = 18 * MSS;
    long longestSilence = 0;
    long silence = 0;
    long most = 0;
    for (int i = 0; i < 19; i++) {
      long sent = step(false, inflight);
      inflight += sent - MSS;
      most = Math.max(most, sent);
      silence = sent == 0 ? silence + 1 : 0;
      longestSilence = Math.max(longestSilence, silence);
    }
    assertThat(most).isEqualTo(MSS);
    assertThat(longestSilence).isLessThanOrEqualTo(2);
    assertThat(inflight + MSS).isEqualTo(14 * MSS);
  }

  @Test
  void theFirstRetransmissionIsForced() {
    prr.begin(20 * MSS, 10 * MSS);
    prr.onAck(1, false, 19 * MSS, MSS);
    assertThat(prr.roomBytes()).isEqualTo(MSS);
  }

  @Test
  void underTheTargetAnUncertainAckAdmitsWhatItDelivered() {
    // The conservative reduction bound.
    prr.begin(20 * MSS, 10 * MSS);
    prr.onSent(MSS);
    prr.onAck(3 * MSS, false, 2 * MSS, MSS);
    assertThat(prr.roomBytes()).isEqualTo(3 * MSS);
  }

  @Test
  void underTheTargetASafeAckAdmitsOneSegmentMore() {
    // The slow start reduction bound.
    prr.begin(20 * MSS, 10 * MSS);
    prr.onSent(MSS);
    prr.onAck(3 * MSS, true, 2 * MSS, MSS);
    assertThat(prr.roomBytes()).isEqualTo(4 * MSS);
  }

  @Test
  void neverMoreThanTheTarget() {
    prr.begin(20 * MSS, 10 * MSS);
    prr.onSent(MSS);
    prr.onAck(15 * MSS, true, 4 * MSS, MSS);
    assertThat(prr.roomBytes()).isEqualTo(6 * MSS);
  }

  @Test
  void anAckThatDeliversNothingAdmitsNothing() {
    prr.begin(20 * MSS, 10 * MSS);
    prr.onAck(MSS, false, 5 * MSS, MSS);
    prr.onSent(MSS);
    prr.onAck(0, false, 5 * MSS, MSS);
    assertThat(prr.roomBytes()).isZero();
  }

  // CEIL(prr_delivered * ssthresh / RecoverFS) - prr_out.
  @Test
  void aboveTheTargetTheProportionIsRoundedUp() {
    prr.begin(3000, 1000);
    prr.onSent(10);
    prr.onAck(100, false, 1500, MSS);
    assertThat(prr.roomBytes()).isEqualTo(34 - 10);
    prr.onAck(200, false, 1500, MSS);
    assertThat(prr.roomBytes()).isEqualTo(100 - 10);
  }

  @Test
  void atTheTargetNothingIsAdmitted() {
    prr.begin(20 * MSS, 10 * MSS);
    prr.onSent(MSS);
    prr.onAck(3 * MSS, false, 10 * MSS, MSS);
    assertThat(prr.roomBytes()).isZero();
  }

  @Test
  void onlyAnAckThatDeliversSomethingIsSafe() {
    prr.begin(20 * MSS, 10 * MSS);
    prr.onAck(MSS, false, 5 * MSS, MSS);
    prr.onSent(MSS);
    prr.onAck(0, true, 5 * MSS, MSS);
    assertThat(prr.roomBytes()).isZero();
  }
}
