package org.mptcp4j.mptcp;

import java.util.Arrays;

/**
 * Deadlines of a connection beside those of its subflows. That of retransmissions, which every
 * connection uses, has its own field; the others have slots, up to the last one that was ever used.
 */
final class MetaTimers {
  /** What they are for; behind the first, those that are used most first. */
  enum Timer {
    /** Data or a DATA_FIN waits for its DATA_ACK. */
    RETRANSMIT,
    /** The application closed; what was written is still on its way. */
    CLOSE,
    /** The connection is over; its subflows still exchange FINs. */
    LINGER,
    /** The window is closed and nothing is in flight, or a subflow is silent. */
    PROBE,
    /** An ADD_ADDR waits for its echo. */
    ADD_ADDR,
    /** The path manager asked to be woken. */
    PATHS,
    /** No subflow is left. */
    NO_SUBFLOW,
    /** A subflow whose address the peer withdrew was asked whether it is alive. */
    REMOVAL,
    /** What was written fills no segment and waits for more. */
    CORK
  }

  private static final long[] NONE = {};

  private long retransmitNs = Long.MAX_VALUE;
  private long[] others = NONE;

  void arm(Timer timer, long deadlineNs) {
    if (timer == Timer.RETRANSMIT) {
      retransmitNs = deadlineNs;
      return;
    }
    int used = others.length;
    if (slot(timer) >= used) {
      others = Arrays.copyOf(others, slot(timer) + 1);
      Arrays.fill(others, used, others.length, Long.MAX_VALUE);
    }
    others[slot(timer)] = deadlineNs;
  }

  private static int slot(Timer timer) {
    return timer.ordinal() - 1;
  }

  void stop(Timer timer) {
    if (armed(timer)) {
      arm(timer, Long.MAX_VALUE);
    }
  }

  boolean armed(Timer timer) {
    return deadlineNs(timer) != Long.MAX_VALUE;
  }

  private long deadlineNs(Timer timer) {
    if (timer == Timer.RETRANSMIT) {
      return retransmitNs;
    }
    return slot(timer) < others.length ? others[slot(timer)] : Long.MAX_VALUE;
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

  /** Whether it is due. */
  boolean isDue(long nowNs, Timer timer) {
    return deadlineNs(timer) <= nowNs;
  }

  /** Whether it is due; then it is stopped. */
  boolean take(long nowNs, Timer timer) {
    boolean due = isDue(nowNs, timer);
    if (due) {
      stop(timer);
    }
    return due;
  }

  /** Earliest deadline, {@link Long#MAX_VALUE} when none runs. */
  long next() {
    long next = retransmitNs;
    for (long d : others) {
      next = Math.min(next, d);
    }
    return next;
  }

  void stopAll() {
    retransmitNs = Long.MAX_VALUE;
    Arrays.fill(others, Long.MAX_VALUE);
  }
}
