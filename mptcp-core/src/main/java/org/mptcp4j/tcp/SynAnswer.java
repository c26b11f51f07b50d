package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;

/** What the acknowledgement of our SYN, or SYN/ACK, begins at the end that sent it. */
final class SynAnswer {

  private SynAnswer() {}

  /**
   * Our SYN is acknowledged: data may leave.
   *
   * @param firstWindow of the acknowledging segment
   */
  static void onAcked(long nowNs, RxSegment seg, long seq, int firstWindow, Tcb tcb) {
    Sender sender = tcb.sender;
    if (tcb.life.is(TcpState.SYN_SENT)) {
      tcb.ecn = Ecn.ofSynAck(seg, tcb.config.options(), sender.timer.backoffs());
    } else if (seg.syn()) {
      tcb.ecn.onCrossedSynAck(seg);
    }
    int sent = (int) sender.nxt() - 1;
    int acked = (int) sender.offsetOf(seg.ack()) - 1;
    boolean repeated = sender.timer.backoffs() > 0;
    tcb.handshake.onSynAck(nowNs, seg.options(), sent, acked, repeated);
    measure(nowNs, seg, tcb);
    // What our SYN carried counts as far as it was taken; the rest leaves as if for the first time.
    sender.begin(sender.offsetOf(seg.ack()), seq, firstWindow, tcb.handshake.sack());
  }

  /** Our SYN/ACK is acknowledged, behind which data may have left already. */
  static void onConfirmed(long nowNs, RxSegment seg, Tcb tcb) {
    Sender sender = tcb.sender;
    measure(nowNs, seg, tcb);
    if (sender.nxt() > sender.una()) {
      long rtoNs = sender.rtt.rtoNs();
      sender.timer.startIfIdle(nowNs, SendTimer.Purpose.RETRANSMIT, rtoNs, tcb.config);
    }
  }

  /** The peer's SYN crossed ours. */
  static void onCrossedSyn(RxSegment seg, Tcb tcb) {
    tcb.handshake.forgetSyns();
    tcb.ecn = Ecn.ofCrossedSyn(seg, tcb.config.options(), tcb.sender.timer.backoffs());
  }

  /**
   * The peer's SYN came again, before our answer was acknowledged.
   *
   * @return false when it does not agree with the one before, so that the connection must not be
   */
  static boolean onSynAgain(RxSegment seg, Tcb tcb) {
    if (tcb.ecn.isContradictedBy(seg, tcb.config.options())) {
      return false;
    }
    tcb.ecn = tcb.ecn.onSynAgain(seg, tcb.config.options());
    return true;
  }

  private static void measure(long nowNs, RxSegment seg, Tcb tcb) {
    tcb.receiver.onEstablished(nowNs);
    Sender sender = tcb.sender;
    // RFC 6298 section 3 (Karn): nobody knows which of several was acknowledged.
    long echo = tcb.handshake.clock.echo(seg.options());
    sender.recovery.measure(nowNs, sender.synSentNs(), echo, tcb.config);
    if (sender.timer.backoffs() > 0) {
      sender.rtt.afterSynLoss(tcb.config);
    }
    long firstNs = sender.timer.stalledSinceNs();
    if (firstNs != SendTimer.NEVER && echo == TimestampClock.value(firstNs, 0)) {
      // RFC 3522: the first came, and those that followed were for nothing.
      tcb.handshake.forgetSyns();
    }
    sender.timer.onProgress();
    sender.timer.stop();
  }
}
