package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Spread;
import org.mptcp4j.lab.chart.BarChart;

/** A report as pairs of bars; what is not compared is left out. */
final class BenchChart {
  private BenchChart() {}

  static String svg(BenchReport report) {
    BarChart chart =
        new BarChart(
            "This stack against kernel MPTCP",
            subtitle(report.machine(), report.pairs()),
            "A: kernel - kernel",
            "B: " + report.opponent() + " - kernel");
    for (BenchReport.Figure figure : report.figures()) {
      if (figure.kernel() != null) {
        panel(
            chart, figure.what(), figure.unit(), figure.better(), figure.kernel(), figure.stack());
      }
    }
    return chart.svg();
  }

  static String svg(AgainstReport report) {
    BarChart chart =
        new BarChart(
            "This build against an older one",
            subtitle(report.machine(), report.pairs()),
            "A: older",
            "B: this");
    for (AgainstReport.Figure figure : report.figures()) {
      if (!figure.ratios().isEmpty()) {
        panel(chart, figure.what(), figure.unit(), figure.better(), figure.a(), figure.b());
      }
    }
    return chart.svg();
  }

  private static String subtitle(String machine, int pairs) {
    return machine + "; two subflows, cubic; median, min and max of " + pairs + " runs";
  }

  private static void panel(
      BarChart chart, String what, String unit, Better better, Spread a, Spread b) {
    String direction = better == Better.LOWER ? ", lower is better" : "";
    chart.panel(what, unit + direction, bar(a), bar(b));
  }

  private static BarChart.Bar bar(Spread spread) {
    return new BarChart.Bar(
        spread.median(), spread.min(), spread.max(), BenchReport.number(spread.median()));
  }
}
