package org.mptcp4j.tcp;

/**
 * Times a bounded number of sent ranges so that round trips are measured more finely than
 * timestamps allow. RFC 6298 section 3 (Karn): forgets everything when something is retransmitted.
 */
final class RttSampler {

  private static final int INITIAL = 2;
  private static final int MOST = 16;
  private static final long[] NONE = {};

  private long[] ends = NONE;
  private long[] sentNs = NONE;
  private int head;
  private int count;

  /** A range of new data that ends at an offset left now. */
  void onSent(long end, long nowNs) {
    if (count == MOST) {
      return;
    }
    if (count == ends.length) {
      grow();
    }
    int at = slot(count);
    ends[at] = end;
    sentNs[at] = nowNs;
    count++;
  }

  /** Everything below an offset is acknowledged. Returns the newest round trip, or -1. */
  long onAcked(long una, long nowNs) {
    long rtt = -1;
    while (count > 0 && ends[head] <= una) {
      rtt = nowNs - sentNs[head];
      head = slot(1);
      count--;
    }
    return rtt;
  }

  void forget() {
    count = 0;
  }

  private int slot(int i) {
    return (head + i) & (ends.length - 1);
  }

  private void grow() {
    int capacity = Math.max(INITIAL, 2 * count);
    long[] newEnds = new long[capacity];
    long[] newSentNs = new long[capacity];
    for (int i = 0; i < count; i++) {
      newEnds[i] = ends[slot(i)];
      newSentNs[i] = sentNs[slot(i)];
    }
    ends = newEnds;
    sentNs = newSentNs;
    head = 0;
  }
}
