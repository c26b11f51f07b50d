package org.mptcp4j.lab.chart;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mptcp4j.lab.chart.SequenceTrace.Kind;
import org.mptcp4j.lab.chart.SequenceTrace.Mark;

/**
 * Draws a {@link SequenceTrace} as SVG: above, the data sequence over time with one colour a
 * subflow; below, the rate at which each subflow sent. Marks that would fall on the same spot are
 * drawn once, so that the size of the drawing does not grow with the transfer.
 */
public final class SequenceChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 680;
  private static final int LEFT = 78;
  private static final int RIGHT = WIDTH - 26;
  private static final int TOP = 118;
  private static final int MIDDLE = 446;
  private static final int RATE_TOP = 482;
  private static final int BOTTOM = 626;
  private static final double DOT_GRID = 1.6;
  private static final double RING_GRID = 5;
  private static final double MIB = 1 << 20;

  private final SequenceTrace trace;
  private final String title;
  private final String subtitle;
  private final List<Event> events;

  /**
   * @param title one line above the chart
   * @param subtitle one line below the title
   * @param events moments to mark in both panels
   */
  public SequenceChart(SequenceTrace trace, String title, String subtitle, List<Event> events) {
    this.trace = trace;
    this.title = title;
    this.subtitle = subtitle;
    this.events = List.copyOf(events);
  }

  /** A moment worth a line through the chart, {@code seconds} after the start. */
  public record Event(double seconds, String label) {}

  /** The drawing, a complete SVG document. */
  public String svg() {
    Svg svg = new Svg(WIDTH, HEIGHT, title, Theme.style());
    Scale time = Scale.exact(trace.lastSeconds() * 1.01, 10, LEFT, RIGHT);
    svg.text("title", LEFT - 52, 38, title);
    svg.text("subtitle", LEFT - 52, 60, subtitle);
    legend(svg);
    sequencePanel(svg, time);
    ratePanel(svg, time);
    events(svg, time);
    for (double tick : time.ticks()) {
      svg.text("tick middle", time.pixel(tick), BOTTOM + 18, time.label(tick));
    }
    svg.text("label middle", (LEFT + RIGHT) / 2.0, BOTTOM + 40, "time (s)");
    return svg.finish();
  }

  private void legend(Svg svg) {
    double x = LEFT - 52;
    int index = 0;
    for (String subflow : trace.subflows()) {
      svg.rect("f" + colour(index++), x, 78, 12, 12);
      svg.text("label strong", x + 18, 88.5, subflow);
      x += 44 + 7.0 * subflow.length();
    }
    if (trace.subflows().stream().anyMatch(name -> trace.bytes(name, Kind.REINJECTED) > 0)) {
      svg.path("rings axis", ring(x + 6, 84));
      svg.text("label", x + 18, 88.5, "sent before on another subflow");
    }
  }

  private void sequencePanel(Svg svg, Scale time) {
    Scale data = Scale.rounded(trace.highest() / MIB, 6, MIDDLE, TOP);
    frame(svg, time, data, TOP, MIDDLE, "data sequence (MiB)");
    dots(svg, time, data);
    int index = 0;
    for (String subflow : trace.subflows()) {
      rings(svg, time, data, trace.marks(subflow), colour(index++));
    }
  }

  private void events(Svg svg, Scale time) {
    for (Event event : events) {
      double x = time.pixel(event.seconds());
      svg.line("eventline", x, TOP, x, BOTTOM);
      boolean late = event.seconds() > time.max() * 0.85;
      svg.text(late ? "event end" : "event", late ? x - 6 : x + 6, TOP + 14, event.label());
    }
  }

  // A spot belongs to the subflow that reached it first, so that subflows which share a line show
  // as a weave of colours.
  private void dots(Svg svg, Scale time, Scale data) {
    List<String> subflows = trace.subflows();
    Set<Long> taken = new HashSet<>();
    StringBuilder[] paths = new StringBuilder[subflows.size()];
    Arrays.setAll(paths, i -> new StringBuilder());
    for (SequenceTrace.Sent sent : trace.inOrder()) {
      double x = time.pixel(sent.mark().seconds());
      double y = data.pixel(sent.mark().offset() / MIB);
      if (taken.add(cell(x, y, DOT_GRID))) {
        String spot = 'M' + Svg.number(x) + ' ' + Svg.number(y) + "h0";
        paths[subflows.indexOf(sent.subflow())].append(spot);
      }
    }
    for (int i = 0; i < paths.length; i++) {
      svg.path("dots c" + colour(i), paths[i]);
    }
  }

  private static void rings(Svg svg, Scale time, Scale data, List<Mark> marks, int colour) {
    Set<Long> taken = new HashSet<>();
    StringBuilder path = new StringBuilder();
    for (Mark mark : marks) {
      double x = time.pixel(mark.seconds());
      double y = data.pixel(mark.offset() / MIB);
      if (mark.kind() == Kind.REINJECTED && taken.add(cell(x, y, RING_GRID))) {
        path.append(ring(x, y));
      }
    }
    svg.path("rings c" + colour, path);
  }

  private void ratePanel(Svg svg, Scale time) {
    int bins = (int) Math.max(10, Math.min(160, trace.lastSeconds() / 0.02));
    double width = time.max() / bins;
    double[][] rates = new double[trace.subflows().size()][bins];
    double highest = 0;
    int index = 0;
    for (String subflow : trace.subflows()) {
      for (Mark mark : trace.marks(subflow)) {
        int bin = (int) Math.min(bins - 1, mark.seconds() / width);
        rates[index][bin] += mark.length() * 8 / 1e6 / width;
        highest = Math.max(highest, rates[index][bin]);
      }
      index++;
    }
    Scale rate = Scale.rounded(highest, 4, BOTTOM, RATE_TOP);
    frame(svg, time, rate, RATE_TOP, BOTTOM, "sent (Mb/s)");
    svg.text("label", LEFT, RATE_TOP - 9, "handed to the path, its queue included");
    for (int i = 0; i < rates.length; i++) {
      svg.path("curve c" + colour(i), steps(rates[i], width, time, rate));
    }
  }

  private static StringBuilder steps(double[] rates, double width, Scale time, Scale rate) {
    StringBuilder path = new StringBuilder();
    for (int bin = 0; bin < rates.length; bin++) {
      path.append(bin == 0 ? 'M' : 'L');
      path.append(Svg.number(time.pixel((bin + 0.5) * width)))
          .append(' ')
          .append(Svg.number(rate.pixel(rates[bin])));
    }
    return path;
  }

  private static void frame(Svg svg, Scale time, Scale value, int top, int bottom, String label) {
    for (double tick : value.ticks()) {
      svg.line(tick == 0 ? "axis" : "grid", LEFT, value.pixel(tick), RIGHT, value.pixel(tick));
      svg.text("tick end", LEFT - 8, value.pixel(tick) + 4, value.label(tick));
    }
    for (double tick : time.ticks()) {
      svg.line("grid", time.pixel(tick), top, time.pixel(tick), bottom);
    }
    svg.upwards("label middle", 22, (top + bottom) / 2.0, label);
  }

  private static String ring(double x, double y) {
    return "M" + Svg.number(x - 3) + ' ' + Svg.number(y) + "a3 3 0 1 0 6 0a3 3 0 1 0 -6 0";
  }

  private static long cell(double x, double y, double grid) {
    return (long) (x / grid) << 32 | (long) (y / grid);
  }

  private static int colour(int index) {
    return index % Theme.colours();
  }
}
