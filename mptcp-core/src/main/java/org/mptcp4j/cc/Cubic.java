package org.mptcp4j.cc;

/**
 * CUBIC, RFC 9438: after a loss the window follows a cubic function of time around the window at
 * which the loss happened, and never grows slower than an AIMD flow with the same loss rate would.
 * Windows are in segments inside the formulas, as in the RFC, and in bytes outside.
 */
public final class Cubic extends LossBasedControl {

  /** RFC 9438 section 4.6: beta_cubic. */
  private static final double BETA = 0.7;

  /** RFC 9438 section 5: C, in segments per second cubed. */
  private static final double C = 0.4;

  /** RFC 9438 section 4.3: alpha_cubic = 3 * (1 - beta) / (1 + beta). */
  private static final double ALPHA = 3.0 * (1.0 - BETA) / (1.0 + BETA);

  /** A congestion avoidance stage: the curve that the window follows until something ends it. */
  private static final class Epoch {
    private long startNs;
    private long lastGrowthNs;
    private final double wMax;
    private final double k;
    private double wEst;
    private double cwndSegments;

    Epoch(long nowNs, double cwndSegments, double lastMax) {
      startNs = nowNs;
      this.cwndSegments = cwndSegments;
      wEst = cwndSegments;
      // RFC 9438 section 4.2: K = cbrt((W_max - cwnd_epoch) / C); no plateau without a higher
      // W_max.
      wMax = Math.max(lastMax, cwndSegments);
      k = Math.cbrt((wMax - cwndSegments) / C);
    }

    void grow(long nowNs, double ackedSegments, long rttNs) {
      lastGrowthNs = nowNs;
      double t = (nowNs - startNs) / 1e9;
      // RFC 9438 section 4.2: the target is the window one round trip from now, in [cwnd, 1.5
      // cwnd].
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
    }

    private double wCubic(double t) {
      double d = t - k;
      return C * d * d * d + wMax;
    }

    /** RFC 9438 section 4.2: time in which the window was not used does not count as growth. */
    void excludeIdleTime(long nowNs) {
      startNs += Math.max(0, nowNs - lastGrowthNs);
      lastGrowthNs = nowNs;
    }
  }

  private Epoch epoch; // null outside congestion avoidance
  private double wMax;

  // As they were before the last decrease.
  private Epoch priorEpoch;
  private double priorWMax;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void start(long nowNs, int mssBytes) {
    super.start(nowNs, mssBytes);
    epoch = null;
    wMax = 0;
    priorEpoch = null;
    priorWMax = 0;
  }

  @Override
  public void mss(int mssBytes) {
    super.mss(mssBytes);
    epoch = null;
  }

  @Override
  public void onAck(long nowNs, int ackedBytes, long rttNs, int inFlightBytes) {
    if (!wasUsed(inFlightBytes)) {
      if (epoch != null) {
        epoch.excludeIdleTime(nowNs);
      }
      return;
    }
    int rest = inSlowStart() ? slowStart(ackedBytes) : ackedBytes;
    if (rest > 0) {
      avoidCongestion(nowNs, rest, rttNs);
    }
  }

  private void avoidCongestion(long nowNs, int ackedBytes, long rttNs) {
    if (epoch == null) {
      epoch = new Epoch(nowNs, (double) cwndBytes() / mss(), wMax);
      wMax = epoch.wMax;
    }
    epoch.grow(nowNs, (double) ackedBytes / mss(), rttNs);
    epoch.cwndSegments = Math.min(epoch.cwndSegments, (double) MAX_CWND_BYTES / mss());
    cwnd(epoch.cwndSegments * mss());
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    decrease(inFlightBytes);
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    epoch = null;
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    // RFC 9438 section 4.8: as for a loss, then slow start from one segment.
    decrease(inFlightBytes);
    collapse();
  }

  private void decrease(int inFlightBytes) {
    double cwnd = (double) cwndBytes() / mss();
    priorEpoch = epoch;
    priorWMax = wMax;
    // RFC 9438 section 4.7: fast convergence, release bandwidth when the maximum is falling.
    wMax = cwnd < wMax ? cwnd * (1.0 + BETA) / 2.0 : cwnd;
    // RFC 9438 section 4.6: a sender limited by the application reduces from what it really used.
    reduceTo(BETA * Math.min(cwndBytes(), Math.max(inFlightBytes, cwndBytes() / 2)));
    epoch = null;
  }

  @Override
  public void undo(long nowNs) {
    // RFC 9438 section 4.9: cwnd, ssthresh, W_max and the curve are restored.
    restore();
    wMax = priorWMax;
    epoch = priorEpoch;
    if (epoch != null) {
      epoch.excludeIdleTime(nowNs);
    }
  }

  @Override
  public void onIdle(long nowNs, long idleNs) {
    restart();
    epoch = null;
  }
}
