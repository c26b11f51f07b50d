package org.mptcp4j.cc;

import org.jspecify.annotations.Nullable;

/**
 * What every loss-based algorithm shares: slow start (the first one with HyStart++), a window that
 * grows only when it is used, the reductions after loss, timeout and idle time, and their undoing.
 * An algorithm says how the window grows in congestion avoidance and how much of it a loss takes.
 */
public abstract class LossBasedControl implements CongestionControl {
  /** Keeps sums of windows and super-segments inside an {@code int}. */
  protected static final int MAX_CWND_BYTES = 1 << 30;

  private static final long MS = 1_000_000;

  /** A sender of super-segments may wait until so much of the window is free, or less. */
  private static final int MOST_HELD_BACK_BYTES = 1 << 16;

  private final CcContext context;
  private int cwndBytes;
  private int ssthreshBytes;
  private int undoCwndBytes;
  private int undoSsthreshBytes;
  private int usedBytes; // of the window at most, since it last limited the sender
  private int usedMs; // when that was
  private @Nullable HyStart hyStart; // null before the first slow start, and after it

  /**
   * Starts with the window and threshold that the socket has.
   *
   * @param context the socket and its siblings
   */
  protected LossBasedControl(CcContext context) {
    this.context = context;
    cwndBytes = context.cwndBytes();
    ssthreshBytes = context.ssthreshBytes();
  }

  // ---- what makes an algorithm

  /**
   * Congestion avoidance: lets the window grow by {@link #cwnd}.
   *
   * @param ackedBytes bytes acknowledged that slow start has not used, at least 1
   */
  protected abstract void avoidCongestion(long nowNs, int ackedBytes);

  /**
   * The slow start threshold after a loss, in bytes.
   *
   * @param inFlightBytes bytes in flight when it was detected, no more than the window
   */
  protected abstract double ssthreshAfterLoss(int inFlightBytes);

  /**
   * The slow start threshold after congestion marks, in bytes.
   *
   * @param inFlightBytes bytes in flight when the peer told of them, no more than the window
   */
  protected double ssthreshAfterMarks(int inFlightBytes) {
    return ssthreshAfterLoss(inFlightBytes);
  }

  /** The least slow start threshold: two segments, RFC 5681 section 3.1, equation 4. */
  protected int minSsthreshBytes() {
    return 2 * mss();
  }

  /**
   * Congestion avoidance will begin anew: the window was reduced or decayed, sending resumes after
   * idle time, or the segment size changed.
   */
  protected void onNewEpoch() {}

  /** The last reduction was wrong: window and threshold are back, the rest has to be restored. */
  protected void onRestored(long nowNs) {
    onNewEpoch();
  }

  /** The window was not used at the time of this acknowledgement, and did not grow. */
  protected void onUnused(long nowNs) {}

  // ---- what it builds on

  /** The socket and its siblings. */
  protected final CcContext context() {
    return context;
  }

  /** Payload bytes of a full-sized wire segment. */
  protected final int mss() {
    return context.mssBytes();
  }

  @Override
  public final int cwndBytes() {
    return cwndBytes;
  }

  @Override
  public final int ssthreshBytes() {
    return ssthreshBytes;
  }

  /** Sets the window, within its bounds. */
  protected final void cwnd(double bytes) {
    cwndBytes = (int) Math.max(mss(), Math.min(bytes, MAX_CWND_BYTES));
  }

  @Override
  public void onAck(long nowNs, RateSample sample) {
    if (sample.ackedBytes() == 0 || context.inRecovery()) {
      return;
    }
    if (!isLimiting(sample.peakInFlightBytes())) {
      onUnused(nowNs);
      validate(nowNs, sample.peakInFlightBytes());
      return;
    }
    used(nowNs);
    int rest = inSlowStart() ? slowStart(sample) : sample.ackedBytes();
    if (rest > 0) {
      avoidCongestion(nowNs, rest);
    }
  }

  /**
   * RFC 7661 section 4.2, RFC 9438 section 4.2: whether the window limited the sender in this round
   * trip. In slow start it may become twice what was in flight; afterwards it must have been used,
   * but for what the sender keeps free to form larger super-segments.
   */
  private boolean isLimiting(int peakBytes) {
    if (cwndBytes < ssthreshBytes) {
      return cwndBytes < 2L * peakBytes;
    }
    return peakBytes > cwndBytes - mss() - Math.min(MOST_HELD_BACK_BYTES, cwndBytes / 8);
  }

  private void used(long nowNs) {
    usedMs = (int) (nowNs / MS);
    usedBytes = 0;
  }

