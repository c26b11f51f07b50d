package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.RateSample;
import org.mptcp4j.info.LossState;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.Seq32;

/**
 * Decides when loss has happened, what may be sent again and how much: RACK-TLP (RFC 8985) with
 * SACK, RFC 6582 without; PRR (RFC 9937) in fast recovery; RFC 5681 and F-RTO (RFC 5682) after a
 * timeout; and takes back a recovery that was spurious. Reports to congestion control.
 */
final class LossRecovery {

  enum Mode {
    OPEN,
    FAST,
    TIMEOUT
  }

  private final RttEstimator rtt;
  private final Counters counters;
  private final SendTimes times = new SendTimes();
  private Scoreboard board = Scoreboard.CLEAN;
  private boolean sackAgreed;
  private Mode mode = Mode.OPEN;
  private short dupAcks; // no more than the largest number
  private Repair repair; // null until something is acknowledged out of order or sent again
  private LossProbe probe; // null until the first is due
  private int dataSegments; // that were sent so far; unsigned

  LossRecovery(RttEstimator rtt, Counters counters) {
    this.rtt = rtt;
    this.counters = counters;
  }

  /** The handshake is over. */
  void start(boolean sack) {
    sackAgreed = sack;
  }

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

  /** What there was to repair so far; read only. */
  Repair figures() {
    return repair == null ? Repair.NOTHING : repair;
  }

  /** What is thought of what is in flight. */
  LossState state(long una) {
    return figures().state(board, una);
  }

  private Repair ownRepair(long nowNs, long una) {
    if (repair == null) {
      repair = new Repair(sackAgreed);
      repair.rack.begin(nowNs, una, rtt.minRttNs());
    }
    return repair;
  }

  /** The board to write on: one of our own as soon as there is something to write. */
  private Scoreboard ownBoard(long nowNs, long una) {
    ownRepair(nowNs, una);
    board = board == Scoreboard.CLEAN ? new Scoreboard() : board;
    return board;
  }

  /** Bytes thought to be in the network. */
  long pipe(long una, long nxt) {
    long inFlight = board.pipe(una, nxt);
    return repair == null ? inFlight : Math.max(0, inFlight - repair.dupBytes);
  }

  /** Bytes that may be sent now, new or again, as far as congestion goes; may be negative. */
  long roomBytes(long una, long nxt, CongestionControl cc) {
    if (mode == Mode.FAST && repair.reduced) {
      return repair.prr.roomBytes();
    }
    return cc.cwndBytes() - pipe(una, nxt);
  }

  /** Payload leaves for the first time or again, in so many packets on the wire. */
  void onData(int segments) {
    dataSegments += segments;
  }

  /** Packets with payload that left, as they were on the wire. */
  long dataSegments() {
    return Integer.toUnsignedLong(dataSegments);
  }

  /** A range of new data left: everything up to an offset was sent now or earlier. */
  void onSent(long nowNs, long bytes, long end) {
    times.onSent(nowNs, end);
    if (mode == Mode.FAST) {
      repair.prr.onSent(bytes);
    }
  }

  /** The rate at which what is sent is delivered. */
  DeliveryRate rate() {
    return times.rate();
  }

  /**
   * What the acknowledgement in progress says, as the last of its parts; as in {@link RateSample}.
   *
   * @param delivered bytes newly delivered, one way or the other
   * @param flight bytes that were in flight before it
   * @param marked bytes of the packets that it says were marked
   */
  RateSample sample(long nowNs, long grown, long delivered, long flight, long marked) {
    long lost = 0;
    if (repair != null) {
      lost = Math.max(0, repair.lostBytes);
      repair.lostBytes = 0;
    }
    return times.rate().sample(nowNs, grown, delivered, flight, lost, marked, rtt.minRttNs());
  }

  /** There is nothing more to send although the congestion window would let it go. */
  void onAppLimited(long una, long nxt) {
    times.onAppLimited(pipe(una, nxt));
  }

  // ---- an acknowledgement, in parts

  /** Begins with the acknowledgement of a segment; its parts follow, {@link #onAck} last. */
  void begin(long nowNs, long una) {
    times.rate().begin();
    if (repair != null) {
      repair.begin(nowNs, una, rtt.minRttNs());
    }
  }

