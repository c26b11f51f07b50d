package org.mptcp4j.cc;

/** A socket as congestion control sees it, and the acknowledgements it gets: all as a test says. */
final class TestFlow implements CcContext, RateSample {

  static final int MSS = 1000;
  static final long MS = 1_000_000L;

  int mss = MSS;
  long srttNs = 20 * MS;
  boolean canSend = true;
  boolean recovering;
  long windowValidNs = Long.MAX_VALUE;
  long rtoNs = 200 * MS;
  CcGroup group = CcGroup.NONE;
  CongestionControl control;
  int lost;

  /** Of the rate sample; 0 for all that is acknowledged in a round trip. */
  long intervalNs;

  /** In that time; 0 for what was acknowledged last. */
  long delivered;

  private int startCwnd;
  private int startSsthresh = Integer.MAX_VALUE;
  private int acked;
  private int peak;
  private long rttNs;
  private long total;
  private long prior;
  private long roundBytes;
  private boolean roundBegins;

  /** Starts an algorithm with the initial window. */
  TestFlow start(String name) {
    startCwnd = initialWindowBytes();
    control = null;
    control = CongestionControls.byName(name).create(this);
    return this;
  }

  /** Starts one with that window and threshold, in segments. */
  TestFlow start(String name, int cwndSegments, int ssthreshSegments) {
    startCwnd = cwndSegments * mss;
    startSsthresh = ssthreshSegments * mss;
    control = null;
    control = CongestionControls.byName(name).create(this);
    return this;
  }

  /** So much is in flight. */
  void inFlight(int bytes) {
    peak = bytes;
  }

  /** What is acknowledged from now on was sent upon the first acknowledgement of the last round. */
  void beginRound() {
    prior = roundBytes;
    roundBegins = true;
  }

  /** The peer acknowledges; the window was used. */
  void ack(long nowNs, int bytes) {
    ack(nowNs, bytes, cwndBytes());
  }

  /** The peer acknowledges; so much was in flight. */
  void ack(long nowNs, int bytes, int inFlight) {
    acked = bytes;
    peak = inFlight;
    total += bytes;
    if (roundBegins) {
      roundBegins = false;
      roundBytes = total;
    }
    rttNs = srttNs;
    control.onAck(nowNs, this);
  }

  /** A loss with all of the window in flight, and the end of its recovery. */
  void loseAndRecover(long nowNs) {
    control.onLoss(nowNs, cwndBytes());
    control.onRecoveryExit(nowNs);
  }

  @Override
  public boolean canSend() {
    return canSend;
  }

  @Override
  public int mssBytes() {
    return mss;
  }

  @Override
  public int cwndBytes() {
    return control == null ? startCwnd : control.cwndBytes();
  }

  @Override
  public int ssthreshBytes() {
    return control == null ? startSsthresh : control.ssthreshBytes();
  }

  @Override
  public int inFlightBytes() {
    return peak;
  }

  @Override
  public long srttNs() {
    return srttNs;
  }

  @Override
  public long minRttNs() {
    return srttNs;
  }

  @Override
  public long deliveredBytes() {
    return delivered == 0 ? acked : delivered;
  }

  @Override
  public long lossEvents() {
    return 0;
  }

  @Override
  public CongestionControl control() {
    return control;
  }

  @Override
  public long rtoNs() {
    return rtoNs;
  }

  @Override
  public long windowValidNs() {
    return windowValidNs;
  }

  @Override
  public int initialWindowBytes() {
    return Math.min(10 * mss, Math.max(2 * mss, 14_600));
  }

  @Override
  public boolean inRecovery() {
    return recovering;
  }

  @Override
  public int subflows() {
    return Math.max(1, group.size());
  }

  @Override
  public CcSubflow subflow(int index) {
    return group.size() == 0 ? this : group.member(index);
  }

  @Override
  public int ackedBytes() {
    return acked;
  }

  @Override
  public int newlyDeliveredBytes() {
    return acked;
  }

  @Override
  public long totalDeliveredBytes() {
    return total;
  }

  @Override
  public long priorDeliveredBytes() {
    return prior;
  }

  @Override
  public long intervalNs() {
    return intervalNs == 0 ? rttNs : intervalNs;
  }

  @Override
  public boolean appLimited() {
    return false;
  }

  @Override
  public long rttNs() {
    return rttNs;
  }

  @Override
  public int peakInFlightBytes() {
    return peak;
  }

  @Override
  public int lostBytes() {
    return lost;
  }

  @Override
  public int ecnMarkedBytes() {
    return 0;
  }
}
