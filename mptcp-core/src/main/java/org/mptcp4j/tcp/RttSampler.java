package org.mptcp4j.tcp;

/**
 * Times a bounded number of sent ranges so that round trips are measured more finely than
 * timestamps allow. RFC 6298 section 3 (Karn): forgets everything when something is retransmitted.
 */
final class RttSampler {

  private static final int SLOTS = 16;

  private long[] ends;
  private long[] sentNs;
  private int head;
  private int count;

  /** A range of new data that ends at an offset left now. */
  void onSent(long end, long nowNs) {
    if (count == SLOTS) {
      return;
    }
    if (ends == null) {
      ends = new long[SLOTS];
      sentNs = new long[SLOTS];
    }
    int at = (head + count) & (SLOTS - 1);
    ends[at] = end;
    sentNs[at] = nowNs;
    count++;
  }

  /** Everything below an offset is acknowledged. Returns the newest round trip, or -1. */
  long onAcked(long una, long nowNs) {
    long rtt = -1;
    while (count > 0 && ends[head] <= una) {
      rtt = nowNs - sentNs[head];
      head = (head + 1) & (SLOTS - 1);
      count--;
    }
    return rtt;
  }

  void forget() {
    count = 0;
  }
}
