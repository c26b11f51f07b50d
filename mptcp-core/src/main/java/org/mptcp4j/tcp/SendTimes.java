package org.mptcp4j.tcp;

/**
 * When each range in flight was sent for the first time. First transmissions are in the order of
 * offsets and of time at once, so that both questions, when an offset was sent and how far had been
 * sent by a time, are answered by halving. What is sent again is in {@link Retransmissions}.
 */
final class SendTimes {

  /** Stands for no time. */
  static final long NEVER = Long.MIN_VALUE;

  /** Ranges kept apart; what is sent while there are so many joins the newest. */
  static final int MOST = 4096;

  private static final int INITIAL = 1;
  private static final long[] NONE = {};

  private long[] pairs = NONE; // end and time of each range
  private int head;
  private int count;

  /** What follows the range before, up to an offset, leaves now. */
  void onSent(long end, long nowNs) {
    if (count == MOST) {
      // Counted as sent later than it was, the beginning of the range is given more time.
      put(slot(count - 1), end, nowNs);
      return;
    }
    if (2 * count == pairs.length) {
      grow();
    }
    put(slot(count), end, nowNs);
    count++;
  }

  /**
   * Everything below an offset is acknowledged.
   *
   * @return when the newest of the ranges was sent that end there or before; {@link #NEVER} when
   *     none does
   */
  long onAcked(long una) {
    long sentNs = NEVER;
    while (count > 0 && pairs[slot(0)] <= una) {
      sentNs = pairs[slot(0) + 1];
      head = (head + 2) & (pairs.length - 1);
      count--;
    }
    return sentNs;
  }

  /** When a byte in flight was sent; {@link #NEVER} when it was not. */
  long at(long offset) {
    int i = ranges(offset, Long.MAX_VALUE);
    return i == count ? NEVER : pairs[slot(i) + 1];
  }

  /** Offset behind what had been sent by a time, of that what is in flight; 0 for nothing. */
  long endSentBy(long timeNs) {
    int i = ranges(Long.MAX_VALUE, timeNs);
    return i == 0 ? 0 : pairs[slot(i - 1)];
  }

  /** How many ranges end at or before an offset and were sent by a time. */
  private int ranges(long end, long timeNs) {
    int lo = 0;
    int hi = count;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      int at = slot(mid);
      if (pairs[at] <= end && pairs[at + 1] <= timeNs) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    return lo;
  }

  private void put(int at, long end, long timeNs) {
    pairs[at] = end;
    pairs[at + 1] = timeNs;
  }

  private int slot(int i) {
    return (head + 2 * i) & (pairs.length - 1);
  }

  private void grow() {
    int capacity = Math.max(INITIAL, 2 * count);
    long[] longer = new long[2 * capacity];
    for (int i = 0; i < count; i++) {
      System.arraycopy(pairs, slot(i), longer, 2 * i, 2);
    }
    pairs = longer;
    head = 0;
  }
}
