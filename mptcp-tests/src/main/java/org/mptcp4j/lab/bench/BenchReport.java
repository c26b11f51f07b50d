package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mptcp4j.lab.bench.BenchMode.Condition;
import org.mptcp4j.lab.console.TextTable;

/**
 * Kernel to kernel (A) and this stack to kernel (B), measured in turn.
 *
 * @param opponent what B is
 * @param machine processors, kernel and Java
 * @param tookSeconds how long all of it took
 * @param figures in the order of the modes
 * @param checks transfers that were hashed at both ends
 * @param remarks what a reader of the figures should know
 * @param problems why the figures do not count
 */
record BenchReport(
    String opponent,
    String machine,
    double secondsPerRun,
    int pairs,
    double tookSeconds,
    List<Figure> figures,
    List<HashCheck> checks,
    List<String> remarks,
    List<String> problems) {
  private static final double FEWER = 0.5;
  private static final double ONE_EACH = 0.9;
  private static final double SOME_COMPILING = 0.05;

  /**
   * One figure, measured on both sides, or on B alone.
   *
   * @param kernel of A, or null
   * @param ratio of the medians, B to A; not a number without A
   */
  record Figure(
      String name,
      String what,
      String unit,
      Better better,
      Spread kernel,
      Spread stack,
      double ratio) {
    static Figure of(
        String name,
        String what,
        String unit,
        Better better,
        List<Double> kernel,
        List<Double> stack) {
      Spread a = kernel.isEmpty() ? null : Spread.of(kernel);
      Spread b = Spread.of(stack);
      double ratio = a == null || a.median() == 0 ? Double.NaN : b.median() / a.median();
      return new Figure(name, what, unit, better, a, b, ratio);
    }
  }

  /** Which way a figure should go. */
  enum Better {
    HIGHER,
    LOWER
  }

  /** Several measurements of the same thing. */
  record Spread(double min, double median, double max, List<Double> values) {
    static Spread of(Collection<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int n = sorted.size();
      double median =
          n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
      return new Spread(sorted.get(0), median, sorted.get(n - 1), List.copyOf(values));
    }

    String describe() {
      return String.format(Locale.ROOT, "%s (%s..%s)", number(median), number(min), number(max));
    }
  }

  /** Makes figures of what was measured. */
  static BenchReport of(
      Opponent opponent,
      String machine,
      double secondsPerRun,
      int pairs,
      double tookSeconds,
      List<Duel.Outcome> outcomes,
      List<HashCheck> checks) {
    List<Figure> figures = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Duel.Outcome outcome : outcomes) {
      for (Measure measure : outcome.mode().measures()) {
        if (!values(outcome.stack(), measure.key()).isEmpty()) {
          figures.add(figure(outcome, measure));
        }
      }
      remarks.addAll(remarks(outcome));
      if (opponent == Opponent.STACK) {
        (outcome.mode().isConnecting() ? remarks : problems).addAll(differences(outcome));
      }
    }
    for (HashCheck check : checks) {
      if (!check.equal()) {
        problems.add(check.describe());
      }
    }
    return new BenchReport(
        opponent.title(),
        machine,
        secondsPerRun,
        pairs,
        tookSeconds,
        figures,
        checks,
        remarks,
        problems);
  }

  private static Figure figure(Duel.Outcome outcome, Measure measure) {
    String option = outcome.mode().option();
    return Figure.of(
        option.replace('-', '_') + "_" + measure.key(),
        option + ": " + measure.title(),
        measure.unit(),
        measure.better(),
        values(outcome.kernel(), measure.key()),
        values(outcome.stack(), measure.key()));
  }

  private static List<String> remarks(Duel.Outcome outcome) {
    List<String> remarks = new ArrayList<>();
    if (!outcome.steady()) {
      remarks.add(outcome.mode().option() + ": not steady at the end of the warm-up");
    }
    double compiling = Spread.of(values(outcome.stack(), "compiler_cores")).median();
    if (compiling > SOME_COMPILING) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "%s: the compilers of B used %.0f %% of a CPU while it was measured",
              outcome.mode().option(),
              100 * compiling));
    }
    return remarks;
  }

  /** A figure of one subflow is not one of two; a short connection may be over before its join. */
  private static List<String> differences(Duel.Outcome outcome) {
    String key = "joins_per_connection";
    double a = Spread.of(values(outcome.kernel(), key)).median();
    double b = Spread.of(values(outcome.stack(), key)).median();
    double least = outcome.mode().isConnecting() ? FEWER * Math.max(a, b) : ONE_EACH;
    boolean plainTcp = outcome.mode().conditions().contains(Condition.PLAIN_TUN);
    if (b > 0 && b >= least && (plainTcp || (a > 0 && a >= least))) {
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

  private static List<Double> values(List<Map<String, Double>> measured, String key) {
    return measured.stream()
        .filter(values -> values.containsKey(key))
        .map(values -> values.get(key))
        .toList();
  }

  /**
   * Which rates are less than a share of those of A, in words.
   *
   * @param share such as 0.8
   */
  List<String> below(double share) {
    return figures.stream()
        .filter(figure -> figure.what().endsWith(": " + BenchMode.RATE) && figure.ratio() < share)
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "%s of B is %.2f of A, less than %.2f",
                    figure.what(),
                    figure.ratio(),
                    share))
        .toList();
  }

  /** The report in words. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(machine);
    lines.add(
        String.format(
            Locale.ROOT,
            "median (min..max) of %d runs of %.1f s each, A B A B; 2 subflows, cubic; took %.0f s",
            pairs,
            secondsPerRun,
            tookSeconds));
    lines.add("");
    TextTable table =
        new TextTable("", "A kernel - kernel", "B " + opponent + " - kernel", "", "B / A");
    for (Figure figure : figures) {
      table.row(
          figure.what(),
          figure.kernel() == null ? "" : figure.kernel().describe(),
          figure.stack().describe(),
          figure.unit(),
          Double.isNaN(figure.ratio()) ? "" : String.format(Locale.ROOT, "%.2f", figure.ratio()));
    }
    lines.addAll(table.lines());
    checks.forEach(check -> lines.add(check.describe()));
    if (!remarks.isEmpty()) {
      lines.add("");
      lines.addAll(remarks);
    }
    return lines;
  }

  static String number(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
