package org.mptcp4j.tcp;

/**
 * When each range in flight was sent for the first time. First transmissions are in the order of
 * offsets and of time at once, so that both questions, when an offset was sent and how far had been
 * sent by a time, are answered by halving. What is sent again is in {@link Retransmissions}. Beside
 * the time of each range is the note of {@link DeliveryRate}.
 */
final class SendTimes {

  /** Stands for no time. */
  static final long NEVER = Long.MIN_VALUE;

  /** Ranges kept apart; what is sent while there are so many joins the newest. */
  static final int MOST = 4096;

  private static final int FIELDS = 2 + DeliveryRate.NOTE_LENGTH; // end, time and note
  private static final int INITIAL = 1;
  private static final long[] NONE = {};

  private long[] ranges = NONE; // room for a power of two of them
  private char head;
  private char count; // no more than MOST
  private DeliveryRate rate = DeliveryRate.NOTHING_SENT;

  /** The rate at which all this is delivered. */
  DeliveryRate rate() {
    return rate;
  }

  /** There is nothing more to send although the window would let it go. */
  void onAppLimited(long inFlight) {
    if (rate != DeliveryRate.NOTHING_SENT) {
      rate.onAppLimited(inFlight);
    }
  }

  /** What follows the range before, up to an offset, leaves now. */
  void onSent(long nowNs, long end) {
    if (rate == DeliveryRate.NOTHING_SENT) {
      rate = new DeliveryRate();
    }
    rate.onSent(nowNs, count == 0);
    if (count == MOST) {
      // Counted as sent later than it was, the beginning of the range is given more time.
      put(slot(count - 1), end, nowNs);
      return;
    }
    if (FIELDS * count == ranges.length) {
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
    while (count > 0 && ranges[slot(0)] <= una) {
      sentNs = ranges[slot(0) + 1];
      head = (char) ((head + 1) & (capacity() - 1));
      count--;
    }
    return sentNs;
  }

  /** When a byte in flight was sent; {@link #NEVER} when it was not. */
  long at(long offset) {
    int i = countUntil(offset, Long.MAX_VALUE);
    return i == count ? NEVER : ranges[slot(i) + 1];
  }

  /**
   * A byte that was sent once is delivered, with others that were sent before it.
   *
   * @return when it was sent; {@link #NEVER} when it was not
   */
  long delivered(long offset) {
    int i = countUntil(offset, Long.MAX_VALUE);
    if (i == count) {
      return NEVER;
    }
    int at = slot(i);
    rate.delivered(ranges[at + 1], ranges, at + 2);
    return ranges[at + 1];
  }

  /** Offset behind what had been sent by a time, of that what is in flight; 0 for nothing. */
  long endSentBy(long timeNs) {
    int i = countUntil(Long.MAX_VALUE, timeNs);
    return i == 0 ? 0 : ranges[slot(i - 1)];
  }

  /** How many ranges end at or before an offset and were sent by a time. */
  private int countUntil(long end, long timeNs) {
    int lo = 0;
    int hi = count;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      int at = slot(mid);
      if (ranges[at] <= end && ranges[at + 1] <= timeNs) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    return lo;
  }

  private void put(int at, long end, long timeNs) {
    ranges[at] = end;
    ranges[at + 1] = timeNs;
    rate.note(ranges, at + 2);
  }

  private int capacity() {
    return ranges.length / FIELDS;
  }

  private int slot(int i) {
    return FIELDS * ((head + i) & (capacity() - 1));
  }

  private void grow() {
    long[] longer = new long[FIELDS * Math.max(INITIAL, 2 * count)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(ranges, slot(i), longer, FIELDS * i, FIELDS);
    }
    ranges = longer;
    head = 0;
  }
}
