package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.info.LossState;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;

/**
 * What {@link LossRecovery} keeps once something is acknowledged out of order or sent again: most
 * connections never need it.
 */
final class Repair {
  private static final long NONE = -1;

  /** Stands for that of a connection that needed none so far; never changed. */
  static final Repair NOTHING = new Repair(true);

  final Rack rack = new Rack();
  final Prr prr = new Prr();
  final Undo undo = new Undo();
  final Frto frto;
  long recoveryPoint; // what is sent when a recovery begins ends there
  boolean firstRetransmitDue; // whatever the window says
  boolean told; // whether what is repaired was a sign of congestion
  boolean reduced; // whether congestion control has reduced its window
  int timeoutTick; // when the retransmission timer last expired
  long timeouts;
  long fastRecoveries;
  long undone;
  long bytesRetransmitted;
  long dsackBytes;
  long rtoRecoveries;
  long rtoRecoveryNs; // of those that are over
  private long rtoSinceNs = NONE;
  long dupBytes; // without SACK, what duplicates say has left the network
  private long mtuProbeStart = NONE;
  private long mtuProbeEnd = NONE;
  long markPoint = NONE;

  // The acknowledgement in progress.
  long news;
  boolean probeDsacked;
  boolean probeRepaired;
  boolean allDsacked;
  boolean marked; // whether it tells of congestion, lost or not
  long lostBytes; // since the last sample

  Repair(boolean sack) {
    frto = new Frto(sack);
  }

  /** What is thought of what was sent, with what the board and the window say of it. */
  LossState state(Scoreboard board, long una) {
    return new LossState(
        board.sackedBytes(),
        board.lostBytes(una),
        board.resentBytes(),
        rack.reorderingSeen(),
        rack.reorderingBytes(),
        rack.reoWndNs(),
        dsackBytes,
        rtoRecoveries,
        rtoRecoveryNs);
  }

  /** A path MTU probe was sent, as that range. */
  void onMtuProbe(long start, long end) {
    mtuProbeStart = start;
    mtuProbeEnd = end;
  }

  /**
   * Fast recovery begins.
   *
   * @see LossRecovery#onAck the parameters
   */
  void beginFast(
      long nowNs, long acked, long una, long nxt, Scoreboard board, CongestionControl cc) {
    // RFC 4821 section 4: the loss of nothing but a path MTU probe is no sign of congestion.
    told = una != mtuProbeStart || board.lostBytes(una) > mtuProbeEnd - una;
    reduce(nowNs, acked, una, nxt, board, cc);
    undo.begin(una, nxt);
    if (marked || una <= markPoint) {
      undo.end();
    }
  }

  /** The acknowledgement of a segment begins. */
  void begin(long nowNs, long una, long minRttNs) {
    news = 0;
    probeDsacked = false;
    probeRepaired = false;
    allDsacked = false;
    rack.begin(nowNs, una, minRttNs);
  }

  /**
   * Without SACK: RFC 3042 and RFC 6582, each duplicate says that one segment left the network.
   *
   * @param acked bytes by which the cumulative acknowledgement moved
   * @param duplicates bytes of the segment that a duplicate stands for, 0 when it is none
   * @param mayLeave no more can have left
   */
  void countDuplicates(long acked, int duplicates, long mayLeave, int mss) {
    if (acked > 0) {
      // The first segment was the one missing, the others had been counted as duplicates came in.
      dupBytes = Math.max(0, dupBytes - Math.max(0, acked - mss));
    }
    if (duplicates > 0) {
      dupBytes = Math.min(dupBytes + duplicates, mayLeave);
    }
  }

  /**
   * RFC 4015 section 3.2: the path was congested, whether or not anything was lost. No recovery is
   * taken back, be it under way or about to begin.
   */
  void onCongested(int packets) {
    marked = packets > 0;
    if (marked) {
      undo.end();
    }
  }

  /**
   * Congestion control learns of a loss that shows while that of a path MTU probe is repaired.
   *
   * @return whether there is one of which it had not been told
   */
  boolean tellMore(
      long nowNs,
      long acked,
      long una,
      long nxt,
      boolean sack,
      Scoreboard board,
      CongestionControl cc) {
    // Without SACK it shows when an acknowledgement stops behind the probe.
    long others = board.lostBytes(una) - Math.max(0, mtuProbeEnd - una);
    boolean more = !told && (sack ? others > 0 : una >= mtuProbeEnd);
    if (more) {
      told = true;
      reduce(nowNs, acked, una, nxt, board, cc);
    }
    return more;
  }

  private void reduce(
      long nowNs, long acked, long una, long nxt, Scoreboard board, CongestionControl cc) {
    int before = cc.cwndBytes();
    // RFC 3168 section 6.1.2: one window of data is one sign, of marks and losses together.
    if (told && una > markPoint) {
      cc.onLoss(nowNs, (int) Math.min(Integer.MAX_VALUE, nxt - una));
    }
    // A congestion control that keeps its window is not led to a smaller one.
    reduced = cc.cwndBytes() < before;
    prr.begin(nxt - una + acked - (board.sackedBytes() - news), cc.cwndBytes());
  }

  /** A timeout of the retransmission timer begins a recovery. */
  void beginRtoRecovery(long nowNs) {
    rtoRecoveries++;
    rtoSinceNs = nowNs;
  }

  /** A recovery is over, whatever began it. */
  void endRecovery(long nowNs) {
    rtoRecoveryNs += rtoSinceNs == NONE ? 0 : nowNs - rtoSinceNs;
    rtoSinceNs = NONE;
    frto.end();
    dupBytes = 0;
    firstRetransmitDue = false;
  }

  /**
   * Whether an acknowledgement shows that what is being repaired had not been lost.
   *
   * @param resent bytes sent again that were not acknowledged yet
   * @see LossRecovery#onAck the other parameters
   */
  boolean isSpurious(
      Counters counters,
      LossRecovery.Mode mode,
      long resent,
      long acked,
      boolean duplicate,
      long echo,
      long una,
      long nxt) {
    if (allDsacked) {
      counters.increment(Mib.TCP_DSACK_UNDO);
      return true;
    }
    boolean timeout = mode == LossRecovery.Mode.TIMEOUT;
    if (mode == LossRecovery.Mode.OPEN || acked == 0 && news == 0 && !duplicate) {
      return false;
    }
    // RFC 3522 section 3.2: the acknowledgement was caused by the original. In fast recovery other
    // retransmissions may be for real losses: as long as any is outstanding, the verdict is open.
    boolean settled = timeout || resent == 0;
    if (settled && acked > 0 && echo != TimestampClock.NO_ECHO && undo.isFromBefore((int) echo)) {
      Mib whole = una >= recoveryPoint ? Mib.TCP_FULL_UNDO : Mib.TCP_PARTIAL_UNDO;
      counters.increment(timeout ? Mib.TCP_LOSS_UNDO : whole);
      return true;
    }
    boolean early = timeout && frto.isSpurious(rack, acked, duplicate, una, nxt);
    if (early) {
      counters.increment(Mib.TCP_LOSS_UNDO);
      counters.increment(Mib.TCP_SPURIOUS_RTOS);
    }
    return early;
  }
}
