package org.mptcp4j.tcp;

import org.mptcp4j.wire.Seq32;

/**
 * RACK, RFC 8985 section 6: what was sent before something that has been delivered, and long enough
 * before it, is lost. How long is the reordering window, which adapts to the path. The names are
 * those of the RFC.
 */
final class Rack {

  /** RFC 8985 section 6.2 step 4: recoveries without a DSACK until the window is reset. */
  private static final int PERSIST = 16;

  private static final int MOST_MULT = 255;
  private static final long NONE = -1;

  // The most recently sent of all that was delivered.
  private long xmitNs = SendTimes.NEVER;
  private long endSeq;
  private long rttNs;

  private long fack;
  private boolean reorderingSeen;
  private long reorderingBytes;
  private long dsackRound = NONE;
  private int reoWndMult = 1;
  private int reoWndPersist;
  private long reoWndNs;
  private long deadlineNs = SendTimer.NEVER;

  // The acknowledgement in progress.
  private long nowNs;
  private long minRttNs;
  private boolean echoed;
  private int echo;
  private long highest;
  private long lowestOriginal;

  /** Round-trip time of what was delivered last, 0 while unknown. */
  long rttNs() {
    return rttNs;
  }

  long reoWndNs() {
    return reoWndNs;
  }

  boolean reorderingSeen() {
    return reorderingSeen;
  }

  /** How far something was overtaken, at most. */
  long reorderingBytes() {
    return reorderingBytes;
  }

  /** When {@link #detectLoss} will find more; {@link SendTimer#NEVER} for never. */
  long deadlineNs() {
    return deadlineNs;
  }

  /** Nothing is outstanding any more. */
  void stop() {
    deadlineNs = SendTimer.NEVER;
  }

  // ---- what an acknowledgement delivers

  /**
   * An acknowledgement begins.
   *
   * @param una everything below it had been acknowledged before
   */
  void begin(long nowNs, long una, long minRttNs) {
    this.nowNs = nowNs;
    this.minRttNs = minRttNs;
    fack = Math.max(fack, una);
    highest = fack;
    lowestOriginal = Long.MAX_VALUE;
    echoed = false;
  }

  /**
   * What is delivered from now on is so by the cumulative acknowledgement, whose segment echoes a
   * time in ticks of {@link TimestampClock} without offset.
   */
  void echo(int tick) {
    echoed = true;
    echo = tick;
  }

  /** A range was delivered that was never sent again. */
  void deliveredOnce(long start, long end, long sentNs) {
    // RFC 8985 section 6.2 step 3: below what was delivered before, it has been overtaken.
    if (start < fack) {
      reorderingSeen = true;
      reorderingBytes = Math.max(reorderingBytes, fack - start);
    }
    lowestOriginal = Math.min(lowestOriginal, start);
    delivered(end, sentNs);
  }

  /** A range was delivered that was sent again, at a time. */
  void deliveredAgain(long end, long sentNs) {
    // RFC 8985 section 6.2 step 2: too early for the retransmission, it was the original.
    boolean original = echoed && Seq32.lt(echo, TimestampClock.value(sentNs, 0));
    if (!original && nowNs - sentNs >= minRttNs) {
      delivered(end, sentNs);
    }
  }

  private void delivered(long end, long sentNs) {
    rttNs = nowNs - sentNs;
    highest = Math.max(highest, end);
    if (sentNs > xmitNs || (sentNs == xmitNs && end > endSeq)) {
      xmitNs = sentNs;
      endSeq = end;
    }
  }

  /** Whether this acknowledgement delivered something that was sent once, below an offset. */
  boolean originalDeliveredBelow(long offset) {
    return lowestOriginal < offset;
  }

  /** RFC 8985 section 6.2 step 4: a DSACK for something that we sent again. */
  void onDsack(long una, long nxt) {
    if (una >= dsackRound) {
      dsackRound = nxt;
      reoWndMult = Math.min(MOST_MULT, reoWndMult + 1);
      reoWndPersist = PERSIST;
    }
  }

  /** A recovery was for nothing, because what it repaired came late. */
  void onSpuriousRecovery() {
    reorderingSeen = true;
  }

  /** A recovery is over. */
  void onRecoveryExit() {
    if (--reoWndPersist <= 0) {
      reoWndPersist = 0;
      reoWndMult = 1;
    }
  }

  /**
   * RFC 8985 section 6.2 step 4: how much later than in order something may come.
   *
   * @param certain in recovery, or when three segments were delivered out of order
   */
  void updateReoWnd(boolean certain, long srttNs) {
    reoWndNs =
        certain && !reorderingSeen ? 0 : Math.min(reoWndMult * (minRttNs / 4), Math.max(0, srttNs));
  }

  /**
   * RFC 8985 section 6.2 step 5: deems lost what is overdue, and sets the deadline for the next.
   * Both first transmissions and retransmissions are in the order of time, so it looks at what is
   * overdue and at one range more.
   *
   * @return whether something was newly deemed lost
   */
  boolean detectLoss(long nowNs, long una, Scoreboard board, SendTimes times) {
    deadlineNs = SendTimer.NEVER;
    fack = Math.max(fack, highest);
    if (xmitNs == SendTimes.NEVER) {
      return false;
    }
    long allowedNs = rttNs + reoWndNs;
    boolean found = board.detectLost(nowNs - allowedNs, xmitNs, endSeq, una, times);
    long oldestNs = board.oldestSentBefore(xmitNs, endSeq, una, times);
    if (oldestNs != SendTimes.NEVER) {
      deadlineNs = oldestNs + allowedNs;
    }
    return found;
  }
}
