package org.mptcp4j.lab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasureTest {
  @Test
  void percentilesAreMeasuredValues() {
    Percentiles times = new Percentiles();
    for (int i = 10_000; i >= 1; i--) {
      times.add(i);
    }
    assertThat(times.at(0)).isEqualTo(1);
    assertThat(times.at(0.5)).isEqualTo(5000);
    assertThat(times.at(0.99)).isEqualTo(9900);
    assertThat(times.at(1)).isEqualTo(10_000);
    assertThat(new Percentiles().at(0.5)).isZero();
  }

  @Test
  void busyIsEverythingButIdleAndWaiting() {
    assertThat(MachineCpu.busySeconds("cpu  100 20 300 99999 88888 40 5 0 0 0")).isEqualTo(4.65);
  }
}
