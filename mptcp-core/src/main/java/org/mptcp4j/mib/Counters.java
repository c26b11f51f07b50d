package org.mptcp4j.mib;

/** Where a stack counts what happens. Called on the stack's thread. */
public interface Counters {
  /** Adds one. */
  default void increment(Mib counter) {
    add(counter, 1);
  }

  /** Adds one for something that was refused or dropped at a limit. */
  default void limitReached(Mib counter) {
    increment(counter);
  }

  /**
   * Adds a number.
   *
   * @param counter what happened
   * @param count how often; negative only for gauges
   */
  void add(Mib counter, long count);
}
