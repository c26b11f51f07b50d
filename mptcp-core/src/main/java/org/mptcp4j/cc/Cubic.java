package org.mptcp4j.cc;

import org.jspecify.annotations.Nullable;

/**
 * CUBIC, RFC 9438: after a loss the window follows a cubic function of time around the window at
 * which the loss happened, and never grows slower than an AIMD flow with the same loss rate would.
 * Windows are in segments inside the formulas, as in the RFC, and in bytes outside.
 */
final class Cubic extends LossBasedControl {

  /** RFC 9438 section 4.6: beta_cubic. */
  private static final double BETA = 0.7;

  /** RFC 8511 section 3: beta_ecn for CUBIC. */
  private static final double BETA_ECN = 0.85;

  /** RFC 9438 section 5: C, in segments per second cubed. */
  private static final double C = 0.4;

  /** RFC 9438 section 4.3: alpha_cubic = 3 * (1 - beta) / (1 + beta). */
  private static final double ALPHA = 3.0 * (1.0 - BETA) / (1.0 + BETA);

  /** A congestion avoidance stage: the curve that the window follows until something ends it. */
  private static final class Epoch {
    private long startNs;
    private long lastGrowthNs;
    private final double wMax;
    private final double priorSegments;
    private final double k;
    private double wEst;
    private double cwndSegments;

    /**
     * Begins one.
     *
     * @param lastMax the plateau; that of the window when it is lower
     * @param priorSegments the window before the last reduction
     */
    Epoch(long nowNs, double cwndSegments, double lastMax, double priorSegments) {
      startNs = nowNs;
      this.cwndSegments = cwndSegments;
      this.priorSegments = Math.max(priorSegments, cwndSegments);
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
      // RFC 9438 section 4.3: the Reno-friendly estimate; alpha is 1 once past cwnd_prior.
      wEst += (wEst >= priorSegments ? 1.0 : ALPHA) * ackedSegments / cwndSegments;
      if (wCubic(t) < wEst) {
        cwndSegments = Math.max(cwndSegments, wEst);
      } else {
        // RFC 9438 sections 4.4 and 4.5: concave and convex regions grow alike.
        cwndSegments += (target - cwndSegments) / cwndSegments * ackedSegments;
      }
    }

    /** Whether the window is where the curve has led it. */
    boolean isAt(int cwndBytes, int mss) {
      return (int) (cwndSegments * mss) == cwndBytes;
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

  /**
   * What a reduction changes.
   *
   * @param epoch null outside congestion avoidance
   * @param priorSegments the window before the last reduction
   * @param undo what was before it, to be restored when it was wrong (RFC 9438 section 4.9); null
   *     before the first, and when it was restored
   */
  private record State(
      @Nullable Epoch epoch, double wMax, double priorSegments, @Nullable State undo) {
    private static final State FIRST = new State(null, 0, 0, null);

    /** The same in another epoch, or in none. */
    State in(@Nullable Epoch other, double max) {
      return new State(other, max, priorSegments, undo);
    }

    /** What follows when the window is reduced. */
    State reduced(double max, double fromSegments) {
      return new State(null, max, fromSegments, withoutUndo());
    }

    State withoutUndo() {
      return new State(epoch, wMax, priorSegments, null);
    }
  }

  private State state = State.FIRST;

  Cubic(CcContext context) {
    super(context);
  }

  @Override
  protected void avoidCongestion(long nowNs, int ackedBytes) {
    Epoch epoch = state.epoch;
    if (epoch == null || !epoch.isAt(cwndBytes(), mss())) {
      // RFC 9438 section 4.2: an ACK adds to the window as it is, which may have become another one
      // since: by an undoing, when the size of segments has changed.
      double segments = (double) cwndBytes() / mss();
      epoch = new Epoch(nowNs, segments, state.wMax, state.priorSegments);
      state = state.in(epoch, epoch.wMax);
    }
    epoch.grow(nowNs, (double) ackedBytes / mss(), context().srttNs());
    cwnd(epoch.cwndSegments * mss());
  }

  @Override
  protected void onUnused(long nowNs) {
    if (state.epoch != null) {
      state.epoch.excludeIdleTime(nowNs);
    }
  }

  @Override
  protected double ssthreshAfterLoss(int inFlightBytes) {
    return ssthreshAfter(inFlightBytes, BETA);
  }

  @Override
  protected double ssthreshAfterMarks(int inFlightBytes) {
    return ssthreshAfter(inFlightBytes, BETA_ECN);
  }

  private double ssthreshAfter(int inFlightBytes, double beta) {
    double cwnd = (double) cwndBytes() / mss();
    // RFC 9438 section 4.7: fast convergence, release bandwidth when the maximum is falling.
    double wMax = cwnd < state.wMax ? cwnd * (1.0 + beta) / 2.0 : cwnd;
    state = state.reduced(wMax, cwnd);
    // RFC 9438 section 4.6: a sender limited by the application reduces from what it really used.
    return beta * Math.max(inFlightBytes, cwndBytes() / 2);
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    super.onRto(nowNs, inFlightBytes);
    forgetPlateau();
  }

  @Override
  public void onRtoInRecovery(long nowNs, int inFlightBytes) {
    super.onRtoInRecovery(nowNs, inFlightBytes);
    forgetPlateau();
  }

  private void forgetPlateau() {
    // RFC 9438 section 4.8: after a timeout K is 0, and W_max the window at which slow start ends.
    state = state.in(null, 0);
  }

  @Override
  protected void onNewEpoch() {
    state = state.in(null, state.wMax);
  }

  @Override
  protected void onRestored(long nowNs) {
    if ((double) cwndBytes() / mss() > state.priorSegments) {
      // RFC 9438 section 4.9.2: the window has outgrown the old curve, and follows the new one.
      state = state.withoutUndo();
      return;
    }
    state = state.undo == null ? state : state.undo;
    onUnused(nowNs);
  }
}
