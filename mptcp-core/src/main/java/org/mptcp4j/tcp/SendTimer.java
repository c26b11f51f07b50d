package org.mptcp4j.tcp;

/**
 * The timer of the send side: retransmission (RFC 6298) while something is in flight, persist (RFC
 * 9293 section 3.8.6.1) while the window is closed; with exponential back-off and a limit. Before a
 * retransmission it may be due for a loss probe.
 */
final class SendTimer {

  /** What the deadline is for. */
  enum Purpose {
    NONE,
    RETRANSMIT,
    PERSIST
  }

  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  private static final int MAX_SHIFT = 30;

  /** How long it takes at least until a peer is taken to have thrown something away. */
  private static final long RENEGING_PATIENCE_NS = 10_000_000;

  private static final byte UNCOUNTED = -1;

  private Purpose purpose = Purpose.NONE;
  private long deadlineNs = NEVER;
  private long probeNs = NEVER;
  private long stalledSinceNs = NEVER;
  private int backoffs;
  private byte takenBack; // of these, because the path was broken
  private boolean restored;
  private boolean lastTry;
  private byte unanswered = UNCOUNTED;

  Purpose purpose() {
    return purpose;
  }

  long deadlineNs() {
    return Math.min(deadlineNs, probeNs);
  }

  /** How often it expired for the same data. */
  int backoffs() {
    return backoffs;
  }

  /** How often the timeout is doubled. */
  int shift() {
    return Math.max(0, backoffs - takenBack);
  }

  boolean isDue(long nowNs) {
    return purpose != Purpose.NONE && nowNs >= deadlineNs;
  }

  /** The timeout with back-off applied. */
  long timeoutNs(long rtoNs, TcpConfig config) {
    // RFC 6298 section 5.5: back off the timer; section 2.5: an upper limit may be placed on it.
    int shift = Math.min(shift(), MAX_SHIFT);
    return rtoNs > config.timeouts().maxRtoNs() >> shift
        ? config.timeouts().maxRtoNs()
        : rtoNs << shift;
  }

  /** RFC 6298 section 5.1: starts the timer unless it runs for this purpose already. */
  void startIfIdle(long nowNs, Purpose wanted, long rtoNs, TcpConfig config) {
    if (purpose != wanted) {
      backoffs = purpose == Purpose.NONE ? backoffs : 0;
      takenBack = purpose == Purpose.NONE ? takenBack : 0;
      purpose = wanted;
      deadlineNs = nowNs + timeoutNs(rtoNs, config);
    }
  }

  /** RFC 6298 section 5.3: runs anew from now. */
  void restart(long nowNs, Purpose wanted, long rtoNs, TcpConfig config) {
    purpose = wanted;
    deadlineNs = nowNs + timeoutNs(rtoNs, config);
  }

  /** RFC 6298 section 5.2: nothing is outstanding any more. */
  void stop() {
    purpose = Purpose.NONE;
    deadlineNs = NEVER;
    probeNs = NEVER;
  }

  /** The peer made progress: no back-off, no stall. */
  void onProgress() {
    backoffs = 0;
    takenBack = 0;
    unanswered = UNCOUNTED;
    stalledSinceNs = NEVER;
    lastTry = false;
  }

  /**
   * What the timer waits for is due at once, when it runs at all, and as if it were due for the
   * second time at most: a further time is no further sign of congestion (RFC 5681 section 3.1).
   */
  void expireNow(long nowNs) {
    if (purpose != Purpose.NONE) {
      backoffs = Math.min(backoffs, 1);
      takenBack = 0;
      deadlineNs = nowNs;
      probeNs = NEVER;
      restored = true;
    }
  }

  /**
   * RFC 6069 section 4: what was sent again last met a broken path, not congestion. The timer is
   * due as if it had backed off once less.
   */
  void takeBackOne(long nowNs, long rtoNs, TcpConfig config) {
    if (purpose == Purpose.RETRANSMIT && shift() > 0) {
      long sinceNs = deadlineNs - timeoutNs(rtoNs, config);
      takenBack = (byte) Math.min(Byte.MAX_VALUE, takenBack + 1);
      deadlineNs = Math.max(nowNs, sinceNs + timeoutNs(rtoNs, config));
    }
  }

  /** When what the timer waits for first began to wait, as far as that is known. */
  long stalledSinceNs() {
    return stalledSinceNs;
  }

  /** The peer is alive although nothing moved: the give-up clock starts anew. */
  void onSignOfLife() {
    stalledSinceNs = NEVER;
    unanswered = 0;
  }

  /** Makes the retransmission timer due no later than a time. */
  void hasten(long timeNs) {
    if (purpose == Purpose.RETRANSMIT) {
      deadlineNs = Math.min(deadlineNs, timeNs);
    }
  }

  /**
   * RFC 2018 section 8: the peer may have thrown away what it had selectively acknowledged. The
   * retransmission timer is due soon, but not at once: acknowledgements may overtake each other.
   */
  void onReneging(long nowNs, long srttNs) {
    hasten(nowNs + Math.max(srttNs / 2, RENEGING_PATIENCE_NS));
  }

  // ---- the loss probe

  /**
   * RFC 8985 section 7.2: a probe becomes due after so long, and not later than the retransmission
   * timer would expire.
   */
  void armProbe(long nowNs, long ptoNs) {
    probeNs = Math.min(nowNs + ptoNs, deadlineNs);
  }

  void cancelProbe() {
    probeNs = NEVER;
  }

  boolean isProbeDue(long nowNs) {
    return nowNs >= probeNs;
  }

  /**
   * The probe is due now: its answer gets time before the retransmission timer expires.
   *
   * @return whether that expires later for it
   */
  boolean onProbeDue(long nowNs, long ptoNs, long rtoNs, TcpConfig config) {
    probeNs = NEVER;
    beginStall(rtoNs, config);
    boolean later = nowNs + ptoNs > deadlineNs;
    deadlineNs = Math.max(deadlineNs, nowNs + ptoNs);
    return later;
  }

  /**
   * The deadline passed: backs off and runs again, unless the peer has been silent for too long.
   *
   * @param giveUpNs what is too long, once something was sent again
   * @return false when the connection must be given up
   */
  boolean expire(long nowNs, long rtoNs, long giveUpNs, TcpConfig config) {
    beginStall(rtoNs, config);
    boolean silent = missesAnother(config);
    // RFC 9293 section 3.8.3: R2, after which the connection is closed; one more try when the path
    // has come back after that.
    if (silent && backoffs > 0 && nowNs - stalledSinceNs >= giveUpNs) {
      if (!restored || lastTry) {
        stop();
        return false;
      }
      lastTry = true;
    }
    probeNs = NEVER;
    restored = false;
    backoffs++;
    deadlineNs = nowNs + timeoutNs(rtoNs, config);
    return true;
  }

  /**
   * Counts one more that was not answered, and tells whether these are enough to give up. RFC 9293
   * section 3.8.6.1: whoever answers while it takes nothing stays, though a back-off takes longer
   * than all retries would. So does whoever has not missed as many as these, as on Linux.
   */
  private boolean missesAnother(TcpConfig config) {
    if (unanswered == UNCOUNTED) {
      return true;
    }
    int missed = unanswered; // the one that was answered does not count
    unanswered = (byte) Math.min(Byte.MAX_VALUE, unanswered + 1);
    return missed >= Math.min(Byte.MAX_VALUE, config.options().retries());
  }

  private void beginStall(long rtoNs, TcpConfig config) {
    if (stalledSinceNs == NEVER) {
      stalledSinceNs = deadlineNs - timeoutNs(rtoNs, config);
    }
  }
}
