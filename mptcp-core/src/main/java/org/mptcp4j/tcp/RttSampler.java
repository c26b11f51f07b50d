package org.mptcp4j.tcp;

/**
 * Times a bounded number of sent ranges so that round trips are measured more finely than
 * timestamps allow. RFC 6298 section 3 (Karn): forgets everything when something is retransmitted.
 */
final class RttSampler {

  private static final int INITIAL = 1;
  private static final int MOST = 16;
  private static final long[] NONE = {};

  private long[] pairs = NONE; // end and time of each range
  private int head;
  private int count;

  /** A range of new data that ends at an offset left now. */
  void onSent(long end, long nowNs) {
    if (count == MOST) {
      return;
    }
    if (2 * count == pairs.length) {
      grow();
    }
    int at = slot(count);
    pairs[at] = end;
    pairs[at + 1] = nowNs;
    count++;
  }

  /** Everything below an offset is acknowledged. Returns the newest round trip, or -1. */
  long onAcked(long una, long nowNs) {
    long rtt = -1;
    while (count > 0 && pairs[slot(0)] <= una) {
      rtt = nowNs - pairs[slot(0) + 1];
      head = (head + 2) & (pairs.length - 1);
      count--;
    }
    return rtt;
  }

  void forget() {
    count = 0;
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
