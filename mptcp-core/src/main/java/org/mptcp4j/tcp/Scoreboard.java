package org.mptcp4j.tcp;

/**
 * What is known of the bytes in flight, as ranges of the send offset space: selectively
 * acknowledged, deemed lost (of what was sent once, everything under one offset that is not
 * acknowledged, because it was sent in the order of offsets), sent again at least once, and sent
 * again and still outstanding. RFC 6675 section 3 in bytes, because one segment may be 64 KB long.
 * What an acknowledgement costs is proportional to what it says that is new, however many ranges
 * the peer has made.
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
  private RangeSet sentAgain = NONE;
  private Retransmissions resent = NOTHING_RESENT;
  private long lostEnd;
  private long sackedBelowLost;
  private long cursor;
  private long steps;

  /** Ranges looked at since the beginning, searches by halving left out: what it all has cost. */
  long steps() {
    return steps + sacked.steps() + sentAgain.steps() + resent.steps();
  }

  long sackedBytes() {
    return sacked.bytes();
  }

  long resentBytes() {
    return resent.bytes();
  }

  /** Of what was sent once, everything below this that is not acknowledged is deemed lost. */
  long lostEnd() {
    return lostEnd;
  }

  /** Bytes deemed lost when they were sent first, and not acknowledged since. */
  long lostBytes(long una) {
    return Math.max(0, lostEnd - una - sackedBelowLost);
  }

  /** First selectively acknowledged byte; {@link Long#MAX_VALUE} when there is none. */
  long lowestSacked() {
    return sacked.isEmpty() ? Long.MAX_VALUE : sacked.start(0);
  }

  /** Whether nothing below an offset was sent again or acknowledged out of order. */
  boolean isPlainBelow(long offset) {
    return (sacked.isEmpty() || sacked.start(0) >= offset)
        && (sentAgain.isEmpty() || sentAgain.start(0) >= offset);
  }

  /** Whether a byte was sent more than once. */
  boolean wasSentAgain(long offset) {
    return sentAgain.contains(offset);
  }

  /**
   * RFC 8985 section 6.2 step 4: whether DupThresh segments were selectively acknowledged; in
   * bytes, or in separate ranges, as IsLost of RFC 6675 section 4 counts.
   */
  boolean isDupThreshReached(int mss) {
    return sacked.bytes() > (long) (DUP_THRESH - 1) * mss || sacked.size() >= DUP_THRESH;
  }

  /** Whether a byte was selectively acknowledged. */
  boolean isSacked(long offset) {
    return sacked.contains(offset);
  }

  /** Whether a byte in flight is deemed lost, and if it was sent again, that was lost, too. */
  boolean isLost(long offset) {
    return offset < lostEnd && !sacked.contains(offset) && !resent.contains(offset);
  }

  // ---- what an acknowledgement says

  /**
   * Records a SACK block, already clipped to [una, nxt).
   *
   * @param rack is told what was delivered
   * @return the bytes that are news
   */
  long sack(long start, long end, SendTimes times, Rack rack) {
    if (sacked.size() >= MAX_RANGES && !sacked.contains(start) && !sacked.contains(end)) {
      return 0;
    }
    if (sacked == NONE) {
      sacked = new RangeSet();
    }
    long news = 0;
    long at = start;
    int i = sacked.firstEndingAfter(at);
    while (at < end) {
      steps++;
      if (i < sacked.size() && sacked.start(i) <= at) {
        at = sacked.end(i++);
      } else {
        long gapEnd = i < sacked.size() ? Math.min(end, sacked.start(i)) : end;
        deliver(at, gapEnd, times, rack);
        sackedBelowLost += Math.max(0, Math.min(gapEnd, lostEnd) - at);
        news += gapEnd - at;
        at = gapEnd;
      }
    }
    if (news > 0) {
      sacked.add(start, end);
    }
    return news;
  }

  /**
   * The cumulative acknowledgement moves.
   *
   * @param rack is told what was delivered
   * @return how many of the bytes it passes were sacked
   */
  long advance(long una, long ack, SendTimes times, Rack rack) {
    long at = una;
    for (int i = 0; i < sacked.size() && sacked.start(i) < ack; i++) {
      steps++;
      if (at < sacked.start(i)) {
        deliver(at, sacked.start(i), times, rack);
      }
      at = sacked.end(i);
    }
    if (at < ack) {
      deliver(at, ack, times, rack);
    }
    long before = sacked.bytes();
    sacked.removeBelow(ack);
    long passed = before - sacked.bytes();
    sackedBelowLost = ack < lostEnd ? sackedBelowLost - passed : 0;
    return passed;
  }

  /** A range that was not acknowledged is delivered. */
  private void deliver(long start, long end, SendTimes times, Rack rack) {
    if (sentAgain.isEmpty()) {
      rack.deliveredOnce(start, end, times.delivered(end - 1));
      return;
    }
    long first = after(sentAgain, start);
    if (first < end) {
      int last = sentAgain.firstEndingAfter(end - 1);
      boolean again = last < sentAgain.size() && sentAgain.start(last) < end;
      long lastEnd = again ? sentAgain.start(last) : end;
      rack.deliveredOnce(first, lastEnd, times.delivered(lastEnd - 1));
    }
    resent.delivered(start, end, rack);
    sentAgain.remove(start, end);
  }

  /** The offset, or the end of the range that it lies in. */
  private static long after(RangeSet set, long offset) {
    int i = set.firstEndingAfter(offset);
    return i < set.size() && set.start(i) <= offset ? set.end(i) : offset;
  }

  /** RFC 2018 section 8: the peer may have thrown away what it had selectively acknowledged. */
  void forgetSacked() {
    sacked.clear();
    sackedBelowLost = 0;
  }

  // ---- what is lost

  /** Deems everything below an offset lost that was sent once and is not acknowledged. */
  void markLost(long end) {
    if (end > lostEnd) {
      sackedBelowLost += sacked.bytesWithin(lostEnd, end);
      lostEnd = end;
    }
  }

  /** Deems everything lost that is in flight, also what was sent again. */
  void markAllLost(long una, long nxt) {
    markLost(nxt);
    if (resent != NOTHING_RESENT) {
      resent.forget(una, nxt);
    }
    cursor = 0;
  }

  /** Nothing that was sent once is deemed lost any more. */
  void unmarkLost(long una) {
    lostEnd = una;
    sackedBelowLost = 0;
    cursor = 0;
  }

  /**
   * Deems lost what was sent by one time, and before something that was sent at another time and
   * ends at an offset; of two sent at the same time, the one with the higher end is the later.
   *
   * @return whether there was anything
   */
  boolean detectLost(long overdueNs, long xmitNs, long endSeq, long una, SendTimes times) {
    long end = times.endSentBy(Math.min(overdueNs, xmitNs - 1));
    if (overdueNs >= xmitNs) {
      end = Math.max(end, Math.min(endSeq, times.endSentBy(xmitNs)));
    }
    boolean found = end > after(sacked, Math.max(una, lostEnd));
    markLost(end);
    long again = resent.takeLost(overdueNs, xmitNs, endSeq);
    cursor = Math.min(cursor, again);
    return found || again != Long.MAX_VALUE;
  }

  /**
   * When the oldest of what is outstanding and not deemed lost was sent that was sent before
   * something else, see {@link #detectLost}; {@link SendTimes#NEVER} when there is none.
   */
  long oldestSentBefore(long xmitNs, long endSeq, long una, SendTimes times) {
    long again = resent.oldestSentBefore(xmitNs, endSeq);
    long offset = after(sacked, Math.max(una, lostEnd));
    long once = times.at(offset);
    if (once == SendTimes.NEVER || once > xmitNs || (once == xmitNs && offset >= endSeq)) {
      return again;
    }
    return again == SendTimes.NEVER ? once : Math.min(again, once);
  }

  /**
   * The retransmission timer expired, RFC 8985 section 6.3: lost is the first segment, and what was
   * sent by a time.
   */
  void onTimeout(long una, long firstEnd, long overdueNs, SendTimes times) {
    markLost(Math.max(firstEnd, times.endSentBy(overdueNs)));
    if (resent != NOTHING_RESENT) {
      resent.forget(una, firstEnd);
      resent.takeLost(overdueNs, Long.MAX_VALUE, Long.MAX_VALUE);
    }
    cursor = 0;
  }

  /** RFC 6675 section 4, SetPipe: bytes thought to be in the network. */
  long pipe(long una, long nxt) {
    long from = Math.max(una, lostEnd);
    return (nxt - from) - (sacked.bytes() - sackedBelowLost) + resent.bytes();
  }

  // ---- what is sent again

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

  /** A range was sent again. */
  void onRetransmit(long nowNs, long start, long end) {
    if (resent == NOTHING_RESENT) {
      resent = new Retransmissions();
      sentAgain = new RangeSet();
    }
    resent.add(nowNs, start, end);
    sentAgain.add(start, end);
  }
}