  /** Records a SACK block, already clipped to [una, nxt). */
  void sack(long nowNs, long una, long start, long end) {
    Scoreboard own = ownBoard(nowNs, una);
    repair.news += own.sack(start, end, times, repair.rack);
  }

  /** RFC 2883: the peer got a range twice. What we did not send twice is not our doing. */
  void dsack(long start, long end, long una, long nxt) {
    counters.increment(start < una ? Mib.TCP_DSACK_RECV : Mib.TCP_DSACK_OFO_RECV);
    if (repair == null) {
      return;
    }
    repair.dsackBytes += end - start;
    if (probe != null && probe.takeDsack(end)) {
      repair.probeDsacked = true;
    } else if (repair.undo.covers(start, end)) {
      repair.rack.onDsack(una, nxt);
      repair.allDsacked |= repair.undo.onDsack(start, end);
    }
  }

  /**
   * The cumulative acknowledgement moves.
   *
   * @param echo the timestamp echoed, in ticks of {@link TimestampClock} without offset, or {@link
   *     TimestampClock#NO_ECHO}
   * @return how many of the bytes it passes were sacked
   */
  long advance(long una, long ack, long echo) {
    if (board == Scoreboard.CLEAN) {
      times.delivered(ack - 1);
      return 0;
    }
    if (echo != TimestampClock.NO_ECHO) {
      repair.rack.echo((int) echo);
    }
    return board.advance(una, ack, times, repair.rack);
  }

  /** Bytes newly acknowledged selectively. */
  long newlySacked() {
    return repair == null ? 0 : repair.news;
  }

  /**
   * Everything below an offset is acknowledged. Returns when the newest of it was sent for the
   * first time, as far as that is known; {@link SendTimes#NEVER} otherwise.
   */
  long takeSentTime(long una) {
    return times.onAcked(una);
  }

  /**
   * Measures the round trip of an acknowledgement that moved the left edge.
   *
   * @param sentNs when the newest was sent of what it covers, {@link SendTimes#NEVER} when unknown
   * @param echo see {@link TimestampClock#echo}
   */
  void measure(long nowNs, long sentNs, long echo, TcpConfig config) {
    if (sentNs != SendTimes.NEVER) {
      rtt.sample(nowNs, nowNs - sentNs, config);
    } else if (echo != TimestampClock.NO_ECHO) {
      boolean certain = !isBeforeTimeout((int) echo);
      rtt.echoed(nowNs, TimestampClock.sinceNs(nowNs, (int) echo), certain, config);
    }
    if (probe != null && (sentNs != SendTimes.NEVER || echo != TimestampClock.NO_ECHO)) {
      probe.onMeasured();
    }
  }

  /** RFC 6298 section 3 (Karn): whether what an acknowledgement covers was sent and lost never. */
  boolean isCertain(long ack) {
    return mode == Mode.OPEN && board.isPlainBelow(ack);
  }

  /**
   * An acceptable acknowledgement was processed: scoreboard and {@code una} are up to date.
   *
   * @param acked bytes by which the cumulative acknowledgement moved
   * @param delivered bytes newly delivered, one way or the other
   * @param duplicate whether that of RFC 5681 section 2, but that nothing may be outstanding
   * @param echo see {@link #advance}
   * @return whether fast recovery began, or is for more than a path MTU probe from now on
   */
  boolean onAck(
      long nowNs,
      long acked,
      long delivered,
      boolean duplicate,
      long echo,
      long una,
      long nxt,
      int mss,
      CongestionControl cc) {
    boolean counts = duplicate && !sackAgreed && una < nxt;
    if (acked > 0) {
      dupAcks = 0;
    }
    if (repair == null && !counts) {
      onTailProbeAcked(nowNs, duplicate, una, nxt - una + acked, cc);
      return false;
    }
    long counted = ownRepair(nowNs, una).dupBytes;
    if (repair.news > 0 || counts) {
      dupAcks = (short) Math.min(Short.MAX_VALUE, dupAcks + 1);
    }
    // After a timeout what is repeated gives duplicates, too: only new data counts.
    long mayLeave = nxt - (mode == Mode.TIMEOUT ? Math.max(una, repair.recoveryPoint) : una);
    repair.countDuplicates(acked, counts && mayLeave > 0 ? mss : 0, mayLeave, mss);
    onTailProbeAcked(nowNs, duplicate && repair.news == 0, una, nxt - una + acked, cc);
    long resent = board.resentBytes();
    if (repair.isSpurious(counters, mode, resent, acked, duplicate, echo, una, nxt)) {
      takeBack(nowNs, una, cc);
    } else if (mode != Mode.OPEN && acked > 0 && una >= repair.recoveryPoint) {
      leave(nowNs, cc);
    }
    long before = board.pipe(una, nxt);
    boolean lost = sackAgreed ? detectLoss(nowNs, una, mss) : isPartial(acked, una, nxt, mss);
    boolean began = mode == Mode.OPEN && una < nxt && enterIfLost(nowNs, acked, una, nxt, mss, cc);
    began |= mode == Mode.FAST && repair.tellMore(nowNs, acked, una, nxt, sackAgreed, board, cc);
    repair.lostBytes += before - board.pipe(una, nxt);
    if (mode == Mode.FAST) {
      // RFC 9937 section 6.1: without SACK, what duplicates had told is not delivered again.
      long fresh = sackAgreed ? delivered : acked + repair.dupBytes - counted;
      repair.prr.onAck(fresh, acked > 0 && !lost, pipe(una, nxt), mss);
    }
    return began;
  }

