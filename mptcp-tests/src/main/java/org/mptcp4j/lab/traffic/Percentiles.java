package org.mptcp4j.lab.traffic;

import java.util.Arrays;

/**
 * Keeps measured times and answers for their percentiles. Grows up to a bound, then keeps no
 * further ones.
 */
public final class Percentiles {
  private static final int MOST = 1 << 23;

  private long[] values = new long[1 << 12];
  private int size;
  private boolean sorted;

  /** Without values. */
  public Percentiles() {}

  /** Adds a time in nanoseconds. */
  public void add(long ns) {
    if (size == MOST) {
      return;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = ns;
    sorted = false;
  }

  /** How many values there are. */
  public int count() {
    return size;
  }

  /**
   * The smallest value that at least {@code share} of all values do not exceed, in nanoseconds; 0
   * without values.
   *
   * @param share from 0 (the minimum) to 1 (the maximum)
   */
  public long at(double share) {
    if (size == 0) {
      return 0;
    }
    if (!sorted) {
      Arrays.sort(values, 0, size);
      sorted = true;
    }
    int rank = (int) Math.ceil(share * size);
    return values[Math.min(size, Math.max(1, rank)) - 1];
  }
}
