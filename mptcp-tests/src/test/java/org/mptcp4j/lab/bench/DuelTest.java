package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DuelTest {
  @Test
  void turnsAreWeighedByWhatTheyMeasured() {
    List<Map<String, Double>> turns =
        List.of(
            Map.of("per_second", 10.0, "p99_us", 20.0),
            Map.of("per_second", 20.0, "p99_us", 500.0),
            Map.of("per_second", 60.0, "p99_us", 22.0));
    assertThat(Duel.ofTurns(turns))
        .containsExactlyInAnyOrderEntriesOf(Map.of("per_second", 30.0, "p99_us", 22.0));
  }

  @Test
  void whatATurnHasNotMeasuredIsLeftOut() {
    assertThat(Duel.ofTurns(List.of(Map.of("a", 1.0, "b", 2.0), Map.of("a", 3.0))))
        .isEqualTo(Map.of("a", 2.0));
  }
}
