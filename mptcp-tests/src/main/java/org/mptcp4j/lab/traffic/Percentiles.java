package org.mptcp4j.lab.traffic;

import org.HdrHistogram.Histogram;

/**
 * Counts measured times and answers for their percentiles: all times, to three digits, in memory
 * that does not grow with their number.
 */
public final class Percentiles {
  private static final int DIGITS = 3;

  private final Histogram times = new Histogram(DIGITS);

  /** Without values. */
  public Percentiles() {}

  /**
   * Adds a time in nanoseconds.
   *
   * @throws ArrayIndexOutOfBoundsException when it is negative
   */
  public void add(long ns) {
    times.recordValue(ns);
  }

  /** How many values there are. */
  public long count() {
    return times.getTotalCount();
  }

  /**
   * The smallest value that at least {@code share} of all values do not exceed, in nanoseconds, up
   * to 0.1 % more; 0 without values.
   *
   * @param share from 0 (the minimum) to 1 (the maximum)
   */
  public long at(double share) {
    return times.getTotalCount() == 0 ? 0 : times.getValueAtPercentile(100 * share);
  }
}
