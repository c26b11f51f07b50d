package org.mptcp4j.cc;

/**
 * What BBR believes of a path, section 2 of draft-ietf-ccwg-bbr: the most it delivers, the shortest
 * round trip, how much is acknowledged in bursts, and the bounds that losses have shown. Rates are
 * bytes per second.
 */
final class BbrModel {
  static final long UNKNOWN = Long.MAX_VALUE;

  private static final double BETA = 0.7;
  private static final long MIN_RTT_FILTER_NS = 10_000_000_000L;
  private static final long PROBE_RTT_INTERVAL_NS = 5_000_000_000L;
  private static final int EXTRA_ACKED_ROUNDS = 5;
  private static final int STARTUP_LOSSES = 6;

  // BBR.max_bw: the largest of this cycle of bandwidth probing and the one before.
  private double cycleBw;
  private double lastCycleBw;
  private double newestBw;

  private long minRttNs = UNKNOWN;
  private long minRttStampNs;
  private long probeRttMinNs = UNKNOWN;
  private long probeRttStampNs;
  private boolean probeRttExpired;

  // Rounds, counted by what is delivered.
  private long nextRoundDelivered;
  private boolean roundStart;
  private long rounds;

  // What was delivered and lost in this round, and what follows from that.
  private double bwLatest;
  private long inflightLatest;
  private long roundDelivered;
  private long roundLost;
  private int roundLossEvents;
  private double bwLo = UNKNOWN;
  private long inflightLo = UNKNOWN;

  private long delivered;

  // The bounds before the last loss, should it turn out to be none.
  private double undoBwLo = UNKNOWN;
  private long undoInflightLo = UNKNOWN;

  // Acknowledgements that come in bursts.
  private long extraStartNs;
  private long extraDelivered;
  private long extraBytes;
  private long extraBefore;
  private long extraRound;

  // ---- what it believes

  double maxBw() {
    return Math.max(cycleBw, lastCycleBw);
  }

  /** BBR.bw: what may be counted on now. */
  double bw() {
    return Math.min(maxBw(), bwLo);
  }

  /** The rate of the last acknowledgement. */
  double newestBw() {
    return newestBw;
  }

  long minRttNs() {
    return minRttNs;
  }

  boolean isProbeRttDue() {
    return probeRttExpired;
  }

  boolean isRoundStart() {
    return roundStart;
  }

  long rounds() {
    return rounds;
  }

  /** All that was delivered so far. */
  long delivered() {
    return delivered;
  }

  long inflightLo() {
    return inflightLo;
  }

  /** BBR.extra_acked: so much more than the rate says may be acknowledged at once. */
  long extraAcked() {
    return Math.max(extraBytes, extraBefore);
  }

  /** The product of bandwidth and delay; what is given while it is not known. */
  double bdp(double bw, long unknown) {
    return minRttNs == UNKNOWN || bw == 0 ? unknown : bw * minRttNs / 1e9;
  }

  /** Section 5.5.10.2, IsInflightTooHigh, of the round that is over: more than 2 % were lost. */
  boolean isLossHigh() {
    return roundLost > 0.02 * (roundDelivered + roundLost);
  }

  /** Section 5.3.1.3, of the round that is over: high loss, in several places. */
  boolean isStartupLossHigh() {
    return roundLossEvents >= STARTUP_LOSSES && isLossHigh();
  }

  // ---- what it is told

  /** Begins to count a round now. */
  void startRound() {
    nextRoundDelivered = delivered;
  }

  /** Section 5.4.1: sending begins again; no burst was acknowledged in the pause. */
  void restart(long nowNs) {
    extraStartNs = nowNs;
    extraDelivered = 0;
  }

  /** Section 5.5.11.1, BBRSaveStateUponLoss: remembers the bounds. */
  void saveBounds() {
    undoBwLo = bwLo;
    undoInflightLo = inflightLo;
  }

