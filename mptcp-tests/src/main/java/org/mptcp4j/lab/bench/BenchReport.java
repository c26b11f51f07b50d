package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.mptcp4j.lab.console.TextTable;

/**
 * Kernel to kernel (A) and this stack to kernel (B), measured in turn.
 *
 * @param machine processors, kernel and Java
 */
record BenchReport(String machine, double secondsPerRun, int pairs, List<Figure> figures) {

  /** One figure, measured on both sides. */
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
      Spread a = Spread.of(kernel);
      Spread b = Spread.of(stack);
      return new Figure(
          name, what, unit, better, a, b, a.median() > 0 ? b.median() / a.median() : 0);
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

  /** The report in words. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(machine);
    lines.add(
        String.format(
            Locale.ROOT,
            "median (min..max) of %d runs of %.1f s each, A B A B; 2 subflows, cubic",
            pairs,
            secondsPerRun));
    lines.add("");
    TextTable table = new TextTable("", "A kernel - kernel", "B this stack - kernel", "", "B / A");
    for (Figure figure : figures) {
      table.row(
          figure.what(),
          figure.kernel().describe(),
          figure.stack().describe(),
          figure.unit(),
          String.format(Locale.ROOT, "%.2f", figure.ratio()));
    }
    lines.addAll(table.lines());
    return lines;
  }

  static String number(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }
}
