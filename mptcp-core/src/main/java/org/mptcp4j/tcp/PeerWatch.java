package org.mptcp4j.tcp;

/**
 * Watches over a connection whose {@link PeerTimeouts} ask for it: probes an idle peer, and gives a
 * peer up that takes nothing for too long. Costs a segment nothing: when its deadline comes, it
 * looks at when the peer was heard last.
 */
final class PeerWatch {

  /** What is to be done at a deadline. */
  enum Verdict {
    NOTHING,
    PROBE,
    GIVE_UP
  }

  private final PeerTimeouts limits;
  private long probeNs = SendTimer.NEVER;
  private int probesOut;
  private long userTimeoutNs = SendTimer.NEVER;
  private long waitingFor;

  /**
   * Begins to watch.
   *
   * @param heardNs when the peer was heard last
   */
  PeerWatch(PeerTimeouts limits, long heardNs) {
    this.limits = limits;
    if (limits.keepAlive()) {
      probeNs = heardNs + limits.times().idleNs();
    }
  }

  /** When {@link #onTimeout} is to be called; {@link Long#MAX_VALUE} for never. */
  long deadlineNs() {
    return Math.min(probeNs, userTimeoutNs);
  }

  /** The time has come to look after the peer, if it has. */
  Verdict onTimeout(long nowNs, Tcb tcb) {
    if (nowNs >= userTimeoutNs) {
      userTimeoutNs = SendTimer.NEVER;
      // RFC 9293 section 3.8.3: R2, here as the user chose it.
      if (waitingFor == tcb.sender.una() && waits(tcb.sender)) {
        probeNs = SendTimer.NEVER;
        return Verdict.GIVE_UP;
      }
    }
    return nowNs >= probeNs ? keepAlive(nowNs, tcb) : Verdict.NOTHING;
  }

  /** RFC 1122 section 4.2.3.6, with the rules of Linux. */
  private Verdict keepAlive(long nowNs, Tcb tcb) {
    if (!isWatched(tcb.life.state()) || waits(tcb.sender)) {
      // RFC 1122 section 4.2.3.6: only while nothing else is sent; else its own timer finds out.
      probesOut = 0;
      probeNs = nowNs + limits.times().idleNs();
      return Verdict.NOTHING;
    }
    long silentNs = nowNs - tcb.lastReceivedNs;
    if (silentNs < limits.times().idleNs()) {
      probesOut = 0;
      probeNs = tcb.lastReceivedNs + limits.times().idleNs();
      return Verdict.NOTHING;
    }
    if (isEnough(silentNs)) {
      probeNs = SendTimer.NEVER;
      return Verdict.GIVE_UP;
    }
    probesOut++;
    probeNs = nowNs + limits.times().intervalNs();
    return Verdict.PROBE;
  }

  /** Probes that nobody has answered. */
  int probesOut(long lastReceivedNs) {
    boolean answered = lastReceivedNs >= probeNs - limits.times().intervalNs();
    return answered ? 0 : probesOut;
  }

  private static boolean isWatched(TcpState state) {
    return state.isSynchronized() && state != TcpState.TIME_WAIT;
  }

  private static boolean waits(Sender sender) {
    return sender.una() < sender.nxt() || sender.unsentBytes() > 0;
  }

  private boolean isEnough(long silentNs) {
    return limits.userTimeoutNs() > 0
        ? probesOut > 0 && silentNs >= limits.userTimeoutNs()
        : probesOut >= limits.times().count();
  }

  /** How long the send side's own timer bears with a peer that does not answer. */
  long giveUpNs(TcpConfig config) {
    return limits.userTimeoutNs() > 0 ? SendTimer.NEVER : config.giveUpNs();
  }

  /**
   * The timer of the send side expired: something is not acknowledged, or the window is closed. It
   * counts from when it was sent, whether or not the peer answers what is repeated.
   */
  void onSendTimer(long nowNs, Sender sender) {
    boolean counts = userTimeoutNs != SendTimer.NEVER && waitingFor == sender.una();
    if (limits.userTimeoutNs() > 0 && !counts) {
      waitingFor = sender.una();
      long dueNs = sender.timer.stalledSinceNs() + limits.userTimeoutNs();
      // As Linux: what is shorter than a retransmission timeout counts from the repetition.
      userTimeoutNs = dueNs > nowNs ? dueNs : nowNs + limits.userTimeoutNs();
    }
  }
}
