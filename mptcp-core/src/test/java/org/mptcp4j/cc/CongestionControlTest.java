package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an algorithm does that says no more than it must. */
class CongestionControlTest {

  private static class Least implements CongestionControl {
    final List<String> calls = new ArrayList<>();
    int cwnd = 10_000;

    @Override
    public int cwndBytes() {
      return cwnd;
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {}

    @Override
    public void onLoss(long nowNs, int inFlightBytes) {
      calls.add("loss " + nowNs + " " + inFlightBytes);
    }

    @Override
    public void onRto(long nowNs, int inFlightBytes) {}

    @Override
    public void onRecoveryExit(long nowNs) {
      calls.add("exit " + nowNs);
    }
  }

  private final Least control = new Least();

  @Test
  void marksAreALossThatIsRepairedAtOnce() {
    control.onCongestionExperienced(5, 100);
    assertThat(control.calls).containsExactly("loss 5 100", "exit 5");
  }

  @Test
  void anUndoneRecoveryIsOver() {
    control.onUndo(7);
    assertThat(control.calls).containsExactly("exit 7");
  }

  // RFC 5681 section 3.1: slow start is used when cwnd < ssthresh, which begins arbitrarily high.
  @Test
  void slowStartIsUnderTheThreshold() {
    assertThat(control.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
    assertThat(control.inSlowStart()).isTrue();
    control.cwnd = Integer.MAX_VALUE;
    assertThat(control.inSlowStart()).isFalse();
  }

  @Test
  void aPacedWindowLeavesInLessThanARoundTrip() {
    assertThat(control.needsPacing()).isFalse();
    assertThat(control.pacingRateBytesPerSecond(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(control.pacingRateBytesPerSecond(10_000_000)).isEqualTo(2_000_000);
    control.cwnd = Integer.MAX_VALUE;
    assertThat(control.pacingRateBytesPerSecond(1_000_000_000))
        .isEqualTo((long) (1.2 * Integer.MAX_VALUE));
  }
}
