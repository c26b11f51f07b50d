package org.mptcp4j.mptcp;

import org.mptcp4j.mptcp.MetaTimers.Timer;

/**
 * The data level's own timers: retransmission, for what no subflow repairs, and the probe of a
 * closed window. RFC 8684 section 3.3.6.
 */
final class MetaRetransmission {
  private static final int MAX_SHIFT = 10;

  private final ConnectionConfig config;
  private final MetaSock meta;
  private final ConnectionList subflows;
  private final Transmitter transmitter;
  private final MetaTimers timers;
  private final Counters counters;
  private int backoff;
  private int probes;

  MetaRetransmission(
      ConnectionConfig config,
      MetaSock meta,
      ConnectionList subflows,
      Transmitter transmitter,
      MetaTimers timers,
      Counters counters) {
    this.config = config;
    this.meta = meta;
    this.subflows = subflows;
    this.transmitter = transmitter;
    this.timers = timers;
    this.counters = counters;
  }

  /** Starts and stops timers after anything changed. */
  void update(long nowNs) {
    if (pending()) {
      if (!timers.armed(Timer.RETRANSMIT)) {
        timers.arm(Timer.RETRANSMIT, nowNs + interval(backoff));
      }
    } else {
      timers.stop(Timer.RETRANSMIT);
      backoff = 0;
    }
    if (transmitter.blockedByWindow()) {
      if (!timers.armed(Timer.PROBE)) {
        timers.arm(Timer.PROBE, nowNs + interval(probes));
      }
    } else {
      timers.stop(Timer.PROBE);
      probes = 0;
    }
  }

  /** Something was newly acknowledged at the data level. */
  void progress(long nowNs) {
    backoff = 0;
    if (pending()) {
      timers.arm(Timer.RETRANSMIT, nowNs + interval(0));
    }
  }

  void onTimeout(long nowNs) {
    if (timers.take(Timer.RETRANSMIT, nowNs) && pending()) {
      backoff++;
      transmitter.reinjectFirst();
      if (meta.fin().due()) {
        // RFC 8684 section 3.3.3: the DATA_FIN is repeated until it is acknowledged.
        for (Subflow s : subflows.view()) {
          if (s.up()) {
            s.tcp().requestAck();
          }
        }
      }
    }
    if (timers.take(Timer.PROBE, nowNs) && transmitter.blockedByWindow()) {
      probes++;
      Subflow usable = subflows.anyUsable();
      if (usable != null) {
        counters.increment(Mib.WIN_PROBE);
        usable.tcp().requestProbe();
      }
    }
    update(nowNs);
  }

  private boolean pending() {
    return meta.tx().una() != meta.tx().nxt() || meta.fin().due();
  }

  /** Long enough for every subflow that works to repair its own losses first. */
  private long interval(int shift) {
    long rto = config.minRtoNs();
    for (int i = 0; i < subflows.size(); i++) {
      Subflow s = subflows.get(i);
      if (s.established() && !s.stale()) {
        rto = Math.max(rto, 2 * s.tcp().rtoNs());
      }
    }
    return Math.min(config.maxRtoNs(), rto << Math.min(shift, MAX_SHIFT));
  }
}
