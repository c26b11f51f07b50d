package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random topologies, configurations and transfers; see {@link RandomScenario}. Settings: {@code
 * -Dsim.seed=N} runs that one only, {@code -Dsim.first=N} and {@code -Dsim.seeds=COUNT} a range.
 */
class SimulationSuiteTest {
  private static final int REPEAT_EVERY = 20;
  private static final int MAX_REPORTED = 5;

  private final List<String> failures = new ArrayList<>();

  @Test
  void everyTransferIsExactAndLeavesNothingBehind() {
    List<String> leaks = new ArrayList<>();
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
    Long only = Long.getLong("sim.seed");
    long first = only != null ? only : Long.getLong("sim.first", 0);
    long count = only != null ? 1 : Long.getLong("sim.seeds", 1000);
    for (long seed = first; seed < first + count; seed++) {
      run(seed, only != null || seed % REPEAT_EVERY == 0);
      if (failures.size() == MAX_REPORTED) {
        break;
      }
    }
    if (!failures.isEmpty()) {
      fail(String.join("\n", failures));
    }
    assertThat(leaks).isEmpty();
  }

  private void run(long seed, boolean twice) {
    try {
      long hash = once(seed);
      if (twice && once(seed) != hash) {
        failures.add("seed " + seed + " gives another trace the second time" + repeat(seed));
      }
    } catch (RuntimeException | AssertionError e) {
      failures.add("seed " + seed + ": " + e + at(e) + repeat(seed));
    }
  }

  private static long once(long seed) {
    try (RandomScenario scenario = new RandomScenario(seed)) {
      return scenario.run();
    }
  }

  private static String at(Throwable e) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < Math.min(12, e.getStackTrace().length); i++) {
      s.append("\n    at ").append(e.getStackTrace()[i]);
    }
    return s.toString();
  }

  private static String repeat(long seed) {
    return "\n  repeat with: mvn -pl mptcp-tests -am test -Dsurefire.failIfNoSpecifiedTests=false"
        + " -Dtest=SimulationSuiteTest -Dsim.seed="
        + seed;
  }
}
