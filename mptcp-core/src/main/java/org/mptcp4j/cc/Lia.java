package org.mptcp4j.cc;

/**
 * Linked increases, RFC 6356: the subflows of a connection grow together no faster than one TCP on
 * the best of their paths would, and each no faster than a TCP on its own. Everything else is that
 * of NewReno.
 */
final class Lia extends LossBasedControl {

  private double rest;

  Lia(CcContext context) {
    super(context);
  }

  @Override
  protected void avoidCongestion(long nowNs, int ackedBytes) {
    double total = 0;
    double best = 0;
    double sum = 0;
    for (int i = 0; i < context().subflows(); i++) {
      CcSubflow subflow = context().subflow(i);
      if (subflow.canSend() && subflow.srttNs() > 0) {
        double cwnd = subflow.cwndBytes();
        double rtt = subflow.srttNs();
        total += cwnd;
        best = Math.max(best, cwnd / (rtt * rtt));
        sum += cwnd / rtt;
      }
    }
    // RFC 6356 section 3, equation 2: alpha = cwnd_total * MAX(cwnd_i / rtt_i^2) /
    // (SUM(cwnd_i / rtt_i))^2, here divided by cwnd_total.
    double coupled = best / (sum * sum);
    double alone = 1.0 / cwndBytes();
    // Equation 1: min(alpha * bytes_acked * MSS_i / cwnd_total, bytes_acked * MSS_i / cwnd_i).
    double share = total > 0 ? Math.min(coupled, alone) : alone;
    rest += share * ackedBytes * mss();
    int whole = (int) rest;
    rest -= whole;
    cwnd((double) cwndBytes() + whole);
  }

  @Override
  protected double ssthreshAfterLoss(int inFlightBytes) {
    return inFlightBytes / 2.0;
  }

  @Override
  protected int minSsthreshBytes() {
    // RFC 6356 section 3: one segment instead of two while there are other paths.
    return context().subflows() > 1 ? mss() : 2 * mss();
  }
}
