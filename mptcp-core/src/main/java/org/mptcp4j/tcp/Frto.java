package org.mptcp4j.tcp;

/**
 * F-RTO, RFC 5682: after a timeout one segment is sent again, and then new data rather than more of
 * the old, until the answers show whether anything had been lost. With SACK by section 3, without
 * by section 2.
 */
final class Frto {

  private enum Step {
    OFF,
    /** Step 1 was done: the first segment is sent again. */
    FIRST_SENT,
    /** Step 2b: new data instead of more retransmissions. */
    NEW_DATA
  }

  private final boolean sack;
  private Step step = Step.OFF;
  private boolean answered; // since the recovery began
  private long recover;
  private long resentEnd; // of what step 1 sends again

  Frto(boolean sack) {
    this.sack = sack;
  }

  /** The retransmission timer expired, perhaps not for the first time in a recovery. */
  void onTimeout(long una, long nxt) {
    // Section 2.1 step 1: not after an answer, until the recovery is over. With SACK neither, as
    // Linux: what step 2 sent has not been sent again, and its arrival would tell of nothing.
    step = answered ? Step.OFF : Step.FIRST_SENT;
    recover = nxt;
    resentEnd = una;
  }

  /** Something was sent again, up to an offset. */
  void onRetransmit(long end) {
    if (step == Step.FIRST_SENT) {
      resentEnd = Math.max(resentEnd, end);
    }
  }

  void stop() {
    step = Step.OFF;
  }

  /** The recovery is over. */
  void end() {
    stop();
    answered = false;
  }

  /**
   * An acknowledgement that says something came.
   *
   * @param rack knows what it delivered
   * @param acked bytes by which the cumulative acknowledgement moved
   * @return whether the timeout was spurious
   */
  boolean isSpurious(Rack rack, long acked, boolean duplicate, long una, long nxt) {
    answered |= acked > 0 || (duplicate && !sack);
    // Step 3b: what was not sent again has arrived. Without SACK it may have been there before.
    boolean original =
        sack ? rack.originalDeliveredBelow(recover) : step == Step.NEW_DATA && acked > 0;
    if (step == Step.OFF || original) {
      return step != Step.OFF;
    }
    // Section 2.1 step 2a: a part of what was sent again may be of the original.
    boolean whole = sack || una >= resentEnd;
    if (step == Step.FIRST_SENT && acked > 0 && una < recover && whole) {
      step = Step.NEW_DATA;
      recover = nxt;
    } else if (step == Step.NEW_DATA || acked > 0 || (duplicate && !sack)) {
      // Steps 2a and 3a: what is sent later arrives, what was sent before does not.
      step = Step.OFF;
    }
    return false;
  }

  /**
   * Whether retransmissions wait for the answer to new data. Step 2b: a sender that has none, or
   * may not send it, does without.
   *
   * @param fresh whether there is new data that may be sent
   */
  boolean holdsBack(long nxt, boolean fresh) {
    if (step == Step.NEW_DATA && !fresh && nxt == recover) {
      step = Step.OFF;
    }
    return step == Step.NEW_DATA;
  }
}
