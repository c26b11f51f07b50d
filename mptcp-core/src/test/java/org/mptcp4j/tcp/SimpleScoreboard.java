package org.mptcp4j.tcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rules of {@link Scoreboard} in their plainest form, for comparison: one flag per byte, every
 * retransmission in a list, and everything gone through at every question.
 */
final class SimpleScoreboard {
  private static final int DUP_THRESH = 3;

  /** A retransmission, with the highest offset sent before it. */
  private record Resent(int start, int end, int nxt) {}

  private final boolean[] sacked;
  private final boolean[] resent;
  private final List<Resent> log = new ArrayList<>();
  private int lostEnd;

  SimpleScoreboard(int bytes) {
    sacked = new boolean[bytes];
    resent = new boolean[bytes];
  }

  private static int count(boolean[] flags, int from, int to) {
    int count = 0;
    for (int i = Math.max(0, from); i < to; i++) {
      count += flags[i] ? 1 : 0;
    }
    return count;
  }

  long sackedBytes() {
    return count(sacked, 0, sacked.length);
  }

  long resentBytes() {
    return count(resent, 0, resent.length);
  }

  long lostEnd() {
    return lostEnd;
  }

  long sack(int start, int end) {
    int news = 0;
    for (int i = start; i < end; i++) {
      news += sacked[i] ? 0 : 1;
      sacked[i] = true;
      resent[i] = false;
    }
    return news;
  }

  long advance(int una) {
    int passed = count(sacked, 0, una);
    for (int i = 0; i < una; i++) {
      sacked[i] = false;
      resent[i] = false;
    }
    return passed;
  }

  void updateLost(int mss) {
    int above = 0;
    int ranges = 0;
    for (int i = sacked.length - 1; i >= 0; i--) {
      if (sacked[i]) {
        above++;
      }
      if (sacked[i] && (i == 0 || !sacked[i - 1])) {
        ranges++;
        if (above > (DUP_THRESH - 1) * mss || ranges >= DUP_THRESH) {
          lostEnd = Math.max(lostEnd, i);
          return;
        }
      }
    }
  }

  void markLost(int end) {
    lostEnd = Math.max(lostEnd, end);
  }

  void markAllLost(int nxt) {
    lostEnd = nxt;
    log.clear();
    Arrays.fill(resent, false);
  }

  long pipe(int una, int nxt) {
    int from = Math.max(una, lostEnd);
    return nxt - from - count(sacked, from, sacked.length) + resentBytes();
  }

  long nextLost(int una) {
    for (int i = una; i < lostEnd; i++) {
      if (!sacked[i] && !resent[i]) {
        return i;
      }
    }
    return -1;
  }

  long lostRangeEnd(int start) {
    int end = start;
    while (end < lostEnd && !sacked[end] && !resent[end]) {
      end++;
    }
    return end;
  }

  void onRetransmit(int start, int end, int nxt) {
    for (int i = start; i < end; i++) {
      resent[i] = true;
    }
    log.add(new Resent(start, end, nxt));
  }

  boolean detectLostRetransmits(int una, int mss) {
    List<Resent> lost = new ArrayList<>();
    int deliveredAfter = 0;
    for (int i = log.size() - 1; i >= 0; i--) {
      Resent r = log.get(i);
      int outstanding = count(resent, r.start, r.end);
      int sackedAbove = count(sacked, Math.max(una, r.nxt), sacked.length);
      if (Math.max(deliveredAfter, sackedAbove) >= DUP_THRESH * mss && outstanding > 0) {
        lost.add(r);
      }
      deliveredAfter += r.end - r.start - outstanding;
    }
    for (Resent r : lost) {
      for (int i = r.start; i < r.end; i++) {
        resent[i] = false;
      }
    }
    log.removeAll(lost);
    return !lost.isEmpty();
  }
}
