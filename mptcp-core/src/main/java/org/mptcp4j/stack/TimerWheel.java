package org.mptcp4j.stack;

/**
 * Deadlines of many sockets, in a hierarchical timing wheel: scheduling, moving and cancelling cost
 * O(1) and allocate nothing.
 *
 * <p>It is lazy: moving a deadline later does nothing, the timer then expires at its old deadline
 * and its owner, which knows the real one, schedules it again. So the usual case, a retransmission
 * timer that every acknowledgement pushes back, costs one comparison.
 *
 * <p>Times are nanoseconds on any scale, negative values included. A level has 64 slots; the slots
 * of level 0 are 2^17 ns (131 us) wide, each further level is 64 times coarser. A timer sits at the
 * level of the highest group of six bits in which its deadline differs from the time reached, so
 * that whatever sits at a lower level is due earlier, and the next deadline is in the first
 * occupied slot of the lowest occupied level.
 */
final class TimerWheel {
  private static final int TICK_SHIFT = 17;
  private static final int LEVEL_BITS = 6;
  private static final int SLOTS = 1 << LEVEL_BITS;
  private static final int LEVELS = 8;
  private static final int IDLE = -1;
  private static final int EXPIRED = LEVELS * SLOTS;

  /** One deadline. Its owner extends it, or holds it. */
  static class Timer {
    private long deadlineNs;
    private short place = IDLE;
    private Timer previous;
    private Timer next;

    /** Whether the timer is scheduled, or has expired and was not polled yet. */
    final boolean isScheduled() {
      return place != IDLE;
    }
  }

  private final Timer[] heads = new Timer[EXPIRED + 1];
  private final long[] earliestNs = new long[EXPIRED + 1];
  private final long[] occupied = new long[LEVELS];
  private Timer lastExpired;
  private long reachedTick;

  /**
   * Makes sure that the timer expires at the deadline or earlier.
   *
   * @param timer the timer; may be scheduled already, and stays as it is when it expires earlier
   *     anyway
   * @param deadlineNs when it should expire; {@link Long#MAX_VALUE} changes nothing
   */
  void schedule(Timer timer, long deadlineNs) {
    if (deadlineNs == Long.MAX_VALUE
        || timer.place == EXPIRED
        || (timer.place != IDLE && timer.deadlineNs <= deadlineNs)) {
      return;
    }
    if (timer.place != IDLE) {
      unlink(timer);
    }
    timer.deadlineNs = deadlineNs;
    insert(timer);
  }

  /**
   * Takes the timer out, scheduled or not.
   *
   * @param timer the timer
   */
  void cancel(Timer timer) {
    if (timer.place != IDLE) {
      unlink(timer);
    }
  }

  /**
   * When {@link #expire} will have something to do.
   *
   * @return a time not later than the earliest deadline, and exact unless that one was moved or
   *     cancelled; {@link Long#MAX_VALUE} when nothing is scheduled
   */
  long nextTimeoutNs() {
    if (heads[EXPIRED] != null) {
      return heads[EXPIRED].deadlineNs;
    }
    for (int level = 0; level < LEVELS; level++) {
      if (occupied[level] != 0) {
        return earliestNs[level * SLOTS + Long.numberOfTrailingZeros(occupied[level])];
      }
    }
    return Long.MAX_VALUE;
  }

  /**
   * Takes one timer that is due.
   *
   * @param nowNs the time
   * @return a timer that is not scheduled any more, or {@code null} when none is due
   */
  Timer expire(long nowNs) {
    if (heads[EXPIRED] == null) {
      advance(nowNs);
    }
    Timer timer = heads[EXPIRED];
    if (timer != null) {
      unlink(timer);
    }
    return timer;
  }

  private void advance(long nowNs) {
    long nowTick = tick(nowNs);
    int level;
    while ((level = lowestOccupied()) < LEVELS) {
      int slot = Long.numberOfTrailingZeros(occupied[level]);
      long start = slotStart(level, slot);
      if (Long.compareUnsigned(start, nowTick) > 0) {
        break;
      }
      reach(start);
      scatter(nowNs, level * SLOTS + slot);
      if (level == 0 && start == nowTick) {
        break;
      }
    }
    reach(nowTick);
  }

  /**
   * Empties a slot: what is due expires, the rest moves to a finer level, or back to the slot when
   * it is of level 0.
   */
  private void scatter(long nowNs, int place) {
    Timer timer = heads[place];
    heads[place] = null;
    occupied[place / SLOTS] &= ~(1L << place);
    while (timer != null) {
      Timer following = timer.next;
      timer.next = null;
      timer.previous = null;
      if (timer.deadlineNs <= nowNs) {
        appendExpired(timer);
      } else {
        insert(timer);
      }
      timer = following;
    }
  }

  private void appendExpired(Timer timer) {
    timer.place = EXPIRED;
    timer.previous = lastExpired;
    if (lastExpired == null) {
      heads[EXPIRED] = timer;
    } else {
      lastExpired.next = timer;
    }
    lastExpired = timer;
  }

  private void insert(Timer timer) {
    long tick = tick(timer.deadlineNs);
    if (Long.compareUnsigned(tick, reachedTick) < 0) {
      tick = reachedTick;
    }
    long difference = tick ^ reachedTick;
    int level = difference == 0 ? 0 : (63 - Long.numberOfLeadingZeros(difference)) / LEVEL_BITS;
    int slot = (int) (tick >>> (LEVEL_BITS * level)) & (SLOTS - 1);
    int place = level * SLOTS + slot;
    Timer head = heads[place];
    timer.place = (short) place;
    timer.next = head;
    if (head == null) {
      occupied[level] |= 1L << slot;
      earliestNs[place] = timer.deadlineNs;
    } else {
      head.previous = timer;
      earliestNs[place] = Math.min(earliestNs[place], timer.deadlineNs);
    }
    heads[place] = timer;
  }

  private void unlink(Timer timer) {
    int place = timer.place;
    if (timer.next != null) {
      timer.next.previous = timer.previous;
    } else if (place == EXPIRED) {
      lastExpired = timer.previous;
    }
    if (timer.previous != null) {
      timer.previous.next = timer.next;
    } else {
      heads[place] = timer.next;
      if (timer.next == null && place != EXPIRED) {
        occupied[place / SLOTS] &= ~(1L << place);
      }
    }
    timer.previous = null;
    timer.next = null;
    timer.place = IDLE;
  }

  private int lowestOccupied() {
    int level = 0;
    while (level < LEVELS && occupied[level] == 0) {
      level++;
    }
    return level;
  }

  private long slotStart(int level, int slot) {
    int shift = LEVEL_BITS * level;
    long upper = reachedTick >>> (shift + LEVEL_BITS - 1) >>> 1;
    return (upper << LEVEL_BITS | slot) << shift;
  }

  private void reach(long tick) {
    if (Long.compareUnsigned(tick, reachedTick) > 0) {
      reachedTick = tick;
    }
  }

  /** Maps signed time to an unsigned count of ticks of the same order. */
  private static long tick(long timeNs) {
    return (timeNs ^ Long.MIN_VALUE) >>> TICK_SHIFT;
  }
}
