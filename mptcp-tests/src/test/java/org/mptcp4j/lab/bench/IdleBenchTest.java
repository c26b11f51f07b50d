package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleBenchTest {
  @Test
  void idleConnectionsHaveNeitherBuffersNorTimers() {
    IdleReport report = new IdleBench(200).run();
    assertThat(report.directBytes()).isZero();
    assertThat(report.idleWakeUpsPerSecond()).isZero();
    assertThat(report.setUpRatio()).isPositive();
    assertThat(report.lines()).anyMatch(line -> line.startsWith("heap of the server"));
  }
}
