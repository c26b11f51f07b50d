package org.mptcp4j.lab.chart;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Draws samples of call stacks as SVG: a frame lies on its caller and is as wide as its share of
 * all samples. Frames too narrow to see are left out; the whole name of a frame shows under the
 * pointer.
 */
public final class FlameGraph {
  private static final int WIDTH = 1200;
  private static final int MARGIN = 20;
  private static final int HEADER = 104;
  private static final int ROW = 17;
  private static final double NARROWEST = 0.7;
  private static final double CHARACTER = 6.1;
  private static final int FEWEST_CHARACTERS = 4;

  private final String title;
  private final String subtitle;
  private final Node root = new Node("all", Kind.THREAD);

  /** Without samples. */
  public FlameGraph(String title, String subtitle) {
    this.title = title;
    this.subtitle = subtitle;
  }

  /** What a frame belongs to, which is its colour. */
  public enum Kind {
    /** A program or one of its threads. */
    THREAD("threads", "#c9ced6", "#4b535e"),
    /** The operating system. */
    KERNEL("kernel", "#f3b27a", "#8a4b12"),
    /** Java code. */
    JAVA("Java", "#8fc1f0", "#1d548c"),
    /** Other code of the program: the Java runtime, libraries. */
    NATIVE("native", "#93d3ae", "#1f6a45");

    private final String label;
    private final String light;
    private final String dark;

    Kind(String label, String light, String dark) {
      this.label = label;
      this.light = light;
      this.dark = dark;
    }

    private String style() {
      return "k" + ordinal();
    }
  }

  /** A function of a call stack. */
  public record Frame(String name, Kind kind) {}

  private static final class Node {
    private final String name;
    private final Kind kind;
    private final Map<String, Node> callees = new TreeMap<>();
    private long count;

    Node(String name, Kind kind) {
      this.name = name;
      this.kind = kind;
    }
  }

  /** Adds a stack that was sampled {@code count} times, the outermost caller first. */
  public void add(List<Frame> stack, long count) {
    Node node = root;
    node.count += count;
    for (Frame frame : stack) {
      node = node.callees.computeIfAbsent(frame.name(), name -> new Node(name, frame.kind()));
      node.count += count;
    }
  }

  /** How many samples there are. */
  public long samples() {
    return root.count;
  }

  /** The drawing, a complete SVG document. */
  public String svg() {
    double pixelsEach = (WIDTH - 2.0 * MARGIN) / Math.max(1, root.count);
    int rows = depth(root, pixelsEach);
    int height = HEADER + rows * ROW + MARGIN;
    Svg svg = new Svg(WIDTH, height, title, Theme.style() + style());
    svg.text("title", MARGIN, 38, title);
    svg.text("subtitle", MARGIN, 60, subtitle);
    double x = MARGIN;
    for (Kind kind : Kind.values()) {
      svg.rect(kind.style(), x, 74, 12, 12).text("label strong", x + 18, 84.5, kind.label);
      x += 44 + 7 * kind.label.length();
    }
    draw(svg, root, MARGIN, height - MARGIN - ROW, pixelsEach);
    return svg.finish();
  }

  private static int depth(Node node, double pixelsEach) {
    int deepest = 0;
    for (Node callee : node.callees.values()) {
      if (callee.count * pixelsEach >= NARROWEST) {
        deepest = Math.max(deepest, depth(callee, pixelsEach));
      }
    }
    return deepest + 1;
  }

  private void draw(Svg svg, Node node, double x, double y, double pixelsEach) {
    double width = node.count * pixelsEach;
    String share =
        String.format(
            Locale.ROOT, "%s: %.1f %%", node.name, 100.0 * node.count / Math.max(1, root.count));
    svg.titled(node.kind.style(), x, y, Math.max(0.3, width - 0.5), ROW - 1.0, share);
    int characters = (int) ((width - 6) / CHARACTER);
    if (characters >= FEWEST_CHARACTERS) {
      svg.text("frame", x + 3, y + 12, shortened(node.name, characters));
    }
    double left = x;
    for (Node callee : node.callees.values()) {
      if (callee.count * pixelsEach >= NARROWEST) {
        draw(svg, callee, left, y - ROW, pixelsEach);
      }
      left += callee.count * pixelsEach;
    }
  }

  private static String shortened(String name, int characters) {
    return name.length() <= characters ? name : name.substring(0, characters - 1) + "\u2026";
  }

  private static String style() {
    StringBuilder light = new StringBuilder(".frame { font-size: 11px; fill: #1b1f24 }\n");
    StringBuilder dark = new StringBuilder(".frame { fill: #f0f3f6 }\n");
    for (Kind kind : Kind.values()) {
      light.append(String.format(".%s { fill: %s }%n", kind.style(), kind.light));
      dark.append(String.format(".%s { fill: %s }%n", kind.style(), kind.dark));
    }
    return light + "@media (prefers-color-scheme: dark) {\n" + dark + "}\n";
  }
}
