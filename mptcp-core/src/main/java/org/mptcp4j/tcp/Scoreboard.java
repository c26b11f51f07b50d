package org.mptcp4j.tcp;

/**
 * What is known of the bytes in flight, as ranges of the send offset space: selectively
 * acknowledged, deemed lost (everything under one offset that was not acknowledged), retransmitted
 * and still outstanding. RFC 6675 with two refinements: amounts are bytes, because one segment may
 * be 64 KB long, and a retransmission is deemed lost when enough was delivered that was sent after
 * it. What an acknowledgement costs is proportional to what it says that is new, however many
 * ranges the peer has made.
 */
final class Scoreboard {

  /** RFC 6675 section 2: DupThresh. */
  static final int DUP_THRESH = 3;

  /** Ranges kept; what a peer reports beyond them is found by the timer. */
  static final int MAX_RANGES = 2048;

  // Stand for what was never added to.
  private static final RangeSet NONE = new RangeSet();
  private static final Retransmissions NOTHING_RESENT = new Retransmissions();

  /** Stands for a board that nothing was ever written on; never changed. */
  static final Scoreboard CLEAN = new Scoreboard();

  private RangeSet sacked = NONE;
  private Retransmissions resent = NOTHING_RESENT;
  private long lostEnd;
  private long cursor;
  private long steps;

  /** Ranges looked at since the beginning, searches by halving left out: what it all has cost. */
  long steps() {
    return steps + sacked.steps() + resent.steps();
  }

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
    // A block that lies on both sides of what the oldest retransmission had before it is cut there.
    long sentLater = Math.min(Math.max(start, resent.oldestStamp()), end);
    long added = sacked.add(start, sentLater);
    long addedLater = sacked.add(sentLater, end);
    if (addedLater > 0) {
      resent.deliveredNew(addedLater);
      added += addedLater;
    }
    if (added > 0) {
      resent.delivered(start, end, sacked);
    }
    return added;
  }

  /** The cumulative acknowledgement moved. Returns how many of the bytes it passed were sacked. */
  long advance(long una) {
    resent.deliveredBelow(una, sacked);
    long passed = sacked.bytes();
    sacked.removeBelow(una);
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
    cursor = 0;
    if (resent != NOTHING_RESENT) {
      resent.clear();
    }
  }

  /** RFC 6675 section 4, SetPipe: bytes thought to be in the network. */
  long pipe(long una, long nxt) {
    long from = Math.max(una, lostEnd);
    return (nxt - from) - sacked.bytesFrom(from) + resent.bytes();
  }

  /** The first lost byte that was not sent again, or -1. */
  long nextLost(long una) {
    long at = Math.max(una, cursor);
    int s = sacked.firstEndingAfter(at);
    int r = resent.firstEndingAfter(at);
    while (at < lostEnd) {
      steps++;
      if (s < sacked.size() && sacked.start(s) <= at) {
        at = Math.max(at, sacked.end(s++));
      } else if (r < resent.size() && resent.start(r) <= at) {
        at = Math.max(at, resent.end(r++));
      } else {
        cursor = at;
        return at;
      }
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
    if (resent == NOTHING_RESENT) {
      resent = new Retransmissions();
    }
    resent.add(start, end, nxt);
  }

  /**
   * Makes retransmissions eligible again after which enough was sent that has been delivered.
   * Returns whether there were any.
   */
  boolean detectLostRetransmits(int mss) {
    boolean any = false;
    long start;
    while ((start = resent.takeOvertaken((long) DUP_THRESH * mss, sacked)) >= 0) {
      cursor = Math.min(cursor, start);
      any = true;
    }
    return any;
  }
}
