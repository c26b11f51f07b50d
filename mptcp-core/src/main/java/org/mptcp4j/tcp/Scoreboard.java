package org.mptcp4j.tcp;

import java.util.Arrays;

/**
 * What is known of the bytes in flight, as ranges of the send offset space: selectively
 * acknowledged, deemed lost (everything under one offset that was not acknowledged), retransmitted
 * and still outstanding. RFC 6675 with two refinements: amounts are bytes, because one segment may
 * be 64 KB long, and a retransmission is deemed lost when enough was delivered that was sent after
 * it.
 */
final class Scoreboard {

  /** RFC 6675 section 2: DupThresh. */
  static final int DUP_THRESH = 3;

  /** Ranges kept; what a peer reports beyond them is found by the timer. */
  static final int MAX_RANGES = 2048;

  private static final int MAX_LOG = 1024;
  private static final long[] NO_LOG = {};

  private static final RangeSet NONE = new RangeSet(); // stands for a set that was never added to

  /** Stands for a board that nothing was ever written on; never changed. */
  static final Scoreboard CLEAN = new Scoreboard();

  private RangeSet sacked = NONE;
  private RangeSet resent = NONE;
  private long lostEnd;
  private long cursor;

  // Retransmissions in the order they were sent, with the highest offset sent before them.
  private long[] logStart = NO_LOG;
  private long[] logEnd = NO_LOG;
  private long[] logStamp = NO_LOG;
  private int logSize;

  long sackedBytes() {
    return sacked.bytes();
  }

  long resentBytes() {
    return resent.bytes();
  }

  /** Everything below this that is not selectively acknowledged is deemed lost. */
  long lostEnd() {
    return lostEnd;
  }

  /** The highest byte selectively acknowledged, plus one; 0 when there is none. */
  long highestSacked() {
    return sacked.isEmpty() ? 0 : sacked.end(sacked.size() - 1);
  }

  /** First selectively acknowledged byte; {@link Long#MAX_VALUE} when there is none. */
  long lowestSacked() {
    return sacked.isEmpty() ? Long.MAX_VALUE : sacked.start(0);
  }

  /** Records a SACK block, already clipped to [una, nxt). Returns the bytes that are news. */
  long sack(long start, long end) {
    if (sacked.size() >= MAX_RANGES && !sacked.contains(start) && !sacked.contains(end)) {
      return 0;
    }
    if (sacked == NONE) {
      sacked = new RangeSet();
    }
    long added = sacked.add(start, end);
    if (added > 0) {
      resent.remove(start, end);
    }
    return added;
  }

  /** The cumulative acknowledgement moved. Returns how many of the bytes it passed were sacked. */
  long advance(long una) {
    long passed = sacked.bytes();
    sacked.removeBelow(una);
    resent.removeBelow(una);
    return passed - sacked.bytes();
  }

  /** RFC 2018 section 8: the peer may have thrown away what it had selectively acknowledged. */
  void forgetSacked() {
    sacked.clear();
  }

  /** RFC 6675 section 4, IsLost: everything below enough selectively acknowledged bytes. */
  void updateLost(int mss) {
    long above = 0;
    for (int i = sacked.size() - 1; i >= 0; i--) {
      above += sacked.end(i) - sacked.start(i);
      int ranges = sacked.size() - i;
      if (above > (long) (DUP_THRESH - 1) * mss || ranges >= DUP_THRESH) {
        markLost(sacked.start(i));
        return;
      }
    }
  }

  /** Deems everything below an offset lost that is not acknowledged. */
  void markLost(long end) {
    if (end > lostEnd) {
      lostEnd = end;
    }
  }

  /** Nothing that is not acknowledged is deemed lost any more. */
  void judgeAnew(long una) {
    lostEnd = Math.min(lostEnd, una);
  }

  /** After a timeout: all is lost, and nothing was retransmitted yet. */
  void markAllLost(long nxt) {
    lostEnd = nxt;
    resent.clear();
    logSize = 0;
    cursor = 0;
  }

  /** RFC 6675 section 4, SetPipe: bytes thought to be in the network. */
  long pipe(long una, long nxt) {
    long from = Math.max(una, lostEnd);
    return (nxt - from) - sacked.bytesFrom(from) + resent.bytes();
  }

  /** The first lost byte that was not sent again, or -1. */
  long nextLost(long una) {
    long at = Math.max(una, cursor);
    while (at < lostEnd) {
      int s = sacked.firstEndingAfter(at);
      if (s < sacked.size() && sacked.start(s) <= at) {
        at = sacked.end(s);
        continue;
      }
      int r = resent.firstEndingAfter(at);
      if (r < resent.size() && resent.start(r) <= at) {
        at = resent.end(r);
        continue;
      }
      cursor = at;
      return at;
    }
    cursor = at;
    return -1;
  }

  /** End of the lost range that begins at a byte returned by {@link #nextLost}. */
  long lostRangeEnd(long start) {
    long end = lostEnd;
    int s = sacked.firstEndingAfter(start);
    if (s < sacked.size()) {
      end = Math.min(end, sacked.start(s));
    }
    int r = resent.firstEndingAfter(start);
    if (r < resent.size()) {
      end = Math.min(end, resent.start(r));
    }
    return end;
  }

  /** A range was sent again while everything below {@code nxt} had been sent once. */
  void onRetransmit(long start, long end, long nxt) {
    if (resent == NONE) {
      resent = new RangeSet();
    }
    resent.add(start, end);
    if (logSize == logStart.length) {
      if (logSize >= MAX_LOG) {
        return; // Its loss will be found by the timer.
      }
      int capacity = Math.max(8, logSize * 2);
      logStart = Arrays.copyOf(logStart, capacity);
      logEnd = Arrays.copyOf(logEnd, capacity);
      logStamp = Arrays.copyOf(logStamp, capacity);
    }
    logStart[logSize] = start;
    logEnd[logSize] = end;
    logStamp[logSize] = nxt;
    logSize++;
  }

  /**
   * Makes retransmissions eligible again after which enough was sent that has been delivered.
   * Returns whether there were any.
   */
  boolean detectLostRetransmits(long una, int mss) {
    long needed = (long) DUP_THRESH * mss;
    long deliveredAfter = 0;
    boolean overtaken = false;
    boolean any = false;
    for (int i = logSize - 1; i >= 0; i--) {
      long start = Math.max(logStart[i], una);
      long end = logEnd[i];
      long sackedPart = start < end ? sacked.bytesWithin(start, end) : 0;
      boolean delivered = start >= end || sackedPart == end - start;
      // Stamps fall towards the oldest entry: what overtook one has overtaken all before it.
      overtaken = overtaken || deliveredAfter >= needed || sacked.bytesFrom(logStamp[i]) >= needed;
      if (!delivered && overtaken) {
        resent.remove(start, end);
        cursor = Math.min(cursor, start);
        logEnd[i] = logStart[i];
        any = true;
      } else if (logEnd[i] > logStart[i]) {
        deliveredAfter += Math.max(0, start - logStart[i]) + sackedPart;
      }
    }
    compactLog(una);
    return any;
  }

  /** Drops entries that were delivered or are to be sent again, oldest first. */
  private void compactLog(long una) {
    int kept = 0;
    boolean leading = true;
    for (int i = 0; i < logSize; i++) {
      boolean gone = logEnd[i] <= logStart[i] || (leading && logEnd[i] <= una);
      if (gone) {
        continue;
      }
      leading = false;
      logStart[kept] = logStart[i];
      logEnd[kept] = logEnd[i];
      logStamp[kept] = logStamp[i];
      kept++;
    }
    logSize = kept;
  }
}
