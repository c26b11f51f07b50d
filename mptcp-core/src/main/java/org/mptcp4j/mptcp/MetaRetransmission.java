package org.mptcp4j.mptcp;

import org.mptcp4j.api.Timeouts;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.tcp.TcpConfig;

/**
 * The data level's own timers: retransmission, for what no subflow repairs, and probes, of a closed
 * window and of subflows that have fallen silent. RFC 8684 section 3.3.6.
 */
final class MetaRetransmission {
  private static final int MAX_SHIFT = 10;

  private static final long MS = 1_000_000;

  /** More than loss alone lets a DATA_FIN be repeated in vain. */
  private static final int HOPELESS = 5;

  /** Silent subflows are probed so often at first. */
  private static final long SILENT_NS = 1_000_000_000;

  /** And later so many times before the time for which they are silent has doubled. */
  private static final int SILENT_PROBES = 16;

  /** The longest time until the next one: a path that works again is in use within 5 s. */
  private static final long LONGEST_SILENT_NS = 4_000_000_000L;

  private final ConnectionConfig config;
  private final MetaSock meta;
  private final ConnectionList subflows;
  private final Transmitter transmitter;
  private final MetaTimers timers;
  private int blockedSinceMs; // where nothing is in flight, and the window closed or no link up
  private byte backoff; // this and probes: no more than the largest number
  private byte probes;
  private short unheeded; // expiries while a subflow worked
  private BareAcks bareAcks; // null until a data-level timeout
  private Questions questions; // null until the peer of the only subflow is asked

  MetaRetransmission(
      ConnectionConfig config,
      MetaSock meta,
      ConnectionList subflows,
      Transmitter transmitter,
      MetaTimers timers) {
    this.config = config;
    this.meta = meta;
    this.subflows = subflows;
    this.transmitter = transmitter;
    this.timers = timers;
  }

