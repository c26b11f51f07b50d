package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.mptcp4j.lab.console.TextTable;
import org.mptcp4j.lab.console.Units;

/** What {@code bench-paths} found. */
record PathReport(String machine, int pairs, double seconds, List<Row> rows) {
  /**
   * One path.
   *
   * @param kernelMegabits median of payload a second
   * @param ourMegabits of this stack
   * @param ratio median of the pairs' ratios
   * @param bound lower 95 % bound of it; null with fewer than five pairs
   * @param sentRatio median of what this stack put on the path for each byte received, over the
   *     kernel's
   * @param lateTimers share of the path's timers that were more than a millisecond late
   * @param notRead packets dropped in front of the path, which makes figures those of the machine
   */
  record Row(
      String path,
      String description,
      double kernelMegabits,
      double ourMegabits,
      double ratio,
      Double bound,
      double sentRatio,
      double lateTimers,
      long notRead) {

    static Row of(PathCell cell, Map<PathDuel.Sender, List<PathDuel.Measured>> measured) {
      List<PathDuel.Measured> kernel = measured.get(PathDuel.Sender.KERNEL);
      List<PathDuel.Measured> ours = measured.get(PathDuel.Sender.THIS_STACK);
      List<Double> ratios =
          IntStream.range(0, ours.size())
              .mapToObj(i -> ours.get(i).megabitsPerSecond() / kernel.get(i).megabitsPerSecond())
              .toList();
      List<PathDuel.Measured> all = new ArrayList<>(kernel);
      all.addAll(ours);
      return new Row(
          cell.option(),
          cell.describe(),
          median(kernel.stream().map(PathDuel.Measured::megabitsPerSecond).toList()),
          median(ours.stream().map(PathDuel.Measured::megabitsPerSecond).toList()),
          median(ratios),
          ratios.size() < MedianBound.FEWEST ? null : MedianBound.of(ratios.size()).in(ratios),
          median(
              IntStream.range(0, ours.size())
                  .mapToObj(i -> ours.get(i).sentPerReceived() / kernel.get(i).sentPerReceived())
                  .toList()),
          all.stream().mapToDouble(PathDuel.Measured::lateTimers).average().orElse(0),
          all.stream().mapToLong(PathDuel.Measured::notRead).sum());
    }

    static double median(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
  }

  /** Geometric mean of the median ratios. */
  double geometricMean() {
    return Math.exp(rows.stream().mapToDouble(row -> Math.log(row.ratio())).average().orElse(0));
  }

  List<String> lines() {
    TextTable table =
        new TextTable(
            "path", "", "kernel Mb/s", "this stack", "ratio", "bound", "sent", "late", "not read");
    for (Row row : rows) {
      table.row(
          row.path(),
          row.description(),
          number("%.1f", row.kernelMegabits()),
          number("%.1f", row.ourMegabits()),
          number("%.2f", row.ratio()),
          row.bound() == null ? "-" : number("%.2f", row.bound()),
          number("%.3f", row.sentRatio()),
          Units.percent(row.lateTimers()),
          Units.count(row.notRead()));
    }
    List<String> lines = new ArrayList<>();
    lines.add(machine);
    lines.add(String.format(Locale.ROOT, "%d pairs of %.0f s each; CUBIC", pairs, seconds));
    lines.addAll(table.lines());
    lines.add(number("geometric mean of the ratios: %.2f", geometricMean()));
    return lines;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