  /** Section 5.5.11.2: the loss was none, and has lowered no bound. */
  void restoreBounds() {
    bwLo = Math.max(bwLo, undoBwLo);
    inflightLo = Math.max(inflightLo, undoInflightLo);
    roundLost = 0;
    roundLossEvents = 0;
  }

  /** Takes an acknowledgement in; {@link #endAck} follows when it was judged. */
  void onAck(long nowNs, RateSample sample, long cwnd) {
    delivered = sample.totalDeliveredBytes();
    roundStart = sample.priorDeliveredBytes() >= nextRoundDelivered;
    if (roundStart) {
      nextRoundDelivered = sample.totalDeliveredBytes();
      rounds++;
    }
    double rate = sample.bytesPerSecond();
    newestBw = rate;
    bwLatest = Math.max(bwLatest, rate);
    inflightLatest = Math.max(inflightLatest, sample.deliveredBytes());
    if (rate >= maxBw() || !sample.appLimited()) {
      cycleBw = Math.max(cycleBw, rate);
    }
    roundDelivered += sample.newlyDeliveredBytes();
    roundLost += sample.lostBytes();
    roundLossEvents += sample.lostBytes() > 0 ? 1 : 0;
    extraAcked(nowNs, sample.newlyDeliveredBytes(), cwnd);
    minRtt(nowNs, sample.rttNs());
  }

  /** Section 5.5.10.3: a round with many losses while bandwidth is not probed lowers the bounds. */
  void adaptLowerBounds(long cwnd) {
    if (isLossHigh()) {
      bwLo = Math.max(bwLatest, BETA * Math.min(bwLo, maxBw()));
      inflightLo = Math.max(inflightLatest, (long) (BETA * Math.min(inflightLo, cwnd)));
    }
  }

  void resetLowerBounds() {
    bwLo = UNKNOWN;
    inflightLo = UNKNOWN;
  }

  /** The signals of losses begin anew. */
  void resetCongestionSignals() {
    bwLatest = 0;
    inflightLatest = 0;
    roundDelivered = 0;
    roundLost = 0;
    roundLossEvents = 0;
  }

  /** What an acknowledgement said was judged. */
  void endAck(RateSample sample) {
    if (roundStart) {
      bwLatest = sample.bytesPerSecond();
      inflightLatest = sample.deliveredBytes();
      roundDelivered = 0;
      roundLost = 0;
      roundLossEvents = 0;
    }
  }

  /** A cycle of bandwidth probing is over. */
  void advanceMaxBw() {
    if (cycleBw > 0) {
      lastCycleBw = cycleBw;
      cycleBw = 0;
    }
  }

  /** The queue was drained on purpose: the next time is due in five seconds. */
  void probedRtt(long nowNs) {
    probeRttStampNs = nowNs;
  }

  private void extraAcked(long nowNs, int newly, long cwnd) {
    if (rounds - extraRound >= EXTRA_ACKED_ROUNDS) {
      extraRound = rounds;
      extraBefore = extraBytes;
      extraBytes = 0;
    }
    double expected = bw() * (nowNs - extraStartNs) / 1e9;
    if (extraDelivered <= expected) {
      extraDelivered = 0;
      extraStartNs = nowNs;
      expected = 0;
    }
    extraDelivered += newly;
    extraBytes = Math.max(extraBytes, Math.min((long) (extraDelivered - expected), cwnd));
  }

  private void minRtt(long nowNs, long rttNs) {
    probeRttExpired = probeRttMinNs != UNKNOWN && nowNs > probeRttStampNs + PROBE_RTT_INTERVAL_NS;
    if (rttNs > 0 && (rttNs < probeRttMinNs || probeRttExpired)) {
      probeRttMinNs = rttNs;
      probeRttStampNs = nowNs;
    }
    boolean expired = nowNs > minRttStampNs + MIN_RTT_FILTER_NS;
    if (probeRttMinNs < minRttNs || (expired && probeRttMinNs != UNKNOWN)) {
      minRttNs = probeRttMinNs;
      minRttStampNs = probeRttStampNs;
    }
  }
}
