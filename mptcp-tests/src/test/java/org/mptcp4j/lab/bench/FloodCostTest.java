package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every flood reaches its state in memory, and none is made larger by answers. */
class FloodCostTest {
  @ParameterizedTest
  @EnumSource
  void aPacketHasOneAnswerAtMost(FloodKind kind) {
    try (FloodCost flood = new FloodCost(kind, 60_000)) {
      FloodCost.Cost cost = flood.measure(6_000, 6_000);
      assertThat(cost.kind()).isEqualTo(kind);
      assertThat(cost.ns()).isPositive();
      // Beside those to the flood, SYN/ACKs of connections that are half open are repeated.
      assertThat(cost.answers()).isLessThan(1.5);
    }
  }
}
