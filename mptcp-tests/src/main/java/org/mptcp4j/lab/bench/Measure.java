package org.mptcp4j.lab.bench;

import java.util.regex.Pattern;
import org.mptcp4j.lab.bench.BenchReport.Better;

/**
 * One thing that the client of a mode prints, or that {@link Side} adds to it.
 *
 * @param key its name in the client's output, and the end of its name in the report
 * @param title what it is, in words
 */
record Measure(String key, String title, String unit, Better better, Kind kind) {
  /** Key of the subflows that each connection got beside its first. */
  static final String JOINS = "joins_per_connection";

  /** What may be concluded from a measure. */
  enum Kind {
    /** How good a build is: a ratio of two builds means something. */
    FIGURE,
    /** What explains a figure: what the work was, what the runtime did beside it. */
    CONTEXT
  }

  private static final Pattern PERCENTILE = Pattern.compile("p\\d+_us");

  /** Whether the value of this name is a percentile of what was measured. */
  static boolean isPercentile(String key) {
    return PERCENTILE.matcher(key).matches();
  }

  static Measure figure(String key, String title, String unit, Better better) {
    return new Measure(key, title, unit, better, Kind.FIGURE);
  }

  static Measure context(String key, String title, String unit, Better better) {
    return new Measure(key, title, unit, better, Kind.CONTEXT);
  }
}
