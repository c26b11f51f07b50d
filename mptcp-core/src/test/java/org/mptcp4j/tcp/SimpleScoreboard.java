package org.mptcp4j.tcp;

/**
 * The rules of {@link Scoreboard} in their plainest form, for comparison: the state of each byte by
 * itself, and everything gone through at every question.
 */
final class SimpleScoreboard {

  private static final long NEVER = Long.MIN_VALUE;

  private final boolean[] sacked;
  private final boolean[] lost;
  private final boolean[] again;
  private final boolean[] resent;
  private final long[] onceNs;
  private final long[] againNs;
  private int nxt;

  /** What was delivered since {@link #begin}, as {@link Rack} is told. */
  long newestNs;

  int newestEnd;
  int lowestOnce;

  SimpleScoreboard(int bytes) {
    sacked = new boolean[bytes];
    lost = new boolean[bytes];
    again = new boolean[bytes];
    resent = new boolean[bytes];
    onceNs = new long[bytes];
    againNs = new long[bytes];
  }

  void begin() {
    newestNs = NEVER;
    newestEnd = 0;
    lowestOnce = Integer.MAX_VALUE;
  }

  private static int count(boolean[] flags, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += flags[i] ? 1 : 0;
    }
    return count;
  }

  void send(int end, long nowNs) {
    for (; nxt < end; nxt++) {
      onceNs[nxt] = nowNs;
    }
  }

  long sackedBytes() {
    return count(sacked, 0, nxt);
  }

  long resentBytes() {
    return count(resent, 0, nxt);
  }

  long sack(int start, int end) {
    int news = 0;
    for (int i = start; i < end; i++) {
      if (!sacked[i]) {
        news++;
        deliver(i);
      }
      sacked[i] = true;
    }
    return news;
  }

  private void deliver(int i) {
    if (!again[i]) {
      lowestOnce = Math.min(lowestOnce, i);
      newest(onceNs[i], i + 1);
    } else if (resent[i]) {
      newest(againNs[i], i + 1);
    }
    again[i] = false;
    resent[i] = false;
  }

  private void newest(long timeNs, int end) {
    if (timeNs > newestNs || (timeNs == newestNs && end > newestEnd)) {
      newestNs = timeNs;
      newestEnd = end;
    }
  }

  long advance(int una, int ack) {
    int passed = count(sacked, una, ack);
    for (int i = una; i < ack; i++) {
      if (!sacked[i]) {
        deliver(i);
      }
      sacked[i] = false;
      lost[i] = true;
    }
    return passed;
  }

  void unmarkLost(int una) {
    for (int i = una; i < nxt; i++) {
      lost[i] = false;
    }
  }

  boolean detectLost(long overdueNs, long xmitNs, int endSeq, int una) {
    boolean found = false;
    for (int i = una; i < nxt; i++) {
      if (isOverdue(onceNs[i], i, overdueNs, xmitNs, endSeq)) {
        found |= !lost[i] && !sacked[i];
        lost[i] = true;
      }
      if (resent[i] && isOverdue(againNs[i], i, overdueNs, xmitNs, endSeq)) {
        found = true;
        resent[i] = false;
      }
    }
    return found;
  }

  private static boolean isOverdue(long timeNs, int i, long overdueNs, long xmitNs, int endSeq) {
    return timeNs <= overdueNs && isBefore(timeNs, i, xmitNs, endSeq);
  }

  private static boolean isBefore(long timeNs, int i, long xmitNs, int endSeq) {
    return timeNs < xmitNs || (timeNs == xmitNs && i < endSeq);
  }

  long oldestSentBefore(long xmitNs, int endSeq, int una) {
    long oldest = Long.MAX_VALUE;
    for (int i = una; i < nxt; i++) {
      if (!sacked[i] && !lost[i] && isBefore(onceNs[i], i, xmitNs, endSeq)) {
        oldest = Math.min(oldest, onceNs[i]);
      }
      if (resent[i] && isBefore(againNs[i], i, xmitNs, endSeq)) {
        oldest = Math.min(oldest, againNs[i]);
      }
    }
    return oldest == Long.MAX_VALUE ? NEVER : oldest;
  }

  void onTimeout(int una, int firstEnd, long overdueNs) {
    for (int i = una; i < nxt; i++) {
      lost[i] |= i < firstEnd || onceNs[i] <= overdueNs;
      resent[i] &= i >= firstEnd && againNs[i] > overdueNs;
    }
  }

  long pipe(int una) {
    int pipe = 0;
    for (int i = una; i < nxt; i++) {
      pipe += !sacked[i] && !lost[i] ? 1 : 0;
    }
    return pipe + resentBytes();
  }

  long nextLost(int una) {
    for (int i = una; i < nxt; i++) {
      if (lost[i] && !sacked[i] && !resent[i]) {
        return i;
      }
    }
    return -1;
  }

  long lostRangeEnd(int start) {
    int end = start;
    while (end < nxt && lost[end] && !sacked[end] && !resent[end]) {
      end++;
    }
    return end;
  }

  void onRetransmit(long nowNs, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!resent[i]) {
        againNs[i] = nowNs;
      }
      again[i] = true;
      resent[i] = true;
    }
  }
}