  /** Expiries in a row of the retransmission timer. */
  int backoff() {
    return backoff;
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
      unheeded = 0;
      questions = null;
    }
    long silentNs = untilProbeOfSilent(nowNs);
    boolean blocked = isBlocked();
    probes = blocked ? probes : 0;
    if (probes == 0) {
      blockedSinceMs = (int) (nowNs / MS);
    }
    if (blocked || silentNs != Long.MAX_VALUE) {
      // Either may begin while the timer runs for the other, which may be due much later.
      long blockedNs = blocked ? untilProbe(nowNs) : Long.MAX_VALUE;
      timers.armBefore(Timer.PROBE, nowNs + Math.min(blockedNs, silentNs));
    } else {
      timers.stop(Timer.PROBE);
    }
  }

  /** Something was newly acknowledged at the data level. */
  void progress(long nowNs) {
    backoff = 0;
    unheeded = 0;
    questions = null;
    if (pending()) {
      timers.arm(Timer.RETRANSMIT, nowNs + interval(0));
    }
  }

  /** Whether {@link #onTimeout} will send something again. */
  private boolean isDue(long nowNs) {
    return timers.isDue(nowNs, Timer.RETRANSMIT) && pending();
  }

  /**
   * Looks for what else is to be done than to send again what is not acknowledged, before {@link
   * #onTimeout} does that.
   *
   * @return whether the connection falls back: DATA_ACKs, or our DATA_FIN, are lost on the way
   */
  boolean missesDataAck(long nowNs) {
    if (!isDue(nowNs)) {
      return false;
    }
    StreamRules rules = new StreamRules(meta, subflows, transmitter);
    MptcpTcpSock master = subflows.master();
    boolean alone = rules.wasAlwaysAlone(master);
    boolean unanswered = alone && rules.isUnanswered(master, this);
    if (unanswered && rules.admit(master, FallbackCause.UNACKNOWLEDGED)) {
      return true;
    }
    if (!alone || unanswered) {
      if (bareAcks == null) {
        bareAcks = new BareAcks(meta, subflows, transmitter, this);
      }
      bareAcks.onTimeout(nowNs);
    }
    if (alone && isDue(nowNs) && rules.isEarly(master, this)) {
      expire(nowNs);
      if (questions == null) {
        questions = new Questions();
      }
      questions.ask(nowNs, master);
    }
    return false;
  }

  /** Whether the only subflow's peer was asked so often since it had all, and has answered. */
  boolean isAnswered(MptcpTcpSock only, int times) {
    return questions != null && questions.answered(only, times);
  }

  /** Whether what it sends again never gets through. */
  boolean isHopeless() {
    return backoff >= HOPELESS;
  }

  /**
   * Whether it has sent again as often as TCP would, on subflows that work, and nothing was
   * acknowledged: RFC 9293 section 3.8.3, of the data level. Subflows that do not work have timers
   * of their own.
   */
  boolean isExhausted(long nowNs) {
    return unheeded > config.tcp().retries() || probes > 0 && probesInVain(nowNs);
  }

  /**
   * Whether probes of a closed window have no answer for so long as TCP would bear it, or there was
   * no link for so long; or either for longer than the application bears it (RFC 5482).
   */
  private boolean probesInVain(long nowNs) {
    long userTimeoutNs = meta.peerTimeouts().userTimeoutNs();
    if (userTimeoutNs > 0) {
      return blockedNs(nowNs) >= userTimeoutNs;
    }
    long silentNs = Math.min(blockedNs(nowNs), nowNs - subflows.lastReceivedNs());
    Timeouts times = config.timeouts();
    return silentNs
        >= TcpConfig.backOffNs(config.tcp().retries(), times.minRtoNs(), times.maxRtoNs());
  }

  /** It is due, and counts, but no data is sent again. */
  private void expire(long nowNs) {
    timers.take(nowNs, Timer.RETRANSMIT);
    backoff = oneMore(backoff);
    unheeded += (short) (subflows.anyUsable().filter(s -> !s.stale()).isPresent() ? 1 : 0);
    subflows.tellMappingsAgain();
    if (meta.fin().due()) {
      // RFC 8684 section 3.3.3: the DATA_FIN is repeated until it is acknowledged.
      subflows.requestAcks();
    }
  }

  void onTimeout(long nowNs) {
    if (isDue(nowNs)) {
      expire(nowNs);
      transmitter.reinjectFirst();
    }
    if (timers.take(nowNs, Timer.PROBE)) {
      probe();
    }
    update(nowNs);
  }

  private void probe() {
    if (isBlocked()) {
      probes = oneMore(probes);
      if (!isStranded()) {
        probeWindow();
      }
    }
    // The retransmission timers of silent subflows back off to minutes: a path that works again
    // would be idle for as long.
    for (int i = 0; i < subflows.size(); i++) {
      if (subflows.get(i).state().isStale()) {
        subflows.get(i).tcp().requestProbe();
      }
    }
  }

  private void probeWindow() {
    meta.counters().increment(Mib.WIN_PROBE);
    if (probes == 1) {
      subflows.anyUsable().ifPresent(usable -> usable.tcp().requestProbe());
    } else {
      // A path may have fallen silent while nothing was in flight that would have shown it.
      subflows.requestProbes();
    }
  }

  /** How long it is blocked: no longer than the 24 days that an int of ms counts. */
  private long blockedNs(long nowNs) {
    return ((int) (nowNs / MS) - blockedSinceMs) * MS;
  }

  private long untilProbe(long nowNs) {
    long userTimeoutNs = meta.peerTimeouts().userTimeoutNs();
    long leftNs = userTimeoutNs > 0 ? userTimeoutNs - blockedNs(nowNs) : Long.MAX_VALUE;
    return Math.min(interval(probes), Math.max(0, leftNs));
  }

  private static byte oneMore(byte count) {
    return (byte) Math.min(Byte.MAX_VALUE, count + 1);
  }

  /** Time until silent subflows are asked whether their path works again. */
  private long untilProbeOfSilent(long nowNs) {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock s = subflows.get(i);
      if (s.state().isStale()) {
        long silentNs = nowNs - s.tcp().lastReceivedNs();
        long fewer = Math.min(silentNs / SILENT_PROBES, LONGEST_SILENT_NS);
        shortest = Math.min(shortest, Math.max(SILENT_NS, fewer));
      }
    }
    return shortest;
  }

  /** Whether nothing can be sent that would show by TCP's own timers whether the peer is there. */
  private boolean isBlocked() {
    return transmitter.blockedByWindow() || isStranded();
  }

  /**
   * There is something to say, and nothing to say it on: every link is down, or what is left only
   * waits for the peer's FIN. TCP would see it by its timers, which have nothing to send here.
   */
  private boolean isStranded() {
    return (meta.unsentBytes() > 0 || pending())
        && subflows.allIdleAndUnusable()
        && !timers.armed(Timer.NO_SUBFLOW);
  }

  private boolean pending() {
    return meta.tx().una() != meta.tx().nxt() || meta.fin().due();
  }

  /**
   * Long enough for every subflow that works to repair its own losses first. No subflow repeats a
   * DATA_FIN without data: it is repeated sooner, and the first time soon again, as by Linux.
   */
  private long interval(int shift) {
    boolean finOnly = meta.onlyFinIsDue();
    long rto = config.timeouts().minRtoNs();
    for (int i = 0; i < subflows.size(); i++) {
      MptcpTcpSock s = subflows.get(i);
      if (s.established() && !s.stale()) {
        rto = Math.max(rto, finOnly ? s.tcp().rtoNs() : 2 * s.tcp().rtoNs());
      }
    }
    int doublings = finOnly ? Math.max(0, shift - 1) : shift;
    return Math.min(config.timeouts().maxRtoNs(), rto << Math.min(doublings, MAX_SHIFT));
  }
}