  private boolean detectLoss(long nowNs, long una, int mss) {
    if (board == Scoreboard.CLEAN) {
      return false;
    }
    boolean certain = mode != Mode.OPEN || dupAcks >= Scoreboard.DUP_THRESH;
    repair.rack.updateReoWnd(certain || board.isDupThreshReached(mss), rtt.srttNs());
    return repair.rack.detectLoss(nowNs, una, board, times);
  }

  /** RFC 6582 section 3.2 step 3: a partial acknowledgement uncovers the next lost segment. */
  private boolean isPartial(long acked, long una, long nxt, int mss) {
    if (mode != Mode.FAST || acked == 0) {
      return false;
    }
    board.markLost(Math.min(nxt, una + mss));
    repair.firstRetransmitDue = true;
    return true;
  }

  private boolean enterIfLost(
      long nowNs, long acked, long una, long nxt, int mss, CongestionControl cc) {
    if (!sackAgreed) {
      // RFC 6582 section 3.2 step 2: what was sent twice in the last recovery gives duplicates,
      // too.
      if (dupAcks < Scoreboard.DUP_THRESH || una <= repair.recoveryPoint) {
        return false;
      }
      ownBoard(nowNs, una).markLost(Math.min(nxt, una + mss));
    } else if (board.lostEnd() <= una) {
      return false;
    }
    mode = Mode.FAST;
    repair.recoveryPoint = nxt;
    repair.firstRetransmitDue = true;
    repair.fastRecoveries++;
    counters.increment(sackAgreed ? Mib.TCP_SACK_RECOVERY : Mib.TCP_RENO_RECOVERY);
    cancelTailProbe();
    repair.beginFast(nowNs, acked, una, nxt, board, cc);
    return true;
  }

  /** How many packets were marked, as the acknowledgement in progress says. */
  void onCongested(int marked) {
    if (repair != null) {
      repair.onCongested(marked);
    }
  }

  /**
   * The peer tells of packets that were marked. RFC 3168 section 6.1.2: as a loss, but once for
   * each window of data, and not while a loss is being repaired.
   *
   * @param flight bytes in flight before this acknowledgement
   * @return whether the window was reduced, for that or because a probe had repaired a loss
   */
  boolean onMarks(long nowNs, int marked, long una, long nxt, long flight, CongestionControl cc) {
    if (figures().probeRepaired) {
      return true;
    }
    boolean fresh = repair == null || una > repair.markPoint && una > repair.recoveryPoint;
    if (marked > 0 && mode == Mode.OPEN && fresh) {
      ownRepair(nowNs, una).markPoint = nxt;
      cc.onCongestionExperienced(nowNs, (int) Math.min(Integer.MAX_VALUE, flight));
      return true;
    }
    return false;
  }

  private void leave(long nowNs, CongestionControl cc) {
    open(nowNs);
    cc.onRecoveryExit(nowNs);
    repair.rack.onRecoveryExit();
  }

  private void open(long nowNs) {
    repair.endRecovery(nowNs);
    mode = Mode.OPEN;
  }

  /** When {@link #onReorderTimeout} has to be called. */
  long deadlineNs() {
    return repair == null ? SendTimer.NEVER : repair.rack.deadlineNs();
  }

