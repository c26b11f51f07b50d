package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IdleBenchTest {
  /** So many that what else happens in this JVM weighs little: 1 MB is 83 B of each. */
  private static final int CONNECTIONS = 12_000;

  /** What a connection with two subflows may take, heap and native memory together. */
  private static final double MOST_BYTES = 3500;

  private static IdleReport report;

  @BeforeAll
  static void measure() {
    report = new IdleBench(CONNECTIONS).run();
  }

  @Test
  void idleConnectionsHaveNeitherBuffersNorTimers() {
    assertThat(report.directBytes()).isZero();
    assertThat(report.idleWakeUpsPerSecond()).isZero();
  }

  @Test
  void idleConnectionsAreSmall() {
    assertThat(report.heapBytes() + report.directBytes()).isBetween(1000.0, MOST_BYTES);
  }

  @Test
  void saysWhatItMeasured() {
    assertThat(report.setUpRatio()).isPositive();
    assertThat(report.lines()).anyMatch(line -> line.startsWith("heap of the server"));
  }
}
