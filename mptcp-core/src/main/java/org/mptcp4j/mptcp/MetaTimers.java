package org.mptcp4j.mptcp;

import java.util.Arrays;

/** Deadlines of a connection beside those of its subflows, one slot each. */
final class MetaTimers {
  /** The slots, those that are used most first. */
  enum Timer {
    /** Data or a DATA_FIN waits for its DATA_ACK. */
    RETRANSMIT,
    /** The window is closed and nothing is in flight, or a subflow is silent. */
    PROBE,
    /** An ADD_ADDR waits for its echo. */
    ADD_ADDR,
    /** The path manager asked to be woken. */
    PATHS,
    /** No subflow is left. */
    NO_SUBFLOW,
    /** The application closed; what was written is still on its way. */
    CLOSE,
    /** The connection is over; its subflows still exchange FINs. */
    LINGER
  }

  private static final long[] NONE = {};

  private long[] deadlines = NONE; // up to the last slot that was ever used

  void arm(Timer timer, long deadlineNs) {
    int used = deadlines.length;
    if (timer.ordinal() >= used) {
      deadlines = Arrays.copyOf(deadlines, timer.ordinal() + 1);
      Arrays.fill(deadlines, used, deadlines.length, Long.MAX_VALUE);
    }
    deadlines[timer.ordinal()] = deadlineNs;
  }

  void stop(Timer timer) {
    if (timer.ordinal() < deadlines.length) {
      deadlines[timer.ordinal()] = Long.MAX_VALUE;
    }
  }

  boolean armed(Timer timer) {
    return deadlineNs(timer) != Long.MAX_VALUE;
  }

  private long deadlineNs(Timer timer) {
    return timer.ordinal() < deadlines.length ? deadlines[timer.ordinal()] : Long.MAX_VALUE;
  }

  /** Arms a timer unless it runs already. */
  void armOnce(Timer timer, long deadlineNs) {
    if (!armed(timer)) {
      arm(timer, deadlineNs);
    }
  }

  /** Arms a timer unless it runs already and is due earlier. */
  void armBefore(Timer timer, long deadlineNs) {
    if (deadlineNs < deadlineNs(timer)) {
      arm(timer, deadlineNs);
    }
  }

  /** Moves the deadline of a timer that runs. */
  void extend(Timer timer, long deadlineNs) {
    if (armed(timer)) {
      arm(timer, deadlineNs);
    }
  }

  /** Whether it is due; then it is stopped. */
  boolean take(Timer timer, long nowNs) {
    boolean due = deadlineNs(timer) <= nowNs;
    if (due) {
      stop(timer);
    }
    return due;
  }

  /** Earliest deadline, {@link Long#MAX_VALUE} when none runs. */
  long next() {
    long next = Long.MAX_VALUE;
    for (long d : deadlines) {
      next = Math.min(next, d);
    }
    return next;
  }

  void stopAll() {
    Arrays.fill(deadlines, Long.MAX_VALUE);
  }
}
