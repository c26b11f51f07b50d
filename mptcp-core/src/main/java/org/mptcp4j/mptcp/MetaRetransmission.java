package org.mptcp4j.mptcp;

import org.mptcp4j.mptcp.MetaTimers.Timer;

/**
 * The data level's own timers: retransmission, for what no subflow repairs, and the probe of a
 * closed window. RFC 8684 section 3.3.6.
 */
final class MetaRetransmission {
  private static final int MAX_SHIFT = 10;

  private final ConnectionState state;
  private int backoff;
  private int probes;

  MetaRetransmission(ConnectionState state) {
    this.state = state;
  }

  /** Starts and stops timers after anything changed. */
  void update(long nowNs) {
    if (pending()) {
      if (!state.timers.armed(Timer.RETRANSMIT)) {
        state.timers.arm(Timer.RETRANSMIT, nowNs + interval(backoff));
      }
    } else {
      state.timers.stop(Timer.RETRANSMIT);
      backoff = 0;
    }
    if (state.transmitter.blockedByWindow()) {
      if (!state.timers.armed(Timer.PROBE)) {
        state.timers.arm(Timer.PROBE, nowNs + interval(probes));
      }
    } else {
      state.timers.stop(Timer.PROBE);
      probes = 0;
    }
  }

  /** Something was newly acknowledged at the data level. */
  void progress(long nowNs) {
    backoff = 0;
    if (pending()) {
      state.timers.arm(Timer.RETRANSMIT, nowNs + interval(0));
    }
  }

  void onTimeout(long nowNs) {
    if (state.timers.take(Timer.RETRANSMIT, nowNs) && pending()) {
      backoff++;
      state.transmitter.reinjectFirst();
      if (state.meta.fin().due()) {
        // RFC 8684 section 3.3.3: the DATA_FIN is repeated until it is acknowledged.
        for (Subflow s : state.subflows.view()) {
          if (s.up()) {
            s.tcp().requestAck();
          }
        }
      }
    }
    if (state.timers.take(Timer.PROBE, nowNs) && state.transmitter.blockedByWindow()) {
      probes++;
      Subflow usable = state.subflows.anyUsable();
      if (usable != null) {
        state.counters.increment(Mib.WIN_PROBE);
        usable.tcp().requestProbe();
      }
    }
    update(nowNs);
  }

  private boolean pending() {
    return state.meta.tx().una() != state.meta.tx().nxt() || state.meta.fin().due();
  }

  /** Long enough for every subflow that works to repair its own losses first. */
  private long interval(int shift) {
    long rto = state.config.minRtoNs();
    for (int i = 0; i < state.subflows.size(); i++) {
      Subflow s = state.subflows.get(i);
      if (s.established() && !s.stale()) {
        rto = Math.max(rto, 2 * s.tcp().rtoNs());
      }
    }
    return Math.min(state.config.maxRtoNs(), rto << Math.min(shift, MAX_SHIFT));
  }
}
