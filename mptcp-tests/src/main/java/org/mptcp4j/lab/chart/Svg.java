package org.mptcp4j.lab.chart;

import java.util.Locale;

/**
 * Writes the few SVG elements that the charts are made of. Numbers keep one decimal; text is
 * escaped.
 */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  /**
   * Starts a drawing that scales with its container.
   *
   * @param style the rules of a style sheet
   */
  Svg(int width, int height, String title, String style) {
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                + " role=\"img\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\">\n",
            width,
            height,
            width,
            height));
    out.append("<title>").append(escape(title)).append("</title>\n");
    out.append("<style>\n").append(style).append("</style>\n");
    out.append(String.format("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", width, height));
  }

  Svg text(String style, double x, double y, String text) {
    return text(style, x, y, text, "");
  }

  /** Text that reads upwards, its middle at the given place. */
  Svg upwards(String style, double x, double y, String text) {
    return text(
        style, x, y, text, " transform=\"rotate(-90 " + number(x) + ' ' + number(y) + ")\"");
  }

  Svg line(String style, double x1, double y1, double x2, double y2) {
    out.append(
        String.format(
            "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
            style, number(x1), number(y1), number(x2), number(y2)));
    return this;
  }

  Svg rect(String style, double x, double y, double width, double height) {
    out.append(
        String.format(
            "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\"/>\n",
            style, number(x), number(y), number(width), number(height)));
    return this;
  }

  /** A rectangle that shows a text under the pointer. */
  Svg titled(String style, double x, double y, double width, double height, String title) {
    out.append(
        String.format(
            "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>\n",
            style, number(x), number(y), number(width), number(height), escape(title)));
    return this;
  }

  /** A path, or nothing when {@code data} is empty. */
  Svg path(String style, CharSequence data) {
    if (!data.isEmpty()) {
      out.append(String.format("<path class=\"%s\" d=\"%s\"/>\n", style, data));
    }
    return this;
  }

  String finish() {
    return out.append("</svg>\n").toString();
  }

  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private Svg text(String style, double x, double y, String text, String attributes) {
    out.append(
        String.format(
            "<text class=\"%s\" x=\"%s\" y=\"%s\"%s>%s</text>\n",
            style, number(x), number(y), attributes, escape(text)));
    return this;
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