  /** RFC 2861 section 3: a window that is not used decays to what is, as on Linux. */
  private void validate(long nowNs, int peakBytes) {
    usedBytes = Math.max(usedBytes, peakBytes);
    if (usedMs == 0) {
      used(nowNs); // it begins here
    }
    if (((int) (nowNs / MS) - usedMs) * MS < context.windowValidNs()) {
      return;
    }
    int used = Math.max(usedBytes, context.initialWindowBytes());
    if (used < cwndBytes) {
      rememberMost();
      cwnd(((double) cwndBytes + used) / 2);
      onNewEpoch();
    }
    used(nowNs);
  }

  /** RFC 2861 section 3: the threshold remembers most of the window. */
  private void rememberMost() {
    ssthreshBytes = (int) Math.max(ssthreshBytes, 0.75 * cwndBytes);
  }

  /** Returns acknowledged bytes that were not used because the threshold was reached. */
  private int slowStart(RateSample sample) {
    if (ssthreshBytes == Integer.MAX_VALUE) {
      firstSlowStart(sample);
      return 0;
    }
    // RFC 5681 section 3.1 with appropriate byte counting (RFC 3465): growth per byte, which for a
    // super-segment acknowledged at once is the same as for its pieces acknowledged one by one.
    int room = Math.max(0, ssthreshBytes - cwndBytes);
    int used = Math.min(room, sample.ackedBytes());
    cwnd((double) cwndBytes + used);
    return sample.ackedBytes() - used;
  }

  /** RFC 9406 section 4.3: HyStart++ is for the initial slow start. */
  private void firstSlowStart(RateSample sample) {
    if (hyStart == null) {
      hyStart = new HyStart();
    }
    cwnd((double) cwndBytes + hyStart.onAck(sample));
    if (hyStart.isOver()) {
      hyStart = null;
      ssthreshBytes = cwndBytes;
    }
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    reduceTo(ssthreshAfterLoss(admitted(inFlightBytes)));
  }

  /** RFC 5681 section 3.2 step 2: what limited transmit sent beyond the window does not count. */
  private int admitted(int inFlightBytes) {
    return Math.min(inFlightBytes, cwndBytes);
  }

  @Override
  public void onCongestionExperienced(long nowNs, int inFlightBytes) {
    int before = cwndBytes;
    reduceTo(ssthreshAfterMarks(admitted(inFlightBytes)));
    // RFC 3168 section 6.1.2: a window of one segment, after a timeout, must not grow for a mark.
    cwndBytes = Math.min(cwndBytes, before);
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    reduceTo(ssthreshAfterLoss(admitted(inFlightBytes)));
    // RFC 5681 section 3.1: after a timeout the window is one segment.
    cwndBytes = mss();
  }

  @Override
  public void onRtoInRecovery(long nowNs, int inFlightBytes) {
    cwndBytes = mss();
    onNewEpoch();
  }

  private void reduceTo(double wanted) {
    undoCwndBytes = cwndBytes;
    undoSsthreshBytes = ssthreshBytes;
    double bytes = Math.max(wanted, minSsthreshBytes());
    ssthreshBytes = (int) Math.min(MAX_CWND_BYTES, Math.round(bytes));
    cwndBytes = ssthreshBytes;
    hyStart = null;
    onNewEpoch();
  }

  @Override
  public final void onUndo(long nowNs) {
    // RFC 4015 section 3.2: as they were before, or as they are when they are larger.
    cwndBytes = Math.max(cwndBytes, undoCwndBytes);
    ssthreshBytes = Math.max(ssthreshBytes, undoSsthreshBytes);
    onRestored(nowNs);
  }

  @Override
  public final void onIdle(long nowNs, long idleNs) {
    rememberMost();
    // RFC 2861 section 3.1, as on Linux: half of the window for each timeout of the pause, and not
    // less than an initial window, which RFC 5681 section 4.1 asks for at the first of them.
    int least = Math.min(cwndBytes, context.initialWindowBytes());
    long timeouts = (idleNs - 1) / context.rtoNs();
    cwndBytes = (int) Math.max(least, (long) cwndBytes >> Math.min(31, timeouts));
    used(nowNs);
    onNewEpoch();
  }

  @Override
  public final void onMssChange() {
    // RFC 5681 section 3.1: what is one segment after a timeout is one of the new size. A larger
    // window stays the same in bytes.
    cwndBytes = cwndBytes < mss() * 3 / 2 ? mss() : cwndBytes;
    onNewEpoch();
  }
}
