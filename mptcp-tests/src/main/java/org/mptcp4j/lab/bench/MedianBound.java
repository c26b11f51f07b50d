package org.mptcp4j.lab.bench;

import java.util.List;

/**
 * A lower bound of the median of whatever {@code n} independent values were drawn from, whatever
 * their distribution: the {@code rank}-th smallest of them.
 *
 * <p>Each value is below the median with a probability of one half, so that the number of those
 * below is binomial. The {@code rank}-th smallest lies above the median when fewer than {@code
 * rank} are below it: that must not be more likely than 5 %.
 *
 * @param rank counted from 1
 * @param confidence that the bound holds, one-sided; 0.95 or more
 */
record MedianBound(int rank, double confidence) {
  /** With fewer values even the smallest of all is above the median too often. */
  static final int FEWEST = 5;

  private static final double RISK = 0.05;

  /**
   * The highest rank that bounds the median of {@code n} values.
   *
   * @throws IllegalArgumentException when no rank does: check {@link #FEWEST} first
   */
  static MedianBound of(int n) {
    if (n < FEWEST) {
      throw new IllegalArgumentException(n + " values have no bound: it takes " + FEWEST);
    }
    double term = Math.pow(0.5, n);
    double risk = 0;
    int rank = 0;
    while (risk + term <= RISK) {
      risk += term;
      term *= (double) (n - rank) / (rank + 1);
      rank++;
    }
    return new MedianBound(rank, 1 - risk);
  }

  /** The bound that these values give. */
  double in(List<Double> values) {
    return values.stream().sorted().toList().get(rank - 1);
  }
}
