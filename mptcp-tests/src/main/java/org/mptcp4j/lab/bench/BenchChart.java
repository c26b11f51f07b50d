package org.mptcp4j.lab.bench;

import org.mptcp4j.lab.bench.BenchReport.Better;
import org.mptcp4j.lab.bench.BenchReport.Figure;
import org.mptcp4j.lab.chart.BarChart;

/** A report as pairs of bars; what was measured on one side only is left out. */
final class BenchChart {
  private BenchChart() {}

  static String svg(BenchReport report) {
    BarChart chart =
        new BarChart(
            "This stack against kernel MPTCP",
            report.machine()
                + "; two subflows, cubic; median, min and max of "
                + report.pairs()
                + " runs",
            "A: kernel - kernel",
            "B: " + report.opponent() + " - kernel");
    for (Figure figure : report.figures()) {
      if (figure.kernel() != null) {
        chart.panel(
            figure.what(),
            figure.unit() + (figure.better() == Better.LOWER ? ", lower is better" : ""),
            bar(figure.kernel()),
            bar(figure.stack()));
      }
    }
    return chart.svg();
  }

  private static BarChart.Bar bar(BenchReport.Spread spread) {
    return new BarChart.Bar(
        spread.median(), spread.min(), spread.max(), BenchReport.number(spread.median()));
  }
}
