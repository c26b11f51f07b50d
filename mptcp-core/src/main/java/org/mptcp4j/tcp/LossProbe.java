package org.mptcp4j.tcp;

/** The tail loss probe of RFC 8985 section 7: when it is allowed out, and what its answer says. */
final class LossProbe {

  /** What an acknowledgement says about the probe. */
  enum Verdict {
    /** Nothing: there is none, or it is not answered. */
    NONE,
    /** Nothing had been lost. */
    NO_LOSS,
    /** The probe has repaired a loss. */
    REPAIRED
  }

  /** RFC 8985 section 7.2: what the peer may take for a delayed acknowledgement. */
  static final long MAX_ACK_DELAY_NS = 40_000_000;

  /** Clocks and schedulers are not finer, and a probe earlier than that gains little. */
  static final long MIN_PTO_NS = 10_000_000;

  private static final long NONE = -1;

  private long endSeq = NONE;
  private boolean isRetrans;
  private boolean due;
  private boolean unmeasured; // since the last one
  private long repeatedEnd = NONE; // of the last that was sent again, until its DSACK

  /**
   * RFC 8985 section 7.2, TLP_calc_PTO.
   *
   * @param flightBytes what is in flight
   */
  static long ptoNs(RttEstimator rtt, long flightBytes, int mss, TcpConfig config) {
    if (rtt.srttNs() == 0) {
      return config.timeouts().initialRtoNs();
    }
    long pto = Math.max(MIN_PTO_NS, 2 * rtt.srttNs());
    return flightBytes > mss ? pto : pto + MAX_ACK_DELAY_NS;
  }

  /**
   * RFC 8985 section 7.3: whether another may be sent. None is in flight, and a round trip was
   * measured since the last one.
   */
  boolean mayFollow() {
    return endSeq == NONE && !unmeasured;
  }

  /** A round trip was measured. */
  void onMeasured() {
    unmeasured = false;
  }

  /** The timer expired. */
  void becomeDue() {
    due = true;
  }

  /** Whether a probe has to leave; asked twice, it does not. */
  boolean takeDue() {
    boolean was = due;
    due = false;
    return was;
  }

  /**
   * The probe leaves.
   *
   * @param nxt offset behind all that has been sent, the probe included
   */
  void onSent(long nxt, boolean retransmission) {
    endSeq = nxt;
    isRetrans = retransmission;
    unmeasured = true;
    repeatedEnd = retransmission ? nxt : repeatedEnd;
  }

  /** Another recovery takes over. */
  void cancel() {
    endSeq = NONE;
    due = false;
  }

  /**
   * Whether a DSACK is for the probe; asked twice, it is not. Nor does it say anything of what else
   * was sent again, though another recovery has taken over: RFC 3708 section 2.
   */
  boolean takeDsack(long right) {
    boolean own = repeatedEnd != NONE && right == repeatedEnd;
    repeatedEnd = own ? NONE : repeatedEnd;
    return own;
  }

  /**
   * RFC 8985 section 7.4.2, TLP_process_ack.
   *
   * @param dsacked whether the acknowledgement has a DSACK for the probe
   * @param bare whether it is a duplicate that selects nothing
   */
  Verdict onAck(long ack, boolean dsacked, boolean bare) {
    if (endSeq == NONE || ack < endSeq) {
      return Verdict.NONE;
    }
    if (!isRetrans || dsacked) {
      endSeq = NONE;
      return Verdict.NO_LOSS;
    }
    if (ack > endSeq) {
      endSeq = NONE;
      return Verdict.REPAIRED;
    }
    if (bare) {
      endSeq = NONE;
      return Verdict.NO_LOSS;
    }
    return Verdict.NONE;
  }
}
