package org.mptcp4j.cc;

/**
 * CUBIC, RFC 9438: after a loss the window follows a cubic function of time around the window at
 * which the loss happened, and never grows slower than an AIMD flow with the same loss rate would.
 * Windows are in segments inside the formulas, as in the RFC, and in bytes outside.
 */
public final class Cubic implements CongestionControl {

  /** RFC 9438 section 4.6: beta_cubic. */
  private static final double BETA = 0.7;

  /** RFC 9438 section 5: C, in segments per second cubed. */
  private static final double C = 0.4;

  /** RFC 9438 section 4.3: alpha_cubic = 3 * (1 - beta) / (1 + beta). */
  private static final double ALPHA = 3.0 * (1.0 - BETA) / (1.0 + BETA);

  private static final long NO_EPOCH = Long.MIN_VALUE;

  private final Window window = new Window();
  private long epochStartNs = NO_EPOCH;
  private long lastGrowthNs;
  private double wMax;
  private double wEst;
  private double k;
  private double cwndSegments;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void start(long nowNs, int mssBytes) {
    window.start(mssBytes);
    epochStartNs = NO_EPOCH;
    wMax = 0;
  }

  @Override
  public void mss(int mssBytes) {
    window.mss(mssBytes);
    epochStartNs = NO_EPOCH;
  }

  @Override
  public void onAck(long nowNs, int ackedBytes, long rttNs, int inFlightBytes) {
    if (!window.wasUsed(inFlightBytes)) {
      excludeIdleTime(nowNs);
      return;
    }
    int rest = inSlowStart() ? window.slowStart(ackedBytes) : ackedBytes;
    if (rest > 0) {
      avoidCongestion(nowNs, rest, rttNs);
    }
  }

  private void avoidCongestion(long nowNs, int ackedBytes, long rttNs) {
    if (epochStartNs == NO_EPOCH) {
      beginEpoch(nowNs);
    }
    lastGrowthNs = nowNs;
    double ackedSegments = (double) ackedBytes / window.mss();
    double t = (nowNs - epochStartNs) / 1e9;
    // RFC 9438 section 4.2: the target is the window one round trip from now, in [cwnd, 1.5 cwnd].
    double target = wCubic(t + rttNs / 1e9);
    target = Math.max(cwndSegments, Math.min(target, 1.5 * cwndSegments));
    // RFC 9438 section 4.3: the Reno-friendly estimate; alpha is 1 once past the old maximum.
    wEst += (wEst >= wMax ? 1.0 : ALPHA) * ackedSegments / cwndSegments;
    if (wCubic(t) < wEst) {
      cwndSegments = Math.max(cwndSegments, wEst);
    } else {
      // RFC 9438 sections 4.4 and 4.5: concave and convex regions grow alike.
      cwndSegments += (target - cwndSegments) / cwndSegments * ackedSegments;
    }
    cwndSegments = Math.min(cwndSegments, (double) Window.MAX_CWND_BYTES / window.mss());
    window.cwnd(cwndSegments * window.mss());
  }

  private void beginEpoch(long nowNs) {
    epochStartNs = nowNs;
    cwndSegments = (double) window.cwnd() / window.mss();
    wEst = cwndSegments;
    // RFC 9438 section 4.2: K = cbrt((W_max - cwnd_epoch) / C); no plateau without a higher W_max.
    if (wMax > cwndSegments) {
      k = Math.cbrt((wMax - cwndSegments) / C);
    } else {
      k = 0;
      wMax = cwndSegments;
    }
  }

  private double wCubic(double t) {
    double d = t - k;
    return C * d * d * d + wMax;
  }

  /** RFC 9438 section 4.2: time in which the window was not used does not count as growth time. */
  private void excludeIdleTime(long nowNs) {
    if (epochStartNs != NO_EPOCH) {
      epochStartNs += Math.max(0, nowNs - lastGrowthNs);
      lastGrowthNs = nowNs;
    }
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    decrease(inFlightBytes);
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    epochStartNs = NO_EPOCH;
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    // RFC 9438 section 4.8: as for a loss, then slow start from one segment.
    decrease(inFlightBytes);
    window.collapse();
  }

  private void decrease(int inFlightBytes) {
    double cwnd = (double) window.cwnd() / window.mss();
    // RFC 9438 section 4.7: fast convergence, release bandwidth when the maximum is falling.
    wMax = cwnd < wMax ? cwnd * (1.0 + BETA) / 2.0 : cwnd;
    // RFC 9438 section 4.6: a sender limited by the application reduces from what it really used.
    window.reduceTo(BETA * Math.min(window.cwnd(), Math.max(inFlightBytes, window.cwnd() / 2)));
    epochStartNs = NO_EPOCH;
  }

  @Override
  public void onIdle(long nowNs, long idleNs) {
    window.restart();
    epochStartNs = NO_EPOCH;
  }

  @Override
  public int cwndBytes() {
    return window.cwnd();
  }

  @Override
  public int ssthreshBytes() {
    return window.ssthresh();
  }
}
