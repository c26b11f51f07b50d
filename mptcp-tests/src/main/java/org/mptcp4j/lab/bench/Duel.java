package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.mptcp4j.lab.bench.BenchReport.Spread;
import org.mptcp4j.lab.system.Namespaces;

/**
 * Measures one mode: servers and namespaces of its own, so that no figure depends on what was
 * measured before; a warm-up of both sides in turn until both are steady; then A B B A and so on.
 * After a few pairs it starts afresh, since what one start of a program happens to get, of memory
 * and of its compilers, is the same for all pairs of that start.
 */
final class Duel {
  static final int PAIRS_OF_A_START = 5;

  private static final double ROUND_SECONDS = 1;

  private final BenchMode mode;
  private final Pairing pairing;
  private final double longestWarmUpSeconds;
  private final double seconds;
  private final int pairs;
  private final int turns;
  private final Consumer<String> progress;

  /**
   * @param pairing what is measured
   * @param longestWarmUpSeconds of one side, after which it is measured though it is not steady
   * @param seconds of one measurement
   * @param pairs measurements of each side
   * @param turns in which the two measurements of a pair are made: the more, the more of what the
   *     machine does meanwhile is the same for both
   * @param progress told in words what happens
   */
  Duel(
      BenchMode mode,
      Pairing pairing,
      double longestWarmUpSeconds,
      double seconds,
      int pairs,
      int turns,
      Consumer<String> progress) {
    this.mode = mode;
    this.pairing = pairing;
    this.longestWarmUpSeconds = longestWarmUpSeconds;
    this.seconds = seconds;
    this.pairs = pairs;
    this.turns = turns;
    this.progress = progress;
  }

  /**
   * What was measured, the values by the names that the client gave them.
   *
   * @param steady whether both sides were steady at the end of each warm-up
   * @param a of each pair
   * @param b of each pair
   */
  record Outcome(
      BenchMode mode, boolean steady, List<Map<String, Double>> a, List<Map<String, Double>> b) {

    List<Double> ofA(String key) {
      return values(a, key);
    }

    List<Double> ofB(String key) {
      return values(b, key);
    }

    private static List<Double> values(List<Map<String, Double>> measured, String key) {
      return measured.stream()
          .filter(values -> values.containsKey(key))
          .map(values -> values.get(key))
          .toList();
    }
  }

  /** How often both sides are started for so many pairs. */
  static int starts(int pairs) {
    return (pairs + PAIRS_OF_A_START - 1) / PAIRS_OF_A_START;
  }

  Outcome run(Programs programs) {
    Outcome outcome = new Outcome(mode, true, new ArrayList<>(), new ArrayList<>());
    boolean steady = true;
    while (outcome.a().size() < pairs) {
      try (Namespaces namespaces = new Namespaces()) {
        Side a = pairing.a(namespaces, programs, mode);
        Side b = pairing.b(namespaces, programs, mode);
        steady &= warmUp(a, b);
        measure(a, b, outcome);
      }
    }
    return new Outcome(mode, steady, outcome.a(), outcome.b());
  }

  private void measure(Side a, Side b, Outcome outcome) {
    int last = Math.min(pairs, outcome.a().size() + PAIRS_OF_A_START);
    for (int pair = outcome.a().size(); pair < last; pair++) {
      List<Map<String, Double>> ofA = new ArrayList<>();
      List<Map<String, Double>> ofB = new ArrayList<>();
      for (int turn = 0; turn < turns; turn++) {
        // Whatever being first is worth, each side has it in turn.
        if ((pair + turn) % 2 == 0) {
          ofA.add(a.measure(seconds / turns));
          ofB.add(b.measure(seconds / turns));
        } else {
          ofB.add(b.measure(seconds / turns));
          ofA.add(a.measure(seconds / turns));
        }
      }
      outcome.a().add(ofTurns(ofA));
      outcome.b().add(ofTurns(ofB));
      say("%d/%d: %s", pair + 1, pairs, rates(outcome.a().get(pair), outcome.b().get(pair)));
    }
  }

  /**
   * What several turns were like, for each value that was measured in all of them: the mean, and of
   * percentiles the median, since one turn in which the machine did something else has a high one.
   */
  static Map<String, Double> ofTurns(List<Map<String, Double>> turns) {
    Map<String, Double> all = new LinkedHashMap<>();
    for (String key : turns.get(0).keySet()) {
      if (turns.stream().allMatch(turn -> turn.containsKey(key))) {
        List<Double> values = turns.stream().map(turn -> turn.get(key)).toList();
        all.put(key, Measure.isPercentile(key) ? Spread.of(values).median() : mean(values));
      }
    }
    return all;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private boolean warmUp(Side a, Side b) {
    SteadyState ofA = new SteadyState();
    SteadyState ofB = new SteadyState();
    long endNs = System.nanoTime() + (long) (2 * longestWarmUpSeconds * 1e9);
    while (System.nanoTime() < endNs && !(ofA.reached() && ofB.reached())) {
      Map<String, Double> roundOfA = round(a, ofA);
      Map<String, Double> roundOfB = round(b, ofB);
      say(
          "warm-up %d: %s, compilers %.0f %% of a CPU",
          ofB.rounds(),
          rates(roundOfA, roundOfB),
          100 * Math.max(roundOfA.get("compiler_cores"), roundOfB.get("compiler_cores")));
    }
    return ofA.steady() && ofB.steady();
  }

  private Map<String, Double> round(Side side, SteadyState state) {
    Map<String, Double> measured = side.measure(ROUND_SECONDS);
    state.add(measured.get(mode.rate()), measured.get("compiler_cores"));
    return measured;
  }

  private String rates(Map<String, Double> ofA, Map<String, Double> ofB) {
    Measure rate = mode.measures().get(0);
    return String.format(
        Locale.ROOT,
        "A %s  B %s %s",
        BenchReport.number(ofA.get(rate.key())),
        BenchReport.number(ofB.get(rate.key())),
        rate.unit());
  }

  private void say(String format, Object... values) {
    progress.accept(mode.option() + " " + String.format(Locale.ROOT, format, values));
  }
}
