package org.mptcp4j.examples.plugins;

import org.mptcp4j.cc.CcContext;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.LossBasedControl;
import org.mptcp4j.cc.RateSample;

/**
 * After TCP Westwood: a loss leaves what the path was seen to deliver in its shortest round trip.
 */
public final class Westwood implements CongestionControlFactory {
  @Override
  public String name() {
    return "westwood";
  }

  @Override
  public CongestionControl create(CcContext context) {
    return new Window(context);
  }

  /** What it knows of one subflow: the rate, smoothed. */
  private static final class Window extends LossBasedControl {
    private double bytesPerSecond;

    Window(CcContext context) {
      super(context);
    }

    @Override
    public void onAck(long nowNs, RateSample sample) {
      if (sample.intervalNs() > 0 && !sample.appLimited()) {
        bytesPerSecond += (sample.bytesPerSecond() - bytesPerSecond) / 8;
      }
      super.onAck(nowNs, sample);
    }

    @Override
    protected void avoidCongestion(long nowNs, int ackedBytes) {
      cwnd(cwndBytes() + (double) mss() * ackedBytes / cwndBytes());
    }

    @Override
    protected double ssthreshAfterLoss(int inFlightBytes) {
      return Math.max(bytesPerSecond * context().minRttNs() / 1e9, inFlightBytes / 2.0);
    }
  }
}
