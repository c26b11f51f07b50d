package org.mptcp4j.cc;

/**
 * The congestion window of one TCP connection or one MPTCP subflow: bytes and samples in, a window
 * out.
 *
 * <p>An instance is made by a {@link CongestionControlFactory} when the handshake is over, or when
 * a live connection changes its algorithm; it belongs to one socket and is called on that socket's
 * thread only. Times are nanoseconds of the caller's clock, amounts are bytes of payload. It must
 * not throw, and need not allocate: the {@link RateSample} is the same object each time.
 *
 * <p>Loss recovery itself (what to send again, and when recovery is over) is not decided here: the
 * sender reports what it found and keeps its bytes in flight at or under {@link #cwndBytes()}. Four
 * methods have to be written; who wants slow start, the initial window and the reductions of a
 * loss-based algorithm done finds them in {@link LossBasedControl}.
 */
public interface CongestionControl {

  /** The congestion window in bytes, at least one segment. */
  int cwndBytes();

  /**
   * Bytes were acknowledged, in loss recovery as outside of it.
   *
   * @param nowNs current time
   * @param sample what the acknowledgement says; valid during the call
   */
  void onAck(long nowNs, RateSample sample);

  /**
   * A loss was detected and fast recovery begins; called once per recovery episode, before {@link
   * #onAck} for the acknowledgement that showed it.
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight when the loss was detected, the lost ones included
   */
  void onLoss(long nowNs, int inFlightBytes);

  /**
   * The peer tells of packets that were marked instead of dropped (RFC 3168 section 6.1.2): once
   * for each window of data, and not in a recovery. A queue that marks is a short one, so the
   * window may be reduced by less than for a loss (RFC 8511).
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight before the acknowledgement that tells of them
   */
  default void onCongestionExperienced(long nowNs, int inFlightBytes) {
    onLoss(nowNs, inFlightBytes);
    onRecoveryExit(nowNs);
  }

  /**
   * The retransmission timer expired for the first time for this data (RFC 5681 section 3.1: the
   * loss window is one segment).
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight when it expired
   */
  void onRto(long nowNs, int inFlightBytes);

  /**
   * The retransmission timer expired while a loss was being repaired that {@link #onLoss} was told
   * of, or behind marks in the same window of data: the window is as after {@link #onRto}, but the
   * threshold was reduced already. What {@link #onUndo} restores is what was before that.
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight when it expired
   */
  default void onRtoInRecovery(long nowNs, int inFlightBytes) {
    onRto(nowNs, inFlightBytes);
  }

  /** The slow start threshold in bytes; {@link Integer#MAX_VALUE} while there is none. */
  default int ssthreshBytes() {
    return Integer.MAX_VALUE;
  }

  /**
   * Everything that was outstanding when recovery began has been acknowledged.
   *
   * @param nowNs current time
   */
  default void onRecoveryExit(long nowNs) {}

  /**
   * What the last {@link #onLoss} or {@link #onRto} reported was no loss: packets or
   * acknowledgements were late (RFC 3522, RFC 5682). What was taken for it can be given back, and
   * that recovery is over; {@link #onRecoveryExit} is not called for it.
   *
   * @param nowNs current time
   */
  default void onUndo(long nowNs) {
    onRecoveryExit(nowNs);
  }

  /**
   * Sending resumes after an idle period of more than one retransmission timeout (RFC 5681 section
   * 4.1: restart window).
   *
   * @param nowNs current time
   * @param idleNs how long nothing was sent
   */
  default void onIdle(long nowNs, long idleNs) {}

  /**
   * Data is about to leave while nothing is in flight, because there had been nothing to send,
   * however short the pause was. It may be told several times of one pause, and before {@link
   * #onIdle}.
   *
   * @param nowNs current time
   */
  default void onResume(long nowNs) {}

  /**
   * {@link CcContext#mssBytes()} changed, for example with the path MTU. The window may never be
   * less than one segment.
   */
  default void onMssChange() {}

  /** Whether the window is under the slow start threshold. */
  default boolean inSlowStart() {
    return cwndBytes() < ssthreshBytes();
  }

  /**
   * Whether it can do with nothing but a paced sender: pacing is on then, whatever the options of
   * the socket say.
   */
  default boolean needsPacing() {
    return false;
  }

  /**
   * The rate at which a paced sender would send: twice the window per round trip in slow start, 1.2
   * times afterwards, as Linux does.
   *
   * @param srttNs the smoothed round-trip time, or 0 while there is none
   * @return bytes per second, {@link Long#MAX_VALUE} while there is no round-trip time
   */
  default long pacingRateBytesPerSecond(long srttNs) {
    if (srttNs <= 0) {
      return Long.MAX_VALUE;
    }
    double gain = inSlowStart() ? 2.0 : 1.2;
    return (long) (gain * cwndBytes() * 1e9 / srttNs);
  }
}