  /** RFC 8985 section 6.2 step 5: the reordering timer. Returns the same as {@link #onAck}. */
  boolean onReorderTimeout(long nowNs, long una, long nxt, int mss, CongestionControl cc) {
    if (nowNs < deadlineNs()) {
      return false;
    }
    repair.news = 0;
    long before = board.pipe(una, nxt);
    boolean lost = detectLoss(nowNs, una, mss);
    boolean began = mode == Mode.OPEN && una < nxt && enterIfLost(nowNs, 0, una, nxt, mss, cc);
    began |= mode == Mode.FAST && repair.tellMore(nowNs, 0, una, nxt, sackAgreed, board, cc);
    repair.lostBytes += before - board.pipe(una, nxt);
    if (lost && mode == Mode.FAST) {
      // What is lost leaves room for itself, one segment at once, the rest with what is delivered.
      repair.prr.onAck(mss, false, pipe(una, nxt), mss);
    }
    return began;
  }

  // ---- timeouts

  /**
   * The retransmission timer expired.
   *
   * @param first whether for the first time for this data
   */
  void onTimeout(long nowNs, long una, long nxt, int mss, boolean first, CongestionControl cc) {
    Scoreboard b = ownBoard(nowNs, una);
    repair.timeouts++;
    if (mode != Mode.TIMEOUT) {
      repair.beginRtoRecovery(nowNs);
    }
    repair.timeoutTick = TimestampClock.value(nowNs, 0);
    if (b.lowestSacked() == una) {
      b.forgetSacked();
    }
    boolean repairing = repairsCongestion();
    reduceForTimeout(nowNs, una, nxt, first, cc);
    long rttNs = repair.rack.rttNs() > 0 ? repair.rack.rttNs() : rtt.srttNs();
    boolean timed = sackAgreed && rttNs > 0;
    long overdueNs = timed ? nowNs - rttNs - repair.rack.reoWndNs() : Long.MAX_VALUE;
    b.onTimeout(una, Math.min(nxt, una + mss), overdueNs, times);
    repeat(nxt);
    if (repairing) {
      // As Linux: what was being repaired is lost, should the timeout have come too early or not.
      repair.frto.stop();
    } else {
      repair.frto.onTimeout(una, nxt);
    }
  }

  /** RFC 5681 section 3.1, but a window of data that has led to a reduction leads to no other. */
  private void reduceForTimeout(
      long nowNs, long una, long nxt, boolean first, CongestionControl cc) {
    boolean marked = mode == Mode.OPEN && una < repair.markPoint;
    int flight = (int) Math.min(Integer.MAX_VALUE, nxt - una);
    if (repairsCongestion()) {
      cc.onRtoInRecovery(nowNs, flight);
      repair.undo.onTimeout(nxt);
    } else if (marked) {
      cc.onRtoInRecovery(nowNs, flight);
      repair.undo.end();
    } else if (first || mode != Mode.TIMEOUT) {
      cc.onRto(nowNs, flight);
      repair.undo.begin(una, nxt);
    }
  }

  private boolean repairsCongestion() {
    return mode == Mode.FAST && repair.told;
  }

  private void repeat(long nxt) {
    mode = Mode.TIMEOUT;
    repair.recoveryPoint = nxt;
    dupAcks = 0;
    repair.dupBytes = 0;
    repair.firstRetransmitDue = true;
    repair.rack.stop();
    cancelTailProbe();
  }

  /** What is in flight was too large for the path: it is lost, which is no sign of congestion. */
  void onTooBig(long nowNs, long una, long nxt) {
    ownBoard(nowNs, una).markAllLost(una, nxt);
    repair.timeoutTick = TimestampClock.value(nowNs, 0);
    repair.undo.end();
    repair.frto.stop();
    repeat(nxt);
  }

  /** A path MTU probe was sent, as that range. */
  void onProbeSent(long nowNs, long una, long start, long end) {
    ownRepair(nowNs, una).onMtuProbe(start, end);
  }

  /**
   * Whether something was sent before the last timeout for data that is still being repaired.
   *
   * @param tick when, in ticks of {@link TimestampClock} without offset
   */
  boolean isBeforeTimeout(int tick) {
    return mode == Mode.TIMEOUT && Seq32.lt(tick, repair.timeoutTick);
  }

