package org.mptcp4j.lab.chart;

import java.util.Locale;

/**
 * Colours and type of the charts: legible on a light and on a dark page, distinct for colour-blind
 * readers.
 */
final class Theme {
  private static final String[] LIGHT = {
    "#1668c9", "#d9600a", "#178a5a", "#8a4fc7", "#b8357f", "#6b6f00"
  };
  private static final String[] DARK = {
    "#6cb0ff", "#ff9d4d", "#4fd19a", "#c39bff", "#ff86bf", "#d3d65a"
  };

  private Theme() {}

  /** The number of colours; series beyond it begin again with the first. */
  static int colours() {
    return LIGHT.length;
  }

  /** The style sheet shared by all charts. */
  static String style() {
    StringBuilder style =
        new StringBuilder(rules("#ffffff", "#1b1f24", "#5c6670", "#e3e7eb", "#9aa4ae", "#c6262e"));
    style.append(colours(LIGHT));
    style.append(
        """
        .title { font-size: 19px; font-weight: 600 }
        .subtitle { font-size: 13px }
        .label { font-size: 12px }
        .tick { font-size: 11.5px }
        .event { font-size: 11.5px; font-weight: 600 }
        .end { text-anchor: end }
        .middle { text-anchor: middle }
        .grid, .axis { stroke-width: 1; fill: none }
        .whisker { stroke-width: 2; fill: none }
        .eventline { stroke-width: 1.2; stroke-dasharray: 4 4; fill: none }
        .dots { stroke-width: 2.4; stroke-linecap: round; fill: none }
        .rings { stroke-width: 1.3; fill: none }
        .curve { stroke-width: 1.8; stroke-linejoin: round; fill: none }
        """);
    style.append("@media (prefers-color-scheme: dark) {\n");
    style.append(rules("#14181d", "#e8ecf0", "#9aa6b2", "#272e36", "#5b6672", "#ff7b7f"));
    style.append(colours(DARK)).append("}\n");
    return style.toString();
  }

  private static String rules(
      String page, String ink, String soft, String grid, String axis, String event) {
    return String.format(
        """
        .page { fill: %s }
        .title { fill: %s }
        .subtitle, .label, .tick { fill: %s }
        .strong { fill: %s }
        .grid { stroke: %s }
        .axis, .whisker { stroke: %s }
        .event { fill: %s }
        .eventline { stroke: %s }
        """,
        page, ink, soft, ink, grid, axis, event, event);
  }

  private static String colours(String[] palette) {
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < palette.length; i++) {
      rules.append(
          String.format(
              Locale.ROOT,
              ".c%d { stroke: %s }\n.f%d { fill: %s }\n",
              i,
              palette[i],
              i,
              palette[i]));
    }
    return rules.toString();
  }
}
