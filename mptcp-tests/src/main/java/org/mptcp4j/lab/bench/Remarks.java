package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.bench.BenchReport.Spread;

/** What a reader of the figures of a mode should know, in words. */
final class Remarks {
  private static final double FEWER = 0.5;
  private static final double ONE_EACH = 0.9;
  private static final double SOME_COMPILING = 0.05;

  private Remarks() {}

  /** Why the figures are less sure than they could be. */
  static List<String> unsteadiness(Duel.Outcome outcome) {
    List<String> remarks = new ArrayList<>();
    if (!outcome.steady()) {
      remarks.add(outcome.mode().option() + ": not steady at the end of the warm-up");
    }
    compiling(remarks, outcome.mode(), "A", outcome.ofA("compiler_cores"));
    compiling(remarks, outcome.mode(), "B", outcome.ofB("compiler_cores"));
    return remarks;
  }

  private static void compiling(
      List<String> remarks, BenchMode mode, String side, List<Double> cores) {
    double compiling = Spread.of(cores).median();
    if (compiling > SOME_COMPILING) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%s: the compilers of %s used %.0f %% of a CPU while it was measured",
              mode.option(),
              side,
              100 * compiling));
    }
  }

  /** A figure of one subflow is not one of two; a short connection may be over before its join. */
  static List<String> differences(Duel.Outcome outcome, Pairing pairing) {
    double a = Spread.of(outcome.ofA(Measure.JOINS)).median();
    double b = Spread.of(outcome.ofB(Measure.JOINS)).median();
    double least = outcome.mode().isConnecting() ? FEWER * Math.max(a, b) : ONE_EACH;
    boolean enoughInA = !pairing.joinsInA(outcome.mode()) || (a > 0 && a >= least);
    if (enoughInA && b > 0 && b >= least) {
      return List.of();
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "%s: %.2f joins per connection in A, %.2f in B: the sides did not do the same",
            outcome.mode().option(),
            a,
            b));
  }
}
