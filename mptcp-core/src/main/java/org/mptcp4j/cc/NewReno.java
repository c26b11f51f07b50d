package org.mptcp4j.cc;

/**
 * Additive increase, multiplicative decrease: RFC 5681 with the recovery of RFC 6582 / RFC 6675.
 */
public final class NewReno implements CongestionControl {

  private final Window window = new Window();
  private double acked;

  @Override
  public String name() {
    return "reno";
  }

  @Override
  public void start(long nowNs, int mssBytes) {
    window.start(mssBytes);
    acked = 0;
  }

  @Override
  public void mss(int mssBytes) {
    window.mss(mssBytes);
  }

  @Override
  public void onAck(long nowNs, int ackedBytes, long rttNs, int inFlightBytes) {
    if (!window.wasUsed(inFlightBytes)) {
      return;
    }
    int rest = inSlowStart() ? window.slowStart(ackedBytes) : ackedBytes;
    // RFC 5681 section 3.1: one segment per window's worth of acknowledged bytes.
    acked += rest;
    while (acked >= window.cwnd()) {
      acked -= window.cwnd();
      window.cwnd((double) window.cwnd() + window.mss());
    }
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    // RFC 5681 section 3.1, equation 4.
    window.reduceTo(inFlightBytes / 2.0);
    acked = 0;
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    acked = 0;
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    window.reduceTo(inFlightBytes / 2.0);
    window.collapse();
    acked = 0;
  }

  @Override
  public void onIdle(long nowNs, long idleNs) {
    window.restart();
    acked = 0;
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
