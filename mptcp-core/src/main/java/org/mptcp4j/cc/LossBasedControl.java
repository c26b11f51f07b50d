package org.mptcp4j.cc;

/**
 * The congestion window and slow start threshold that every loss-based algorithm shares: initial
 * window, slow start, loss window, restart window.
 */
abstract class LossBasedControl implements CongestionControl {

  /** Keeps sums of windows and super-segments inside an {@code int}. */
  static final int MAX_CWND_BYTES = 1 << 30;

  private int mssBytes = 1;
  private int cwndBytes = 1;
  private int initialBytes = 1;
  private int ssthreshBytes = Integer.MAX_VALUE;
  private int priorCwndBytes;
  private int priorSsthreshBytes;

  @Override
  public void start(long nowNs, int mss) {
    checkMss(mss);
    mssBytes = mss;
    // RFC 6928 section 2: min(10*MSS, max(2*MSS, 14600)).
    initialBytes = Math.min(10 * mss, Math.max(2 * mss, 14_600));
    cwndBytes = initialBytes;
    ssthreshBytes = Integer.MAX_VALUE;
    priorCwndBytes = 0;
    priorSsthreshBytes = 0;
  }

  @Override
  public void mss(int mss) {
    checkMss(mss);
    mssBytes = mss;
    cwndBytes = Math.max(cwndBytes, mss);
  }

  @Override
  public final int cwndBytes() {
    return cwndBytes;
  }

  @Override
  public final int ssthreshBytes() {
    return ssthreshBytes;
  }

  final int mss() {
    return mssBytes;
  }

  /** Sets the window, within its bounds. */
  final void cwnd(double bytes) {
    cwndBytes = (int) Math.max(mssBytes, Math.min(bytes, MAX_CWND_BYTES));
  }

  /**
   * Whether the window limited the sender: in slow start half of it in flight is enough, because
   * the window doubles in a round trip; afterwards all but a burst of ten segments must be used.
   */
  final boolean wasUsed(int inFlightBytes) {
    if (cwndBytes < ssthreshBytes) {
      return 2L * inFlightBytes >= cwndBytes;
    }
    return inFlightBytes >= cwndBytes - Math.min(10 * mssBytes, cwndBytes / 2);
  }

  /**
   * Slow start: the window grows by what was acknowledged, up to the threshold.
   *
   * @return acknowledged bytes that were not used because the threshold was reached
   */
  final int slowStart(int ackedBytes) {
    // RFC 5681 section 3.1 with appropriate byte counting (RFC 3465): growth per byte, which for a
    // super-segment acknowledged at once is the same as for its pieces acknowledged one by one.
    int room = Math.max(0, ssthreshBytes - cwndBytes);
    int used = Math.min(room, ackedBytes);
    cwnd((double) cwndBytes + used);
    return ackedBytes - used;
  }

  /**
   * Multiplicative decrease: threshold and window become the larger of the bytes and 2 segments.
   */
  final void reduceTo(double bytes) {
    priorCwndBytes = cwndBytes;
    priorSsthreshBytes = ssthreshBytes;
    ssthreshBytes = (int) Math.min(MAX_CWND_BYTES, Math.round(Math.max(bytes, 2.0 * mssBytes)));
    cwndBytes = ssthreshBytes;
  }

  /** Takes back the last {@link #reduceTo}, and the {@link #collapse} that followed it. */
  final void restore() {
    cwndBytes = Math.max(cwndBytes, priorCwndBytes);
    ssthreshBytes = Math.max(ssthreshBytes, priorSsthreshBytes);
  }

  /** RFC 5681 section 3.1: after a timeout the window is one segment. */
  final void collapse() {
    cwndBytes = mssBytes;
  }

  /** RFC 5681 section 4.1: after an idle period the window is at most the initial window. */
  final void restart() {
    cwndBytes = Math.min(cwndBytes, initialBytes);
  }

  private static void checkMss(int mss) {
    if (mss < 1 || mss > 65_535) {
      throw new IllegalArgumentException("mss must be 1 to 65535 bytes, not " + mss);
    }
  }
}
