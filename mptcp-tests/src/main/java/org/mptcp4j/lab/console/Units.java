package org.mptcp4j.lab.console;

import java.util.Locale;

/**
 * Figures as people read them. Rates are decimal, as networks count; sizes are binary, as files do.
 */
public final class Units {
  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] RATES = {"b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"};

  private Units() {}

  /** A number of bytes, for example {@code 32.0 MiB}. */
  public static String bytes(long bytes) {
    return scaled(bytes, 1024, SIZES);
  }

  /** A rate given in bits per second, for example {@code 98.4 Mb/s}. */
  public static String rate(double bitsPerSecond) {
    return scaled(bitsPerSecond, 1000, RATES);
  }

  /** A time, for example {@code 12.3 ms}. */
  public static String nanos(double ns) {
    if (ns < 1e3) {
      return String.format(Locale.ROOT, "%.0f ns", ns);
    }
    if (ns < 1e6) {
      return String.format(Locale.ROOT, "%.1f us", ns / 1e3);
    }
    if (ns < 1e9) {
      return String.format(Locale.ROOT, "%.1f ms", ns / 1e6);
    }
    return seconds(ns / 1e9);
  }

  /** A time in seconds, for example {@code 2.05 s}. */
  public static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f s", seconds);
  }

  /** A share of one, for example {@code 97.1 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A count with its thousands set apart, for example {@code 12,345}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A count of things, for example {@code 1 flow} or {@code 12,345 flows}. */
  public static String count(long value, String thing) {
    return count(value) + " " + thing + (value == 1 ? "" : "s");
  }

  /** What {@code bytes} in {@code seconds} amount to, in bits per second; 0 when no time passed. */
  public static double bitsPerSecond(long bytes, double seconds) {
    return seconds > 0 ? bytes * 8 / seconds : 0;
  }

  private static String scaled(double value, int step, String[] units) {
    int unit = 0;
    double scaled = value;
    while (scaled >= step && unit < units.length - 1) {
      scaled /= step;
      unit++;
    }
    return unit == 0
        ? String.format(Locale.ROOT, "%.0f %s", scaled, units[0])
        : String.format(Locale.ROOT, "%.1f %s", scaled, units[unit]);
  }
}
