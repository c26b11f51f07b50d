package org.mptcp4j.lab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasureTest {
  @Test
  void percentilesAreMeasuredValuesToThreeDigits() {
    Percentiles times = new Percentiles();
    for (int i = 10_000; i >= 1; i--) {
      times.add(i);
    }
    assertThat(times.at(0)).isEqualTo(1);
    assertThat(times.at(0.1)).isEqualTo(1000);
    assertThat(times.at(0.5)).isBetween(5000L, 5005L);
    assertThat(times.at(0.99)).isBetween(9900L, 9910L);
    assertThat(times.at(1)).isBetween(10_000L, 10_010L);
    assertThat(new Percentiles().at(0.5)).isZero();
  }

  @Test
  void noTimeIsLeftOutHoweverManyThereAre() {
    Percentiles times = new Percentiles();
    int each = 9_000_000;
    for (int i = 0; i < each; i++) {
      times.add(1_000);
    }
    for (int i = 0; i < each; i++) {
      times.add(2_000_000);
    }
    assertThat(times.count()).isEqualTo(2L * each);
    assertThat(times.at(0.5)).isEqualTo(1_000);
    assertThat(times.at(0.51)).isBetween(2_000_000L, 2_002_000L);
  }

  @Test
  void hoursAreTimesToo() {
    Percentiles times = new Percentiles();
    times.add(1);
    times.add(36_000_000_000_000L);
    assertThat(times.at(1)).isBetween(36_000_000_000_000L, 36_036_000_000_000L);
  }

  @Test
  void busyIsEverythingButIdleAndWaiting() {
    assertThat(MachineCpu.busySeconds("cpu  100 20 300 99999 88888 40 5 0 0 0")).isEqualTo(4.65);
  }
}
