package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.wire.Seq32;

/**
 * Decides when loss has happened and what may be sent again: RFC 6675 with SACK, RFC 6582 without,
 * RFC 5681 after a timeout. Works on a {@link Scoreboard}; reports to congestion control.
 */
final class LossRecovery {

  private enum Mode {
    OPEN,
    FAST,
    TIMEOUT
  }

  private static final long NO_PROBE = -1;

  private Scoreboard board = Scoreboard.CLEAN;
  private Mode mode = Mode.OPEN;
  private long recoveryPoint;
  private int dupAcks;
  private long dupBytes;
  private boolean firstRetransmitDue;
  private boolean rescued;
  private int timeoutTick;
  private long timeouts;
  private long fastRecoveries;
  private long probeStart = NO_PROBE;

  boolean isOpen() {
    return mode == Mode.OPEN;
  }

  /** Whether nothing hints at a loss. */
  boolean isOrderly() {
    return mode == Mode.OPEN && dupAcks == 0 && board.sackedBytes() == 0;
  }

  boolean isFast() {
    return mode == Mode.FAST;
  }

  long timeouts() {
    return timeouts;
  }

  long fastRecoveries() {
    return fastRecoveries;
  }

  /** The board to write on: one of our own as soon as there is something to write. */
  private Scoreboard ownBoard() {
    if (board == Scoreboard.CLEAN) {
      board = new Scoreboard();
    }
    return board;
  }

  /** Records a SACK block, already clipped to [una, nxt). Returns the bytes that are news. */
  long sack(long start, long end) {
    return ownBoard().sack(start, end);
  }

  /** The cumulative acknowledgement moved. Returns how many of the bytes it passed were sacked. */
  long advance(long una) {
    return board.advance(una);
  }

  /** Bytes thought to be in the network. */
  long pipe(long una, long nxt) {
    return Math.max(0, board.pipe(una, nxt) - dupBytes);
  }

  /**
   * An acceptable acknowledgement was processed: the scoreboard and {@code una} are up to date.
   *
   * @param acked bytes by which the cumulative acknowledgement moved
   * @param news bytes newly acknowledged selectively
   * @param duplicate whether it was a duplicate acknowledgement of RFC 5681 section 2
   * @return whether fast recovery began
   */
  boolean onAck(
      long nowNs,
      long acked,
      long news,
      boolean duplicate,
      boolean sackAgreed,
      long una,
      long nxt,
      int mss,
      CongestionControl cc) {
    if (acked > 0) {
      dupAcks = 0;
      // The first segment was the one missing, the others had been counted as duplicates came in.
      dupBytes = Math.max(0, dupBytes - Math.max(0, acked - mss));
      if (mode != Mode.OPEN && una >= recoveryPoint) {
        leave(nowNs, una, cc);
      } else if (mode == Mode.FAST && !sackAgreed) {
        // RFC 6582 section 3.2 step 3: a partial acknowledgement uncovers the next lost segment.
        ownBoard().markLost(Math.min(nxt, una + mss));
        firstRetransmitDue = true;
      }
    }
    if (news > 0 || (duplicate && !sackAgreed)) {
      dupAcks++;
    }
    if (sackAgreed) {
      board.updateLost(mss);
      if (mode != Mode.OPEN) {
        board.detectLostRetransmits(mss);
      }
    } else if (duplicate && mode != Mode.TIMEOUT) {
      // RFC 3042 and RFC 6582: each duplicate says that one segment left the network.
      dupBytes = Math.min(dupBytes + mss, nxt - una);
    }
    if (mode == Mode.OPEN && una < nxt) {
      return enterIfLost(nowNs, sackAgreed, una, nxt, mss, cc);
    }
    return false;
  }

