package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Spread;
import org.mptcp4j.lab.console.TextTable;

/**
 * An older build (A) and this one (B), each to the kernel, measured in pairs.
 *
 * @param a the older build
 * @param b this build
 * @param machine processors, kernel and Java
 * @param turns in which both measurements of a pair were made
 * @param starts of both builds for each mode
 * @param tookSeconds how long all of it took
 * @param bound how the lower bounds were found; none with too few pairs
 * @param figures in the order of the modes
 * @param remarks what a reader of the figures should know
 * @param problems why the figures do not count
 */
record AgainstReport(
    String a,
    String b,
    String machine,
    double secondsPerRun,
    int pairs,
    int turns,
    int starts,
    double tookSeconds,
    MedianBound bound,
    List<Figure> figures,
    List<String> remarks,
    List<String> problems) {

  /**
   * One figure of both builds.
   *
   * @param ratio the median of {@code ratios}; not a number without any
   * @param atLeast lower bound of the median; not a number with too few
   * @param ratios of each pair, more than 1 where B is better; empty for what is no measure of how
   *     good a build is
   */
  record Figure(
      String name,
      String what,
      String unit,
      Better better,
      Spread a,
      Spread b,
      double ratio,
      double atLeast,
      List<Double> ratios) {

    static Figure of(Duel.Outcome outcome, Measure measure) {
      List<Double> ofA = outcome.ofA(measure.key());
      List<Double> ofB = outcome.ofB(measure.key());
      List<Double> ratios =
          measure.kind() == Measure.Kind.FIGURE ? ratios(measure.better(), ofA, ofB) : List.of();
      return new Figure(
          outcome.mode().nameOf(measure),
          outcome.mode().option() + ": " + measure.title(),
          measure.unit(),
          measure.better(),
          Spread.of(ofA),
          Spread.of(ofB),
          ratios.isEmpty() ? Double.NaN : Spread.of(ratios).median(),
          boundOf(ratios.size()).map(bound -> bound.in(ratios)).orElse(Double.NaN),
          ratios);
    }

    private static List<Double> ratios(Better better, List<Double> ofA, List<Double> ofB) {
      return IntStream.range(0, ofA.size())
          .mapToObj(pair -> better.ratio(ofA.get(pair), ofB.get(pair)))
          .toList();
    }
  }

  /** Makes figures of what was measured. */
  static AgainstReport of(
      Versions versions,
      String machine,
      double secondsPerRun,
      int pairs,
      int turns,
      double tookSeconds,
      List<Duel.Outcome> outcomes) {
    List<Figure> figures = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Duel.Outcome outcome : outcomes) {
      for (Measure measure : outcome.mode().measures()) {
        figures.add(Figure.of(outcome, measure));
      }
      remarks.addAll(Remarks.unsteadiness(outcome));
      (outcome.mode().isConnecting() ? remarks : problems)
          .addAll(Remarks.differences(outcome, versions));
    }
    return new AgainstReport(
        versions.older().description(),
        versions.newer().description(),
        machine,
        secondsPerRun,
        pairs,
        turns,
        Duel.starts(pairs),
        tookSeconds,
        boundOf(pairs).orElse(null),
        figures,
        remarks,
        problems);
  }

  private static Optional<MedianBound> boundOf(int pairs) {
    return pairs < MedianBound.FEWEST ? Optional.empty() : Optional.of(MedianBound.of(pairs));
  }

  /**
   * Which figures cannot be said to be at least so good as those of A, in words.
   *
   * @param share such as 0.95
   */
  List<String> below(double share) {
    return figures.stream()
        .filter(figure -> figure.atLeast() < share)
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "%s: at least %.3f times as good as A, which is less than %.3f",
                    figure.what(),
                    figure.atLeast(),
                    share))
        .toList();
  }

  /** The report in words. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(machine);
    lines.add("A: " + a);
    lines.add("B: " + b);
    lines.add(
        String.format(
            Locale.ROOT,
            "median (min..max) of %d runs of %.1f s each, each in %d turns, A B B A, %s; 2 subflows,"
                + " cubic; took %.0f s",
            pairs,
            secondsPerRun,
            turns,
            starts == 1 ? "one start" : starts + " starts",
            tookSeconds));
    lines.add("ratio: median of the ratios of the pairs; above 1, B is better");
    lines.add(
        bound == null
            ? "no lower bound of the median ratio: that takes " + MedianBound.FEWEST + " pairs"
            : String.format(
                Locale.ROOT,
                "at least: lower bound of the median ratio, the ratio of rank %d from below of %d"
                    + " (one-sided, %.1f %%)",
                bound.rank(),
                pairs,
                100 * bound.confidence()));
    lines.add("");
    lines.addAll(table());
    if (!remarks.isEmpty()) {
      lines.add("");
      lines.addAll(remarks);
    }
    return lines;
  }

  private List<String> table() {
    TextTable table = new TextTable("", "A", "B", "", "ratio", "at least");
    for (Figure figure : figures) {
      table.row(
          figure.what(),
          figure.a().describe(),
          figure.b().describe(),
          figure.unit(),
          ratio(figure.ratio()),
          ratio(figure.atLeast()));
    }
    return table.lines();
  }

  private static String ratio(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
  }
}