  /** What is known of the bytes in flight; read only. */
  Scoreboard board() {
    return board;
  }

  /** Nothing is outstanding any more. */
  void onAllAcked() {
    board = Scoreboard.CLEAN;
    if (repair != null) {
      repair.dupBytes = 0;
      repair.rack.stop();
    }
  }

  /** RFC 2018 section 8: whether the peer has thrown away what it had selectively acknowledged. */
  boolean hasReneged(long una) {
    return board.lowestSacked() == una;
  }

  // ---- spurious recoveries

  /** RFC 4015 section 3.2, RFC 5682 section 3.1 step 3b: as if the recovery had not begun. */
  private void takeBack(long nowNs, long una, CongestionControl cc) {
    repair.undone++;
    if (repair.undo.isPossible()) {
      cc.onUndo(nowNs);
      if (mode == Mode.TIMEOUT) {
        // RFC 4015 section 4: without SACK, duplicates begin a fast retransmit again.
        repair.recoveryPoint = una - 1;
      }
    } else {
      cc.onRecoveryExit(nowNs);
    }
    repair.undo.end();
    if (mode == Mode.FAST) {
      repair.rack.onSpuriousRecovery();
    }
    if (mode != Mode.OPEN) {
      open(nowNs);
      board.unmarkLost(una);
    }
  }

  // ---- tail loss probe

  /** RFC 8985 section 7.2: whether the timer for a probe may run. */
  boolean mayProbeTail() {
    return sackAgreed
        && mode == Mode.OPEN
        && board.sackedBytes() == 0
        && (probe == null || probe.mayFollow());
  }

  void onTailProbeDue() {
    if (probe == null) {
      probe = new LossProbe();
    }
    probe.becomeDue();
  }

  /** Whether a probe has to leave now; asked twice, it does not. */
  boolean takeTailProbeDue() {
    return probe != null && probe.takeDue();
  }

  /** The probe leaves, after {@link #onSent} or {@link #onRetransmit}. */
  void onTailProbeSent(long nxt, boolean retransmission) {
    probe.onSent(nxt, retransmission);
  }

  private void cancelTailProbe() {
    if (probe != null) {
      probe.cancel();
    }
  }

  private void onTailProbeAcked(
      long nowNs, boolean bare, long una, long flight, CongestionControl cc) {
    boolean dsacked = repair != null && repair.probeDsacked;
    if (probe != null && probe.onAck(una, dsacked, bare) == LossProbe.Verdict.REPAIRED) {
      // RFC 8985 section 7.4.1: a loss is one, whoever repaired it.
      ownRepair(nowNs, una).probeRepaired = true;
      counters.increment(Mib.TCP_LOSS_PROBE_RECOVERY);
      cc.onLoss(nowNs, (int) Math.min(Integer.MAX_VALUE, flight));
      cc.onRecoveryExit(nowNs);
    }
  }

  // ---- retransmission

  /**
   * The next byte to send again, or -1.
   *
   * @param fresh whether new data could be sent instead
   */
  long nextRetransmit(long una, long nxt, boolean fresh) {
    boolean no = mode == Mode.OPEN || repair.frto.holdsBack(nxt, fresh);
    return no ? -1 : board.nextLost(una);
  }

  /**
   * End of the range that {@link #nextRetransmit} opened, at its start when nothing may leave.
   *
   * @param edge end of the peer's window
   */
  long rangeEnd(long start, long edge) {
    long end = board.lostRangeEnd(start);
    // RFC 7323 section 2.4 (4) and (5): only the first time the window is not looked at.
    return board.wasSentAgain(start) ? Math.min(end, Math.max(start, edge)) : end;
  }

  /** Whether a segment may be sent again although the window has no room: once at each entry. */
  boolean firstRetransmitDue() {
    return repair.firstRetransmitDue;
  }

  /** A range left again, with so much payload. */
  void onRetransmit(long nowNs, long start, long end, int bytes, long una) {
    Scoreboard own = ownBoard(nowNs, una);
    repair.firstRetransmitDue = false;
    repair.bytesRetransmitted += bytes;
    repair.frto.onRetransmit(end);
    own.onRetransmit(nowNs, start, end);
    if (mode != Mode.OPEN) {
      repair.undo.onRetransmit(nowNs, start, end);
    }
    if (mode == Mode.FAST) {
      repair.prr.onSent(end - start);
    }
  }
}