  private boolean enterIfLost(
      long nowNs, boolean sackAgreed, long una, long nxt, int mss, CongestionControl cc) {
    // RFC 6675 section 5 step (2): DupAcks >= DupThresh, or IsLost (HighACK + 1). RFC 6582 section
    // 3.2 step 2: without SACK, what was sent twice in the last recovery gives duplicates, too.
    if (dupAcks >= Scoreboard.DUP_THRESH && (sackAgreed || una > recoveryPoint)) {
      ownBoard().markLost(Math.min(Math.min(nxt, una + mss), board.lowestSacked()));
    } else if (board.lostEnd() <= una) {
      return false;
    }
    mode = Mode.FAST;
    recoveryPoint = nxt;
    firstRetransmitDue = true;
    rescued = false;
    fastRecoveries++;
    // RFC 4821 section 7.6.2: the loss of a path MTU probe is no sign of congestion.
    if (una != probeStart) {
      cc.onLoss(nowNs, (int) Math.min(Integer.MAX_VALUE, nxt - una));
    }
    return true;
  }

  private void leave(long nowNs, long una, CongestionControl cc) {
    mode = Mode.OPEN;
    // NextSeg rule (3) may have presumed more lost than would begin another recovery.
    board.judgeAnew(una);
    dupBytes = 0;
    firstRetransmitDue = false;
    cc.onRecoveryExit(nowNs);
  }

  /** The retransmission timer expired. */
  void onTimeout(long nowNs, long una, long nxt, boolean first, CongestionControl cc) {
    timeouts++;
    timeoutTick = TimestampClock.value(nowNs, 0);
    if (board.lowestSacked() == una) {
      board.forgetSacked();
    }
    if (first) {
      cc.onRto(nowNs, (int) Math.min(Integer.MAX_VALUE, nxt - una));
    }
    repeatAll(nxt);
  }

  private void repeatAll(long nxt) {
    ownBoard().markAllLost(nxt);
    mode = Mode.TIMEOUT;
    recoveryPoint = nxt;
    dupAcks = 0;
    dupBytes = 0;
    firstRetransmitDue = true;
  }

  /** What is in flight was too large for the path: it is lost, which is no sign of congestion. */
  void onTooBig(long nowNs, long nxt) {
    timeoutTick = TimestampClock.value(nowNs, 0);
    repeatAll(nxt);
  }

  /** A path MTU probe was sent that begins there. */
  void onProbeSent(long start) {
    probeStart = start;
  }

  /**
   * Whether something was sent before the last timeout for data that is still being repaired.
   *
   * @param tick when, in ticks of {@link TimestampClock} without offset
   */
  boolean isBeforeTimeout(int tick) {
    return mode == Mode.TIMEOUT && Seq32.lt(tick, timeoutTick);
  }

  /** Nothing is outstanding any more. */
  void onAllAcked() {
    board = Scoreboard.CLEAN;
    dupBytes = 0;
  }

  /**
   * The next byte to send again, or -1: RFC 6675 section 4, NextSeg rules (1), (3) and (4).
   *
   * @param unsent whether new data could be sent instead, rule (2)
   */
  long nextRetransmit(long una, long nxt, int mss, boolean unsent) {
    if (mode == Mode.OPEN) {
      return -1;
    }
    long next = board.nextLost(una);
    if (next >= 0 || unsent || mode != Mode.FAST) {
      return next;
    }
    if (board.sackedBytes() > 0) {
      // Rule (3): nothing else can be sent, so every hole under the highest SACK is presumed lost.
      board.markLost(board.highestSacked());
      next = board.nextLost(una);
    }
    if (next < 0 && !rescued && board.sackedBytes() > 0 && board.highestSacked() < nxt) {
      // Rule (4): once in a recovery, the last segment outstanding is sent for its SACK.
      next = Math.max(board.highestSacked(), nxt - mss);
    }
    return next;
  }

  /** End of the range that {@link #nextRetransmit} opened. */
  long rangeEnd(long start, long nxt) {
    return start < board.lostEnd() ? board.lostRangeEnd(start) : nxt;
  }

  /** Whether a segment may be sent again although the window has no room: once at each entry. */
  boolean firstRetransmitDue() {
    return firstRetransmitDue;
  }

  void onRetransmit(long start, long end, long nxt) {
    firstRetransmitDue = false;
    rescued |= start >= board.lostEnd();
    ownBoard().onRetransmit(start, end, nxt);
  }
}
