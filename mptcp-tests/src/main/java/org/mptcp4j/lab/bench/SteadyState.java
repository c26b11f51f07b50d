package org.mptcp4j.lab.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides from the rounds of a warm-up when measuring may begin: when compilers have been at rest
 * for two rounds and the rate has stopped changing, or when they have been at rest for so long that
 * a rate that still changes is the machine's noise, which is then told. A side without compilers is
 * judged by the same rule.
 */
final class SteadyState {
  /** Share of one processor that compilers at rest may use. */
  static final double REST = 0.02;

  private static final double SAME_RATE = 0.05;
  private static final int QUIET_ROUNDS = 2;
  private static final int LONG_QUIET_ROUNDS = 4;

  private final List<Round> rounds = new ArrayList<>();

  /**
   * One round of a warm-up.
   *
   * @param rate what was measured, in any unit
   * @param compilerCores processors that compilers used on average
   */
  record Round(double rate, double compilerCores) {}

  /** Adds the latest round. */
  void add(double rate, double compilerCores) {
    rounds.add(new Round(rate, compilerCores));
  }

  int rounds() {
    return rounds.size();
  }

  /** Whether measuring may begin. */
  boolean reached() {
    return quiet(LONG_QUIET_ROUNDS) || steady();
  }

  /** Whether the next round would be like the last. */
  boolean steady() {
    return quiet(QUIET_ROUNDS) && sameRate();
  }

  private boolean quiet(int count) {
    int n = rounds.size();
    return n >= count
        && rounds.subList(n - count, n).stream().allMatch(round -> round.compilerCores() < REST);
  }

  private boolean sameRate() {
    double last = rounds.get(rounds.size() - 1).rate();
    double before = rounds.get(rounds.size() - 2).rate();
    return Math.abs(last - before) <= SAME_RATE * Math.max(last, before);
  }
}
