package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
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
    LOWER;

    /** How many times as good as {@code a} it is: above 1 where {@code b} is better. */
    double ratio(double a, double b) {
      if (a == b) {
        return 1; // also when both are 0
      }
      return this == HIGHER ? b / a : a / b;
    }
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
        if (!outcome.ofB(measure.key()).isEmpty()) {
          figures.add(figure(outcome, measure));
        }
      }
      remarks.addAll(Remarks.unsteadiness(outcome));
      if (opponent == Opponent.STACK) {
        (outcome.mode().isConnecting() ? remarks : problems)
            .addAll(Remarks.differences(outcome, opponent));
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
    return Figure.of(
        outcome.mode().nameOf(measure),
        outcome.mode().option() + ": " + measure.title(),
        measure.unit(),
        measure.better(),
        outcome.ofA(measure.key()),
        outcome.ofB(measure.key()));
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
            "median (min..max) of %d runs of %.1f s each, A B B A; 2 subflows, cubic; took %.0f s",
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
