package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random topologies, configurations and transfers, see {@link RandomScenario}, random ends of
 * connections, see {@link ClosingScenario}, and each end in each setting, see {@link
 * EveryEndScenario}. Settings: {@code -Dsim.seed=N} runs that one only, {@code -Dsim.first=N} and
 * {@code -Dsim.seeds=COUNT} a range.
 */
class SimulationSuiteTest {
  private static final int REPEAT_EVERY = 20;
  private static final int MAX_REPORTED = 5;

  private final List<String> failures = new ArrayList<>();

  @Test
  void everyTransferIsExactAndLeavesNothingBehind() {
    runAll(
        1000,
        "everyTransferIsExactAndLeavesNothingBehind",
        RandomScenario::new,
        RandomScenario::run);
  }

  @Test
  void everyTransferSurvivesFailuresOnItsWay() {
    runAll(
        500,
        "everyTransferSurvivesFailuresOnItsWay",
        seed -> new RandomScenario(seed).withHazards(),
        RandomScenario::run);
  }

  @Test
  void nothingThatComesFromThePeerBreaksAStack() {
    runAll(
        500,
        "nothingThatComesFromThePeerBreaksAStack",
        RandomScenario::new,
        RandomScenario::runHostile);
  }

  /** A mapping whose beginning was changed on the way overlaps the one before it. */
  @Test
  void aMappingThatBeginsInTheLastOneBreaksNothing() {
    assertThat(run(34354, true, RandomScenario::new, RandomScenario::runHostile)).isNull();
  }

  @Test
  void packetsMayComeInAtAnyOfSeveralStacks() {
    runAll(
        300,
        "packetsMayComeInAtAnyOfSeveralStacks",
        seed -> RandomScenario.onSeveralStacks(seed).withHazards(),
        RandomScenario::run);
  }

  @Test
  void nothingThatComesFromThePeerBreaksSeveralStacks() {
    runAll(
        200,
        "nothingThatComesFromThePeerBreaksSeveralStacks",
        RandomScenario::onSeveralStacks,
        RandomScenario::runHostile);
  }

  @Test
  void whateverEndsBothSidesKnow() {
    runAll(1000, "whateverEndsBothSidesKnow", ClosingScenario::new, ClosingScenario::run);
  }

  @Test
  void whereverAnEndComesBothSidesKnow() {
    runAll(1000, "whereverAnEndComesBothSidesKnow", EveryEndScenario::new, EveryEndScenario::run);
  }

  /**
   * RFC 8684 section 3.7: between MP_FAIL and its answer another subflow ended and what it carried
   * was to be sent again, or came up and was reset, or the answer was lost and an infinite mapping
   * stood for it.
   */
  @ParameterizedTest
  @ValueSource(longs = {19364, 21480, 23358})
  void theAnswerToMpFailFindsWhatItWasAskedAbout(long seed) {
    assertThat(run(seed, true, EveryEndScenario::new, EveryEndScenario::run)).isNull();
  }

  /**
   * RFC 8684 section 3.7: one end goes on as TCP while a join of the other is half open, which the
   * other may count as a subflow already; or it sends again what its peer is about to take as it
   * is.
   */
  @ParameterizedTest
  @ValueSource(longs = {24680, 27488, 38538, 200000})
  void nobodyFallsBackSilentlyWhileAJoinIsHalfOpen(long seed) {
    assertThat(run(seed, true, EveryEndScenario::new, EveryEndScenario::run)).isNull();
  }

  /** Nobody reads any more, and the peer has fallen back: it must not see an orderly end. */
  @ParameterizedTest
  @ValueSource(longs = {30136, 48128, 111048})
  void anEndThatLosesInputDoesNotLookOrderlyAfterAFallback(long seed) {
    assertThat(run(seed, true, EveryEndScenario::new, EveryEndScenario::run)).isNull();
  }

  private <S extends AutoCloseable> void runAll(
      int defaultCount, String test, LongFunction<S> scenarios, ToLongFunction<S> run) {
    List<String> leaks = new ArrayList<>();
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
    Long only = Long.getLong("sim.seed");
    long first = only != null ? only : Long.getLong("sim.first", 0);
    long count = only != null ? 1 : Long.getLong("sim.seeds", defaultCount);
    for (long seed = first; seed < first + count && failures.size() < MAX_REPORTED; seed++) {
      boolean twice = only != null || seed % REPEAT_EVERY == 0;
      String failure = run(seed, twice, scenarios, run);
      if (failure != null) {
        failures.add("seed " + seed + ": " + failure + repeat(test, seed));
      }
    }
    if (!failures.isEmpty()) {
      fail(String.join("\n", failures));
    }
    assertThat(leaks).isEmpty();
  }

  private static <S extends AutoCloseable> String run(
      long seed, boolean twice, LongFunction<S> scenarios, ToLongFunction<S> run) {
    try {
      long hash = once(seed, scenarios, run);
      return twice && once(seed, scenarios, run) != hash ? "another trace the second time" : null;
    } catch (Exception | AssertionError e) {
      return e + at(e);
    }
  }

  @SuppressWarnings("try") // closing a scenario waits for nothing
  private static <S extends AutoCloseable> long once(
      long seed, LongFunction<S> scenarios, ToLongFunction<S> run) throws Exception {
    try (S scenario = scenarios.apply(seed)) {
      return run.applyAsLong(scenario);
    }
  }

  private static String at(Throwable e) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < Math.min(12, e.getStackTrace().length); i++) {
      s.append("\n    at ").append(e.getStackTrace()[i]);
    }
    return s.toString();
  }

  private static String repeat(String test, long seed) {
    return "\n  repeat with: mvn -pl mptcp-tests -am test"
        + " -Dtest=SimulationSuiteTest#"
        + test
        + " -Dsim.seed="
        + seed;
  }
}
