package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.RateSample;

/**
 * The window while there is no algorithm yet: none before the handshake is over, then the one that
 * an algorithm starts with.
 */
record StartWindow(int cwndBytes) implements CongestionControl {

  /** Nothing may be sent. */
  static final StartWindow SHUT = new StartWindow(0);

  /** RFC 6928 section 2: min(10 MSS, max(2 MSS, 14600)). */
  static int initialBytes(int mss) {
    return Math.min(10 * mss, Math.max(2 * mss, 14_600));
  }

  @Override
  public void onAck(long nowNs, RateSample sample) {}

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {}

  @Override
  public void onRto(long nowNs, int inFlightBytes) {}
}
