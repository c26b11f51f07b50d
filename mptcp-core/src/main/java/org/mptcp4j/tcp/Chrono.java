package org.mptcp4j.tcp;

import org.mptcp4j.info.SendingTimes;
import org.mptcp4j.info.SendingTimes.State;

/** {@code tcp_chrono}: measures how long sending is held up, and by what. */
final class Chrono {
  private State now = State.IDLE;
  private long sinceNs;
  private long busyNs;
  private long rwndLimitedNs;
  private long sndbufLimitedNs;

  /** From now on that holds up sending. */
  void enter(long nowNs, State next) {
    if (next == now) {
      return;
    }
    SendingTimes passed = times().at(nowNs);
    busyNs = passed.busyNs();
    rwndLimitedNs = passed.rwndLimitedNs();
    sndbufLimitedNs = passed.sndbufLimitedNs();
    sinceNs = nowNs;
    now = next;
  }

  boolean isIn(State state) {
    return now == state;
  }

  SendingTimes times() {
    return new SendingTimes(now, sinceNs, busyNs, rwndLimitedNs, sndbufLimitedNs);
  }
}
