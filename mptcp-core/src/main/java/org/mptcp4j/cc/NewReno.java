package org.mptcp4j.cc;

/**
 * Additive increase, multiplicative decrease: RFC 5681 with the recovery of RFC 6582 / RFC 6675.
 */
public final class NewReno extends LossBasedControl {

  private double acked;

  @Override
  public String name() {
    return "reno";
  }

  @Override
  public void start(long nowNs, int mssBytes) {
    super.start(nowNs, mssBytes);
    acked = 0;
  }

  @Override
  public void onAck(long nowNs, int ackedBytes, long rttNs, int inFlightBytes) {
    if (!wasUsed(inFlightBytes)) {
      return;
    }
    int rest = inSlowStart() ? slowStart(ackedBytes) : ackedBytes;
    // RFC 5681 section 3.1: one segment per window's worth of acknowledged bytes.
    acked += rest;
    while (acked >= cwndBytes()) {
      acked -= cwndBytes();
      cwnd((double) cwndBytes() + mss());
    }
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    // RFC 5681 section 3.1, equation 4.
    reduceTo(inFlightBytes / 2.0);
    acked = 0;
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    acked = 0;
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    reduceTo(inFlightBytes / 2.0);
    collapse();
    acked = 0;
  }

  @Override
  public void undo(long nowNs) {
    restore();
    acked = 0;
  }

  @Override
  public void onIdle(long nowNs, long idleNs) {
    restart();
    acked = 0;
  }
}
