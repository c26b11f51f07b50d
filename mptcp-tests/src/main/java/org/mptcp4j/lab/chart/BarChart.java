package org.mptcp4j.lab.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws pairs of bars as SVG, a small panel with a scale of its own for each pair, three panels a
 * row.
 */
public final class BarChart {
  private static final int COLUMNS = 3;
  private static final int WIDTH = 960;
  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 190;
  private static final int HEADER = 112;
  private static final int MARGIN = 26;
  private static final int BAR_WIDTH = 62;

  private final String title;
  private final String subtitle;
  private final String firstName;
  private final String secondName;
  private final List<Panel> panels = new ArrayList<>();

  /**
   * @param firstName what the first bar of each pair is
   * @param secondName what the second is
   */
  public BarChart(String title, String subtitle, String firstName, String secondName) {
    this.title = title;
    this.subtitle = subtitle;
    this.firstName = firstName;
    this.secondName = secondName;
  }

  /**
   * A bar, with a line from the lowest to the highest value measured, and what to write above it.
   */
  public record Bar(double value, double min, double max, String label) {}

  private record Panel(String title, String unit, Bar first, Bar second) {}

  /** Adds a pair of bars. */
  public BarChart panel(String panelTitle, String unit, Bar first, Bar second) {
    panels.add(new Panel(panelTitle, unit, first, second));
    return this;
  }

  /** The drawing, a complete SVG document. */
  public String svg() {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    Svg svg = new Svg(WIDTH, HEADER + rows * (PANEL_HEIGHT + 30), title, Theme.style());
    svg.text("title", MARGIN, 38, title);
    svg.text("subtitle", MARGIN, 60, subtitle);
    svg.rect("f0", MARGIN, 76, 12, 12).text("label strong", MARGIN + 18, 86.5, firstName);
    double second = MARGIN + 44 + 7.0 * firstName.length();
    svg.rect("f1", second, 76, 12, 12).text("label strong", second + 18, 86.5, secondName);
    for (int i = 0; i < panels.size(); i++) {
      double left = MARGIN + (i % COLUMNS) * (PANEL_WIDTH + 8.0);
      draw(svg, panels.get(i), left, HEADER + (i / COLUMNS) * (PANEL_HEIGHT + 30.0));
    }
    return svg.finish();
  }

  private static void draw(Svg svg, Panel panel, double left, double top) {
    double bottom = top + PANEL_HEIGHT - 14;
    double right = left + PANEL_WIDTH - 20;
    Scale scale =
        Scale.rounded(Math.max(panel.first().max(), panel.second().max()), 4, bottom, top + 44);
    svg.text("label strong", left, top + 12, panel.title());
    svg.text("tick", left, top + 28, panel.unit());
    for (double tick : scale.ticks()) {
      double y = scale.pixel(tick);
      svg.line(tick == 0 ? "axis" : "grid", left + 46, y, right, y);
      svg.text("tick end", left + 40, y + 4, scale.label(tick));
    }
    bar(svg, scale, panel.first(), left + 76, 0);
    bar(svg, scale, panel.second(), left + 178, 1);
  }

  private static void bar(Svg svg, Scale scale, Bar bar, double x, int colour) {
    double y = scale.pixel(bar.value());
    double middle = x + BAR_WIDTH / 2.0;
    svg.rect("f" + colour, x, y, BAR_WIDTH, scale.pixel(0) - y);
    svg.line("whisker", middle, scale.pixel(bar.min()), middle, scale.pixel(bar.max()));
    svg.text("label strong middle", middle, Math.min(y, scale.pixel(bar.max())) - 5, bar.label());
  }
}
