package org.mptcp4j.testkit.packetdrill;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.cc.CongestionControls;
import org.mptcp4j.cc.RateSample;

/** Congestion control behind Linux's queue fq, which lets the first flight of a flow go at once. */
final class FqPacing implements CongestionControl {
  private final CongestionControl control;
  private boolean acknowledged;

  private FqPacing(CongestionControl control) {
    this.control = control;
  }

  /** The same algorithm, under its name, behind that queue. */
  static CongestionControlFactory of(String name) {
    CongestionControlFactory algorithm = CongestionControls.byName(name);
    return CongestionControls.of(name, context -> new FqPacing(algorithm.create(context)));
  }

  @Override
  public long pacingRateBytesPerSecond(long srttNs) {
    return acknowledged ? control.pacingRateBytesPerSecond(srttNs) : Long.MAX_VALUE;
  }

  @Override
  public void onAck(long nowNs, RateSample sample) {
    acknowledged = true;
    control.onAck(nowNs, sample);
  }

  @Override
  public int cwndBytes() {
    return control.cwndBytes();
  }

  @Override
  public void onLoss(long nowNs, int inFlightBytes) {
    control.onLoss(nowNs, inFlightBytes);
  }

  @Override
  public void onCongestionExperienced(long nowNs, int inFlightBytes) {
    control.onCongestionExperienced(nowNs, inFlightBytes);
  }

  @Override
  public void onRto(long nowNs, int inFlightBytes) {
    control.onRto(nowNs, inFlightBytes);
  }

  @Override
  public int ssthreshBytes() {
    return control.ssthreshBytes();
  }

  @Override
  public void onRecoveryExit(long nowNs) {
    control.onRecoveryExit(nowNs);
  }

  @Override
  public void onUndo(long nowNs) {
    control.onUndo(nowNs);
  }

  @Override
  public void onIdle(long nowNs, long idleNs) {
    control.onIdle(nowNs, idleNs);
  }

  @Override
  public void onResume(long nowNs) {
    control.onResume(nowNs);
  }

  @Override
  public void onMssChange() {
    control.onMssChange();
  }

  @Override
  public boolean inSlowStart() {
    return control.inSlowStart();
  }

  @Override
  public boolean needsPacing() {
    return control.needsPacing();
  }
}
