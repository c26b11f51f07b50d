package org.mptcp4j.cc;

/**
 * Additive increase, multiplicative decrease: RFC 5681 with the recovery of RFC 6582 / RFC 6675.
 */
final class NewReno extends LossBasedControl {

  private double acked;

  NewReno(CcContext context) {
    super(context);
  }

  @Override
  protected void avoidCongestion(long nowNs, int ackedBytes) {
    // RFC 5681 section 3.1: one segment per window's worth of acknowledged bytes.
    acked += ackedBytes;
    while (acked >= cwndBytes()) {
      acked -= cwndBytes();
      cwnd((double) cwndBytes() + mss());
    }
  }

  @Override
  protected double ssthreshAfterLoss(int inFlightBytes) {
    // RFC 5681 section 3.1, equation 4.
    return inFlightBytes / 2.0;
  }

  @Override
  protected double ssthreshAfterMarks(int inFlightBytes) {
    // RFC 8511 section 3: beta_ecn is 0.8.
    return 0.8 * Math.max(inFlightBytes, cwndBytes() / 2);
  }

  @Override
  protected void onNewEpoch() {
    acked = 0;
  }
}
