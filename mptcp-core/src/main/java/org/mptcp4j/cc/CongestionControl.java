package org.mptcp4j.cc;

/**
 * The congestion window of one TCP connection or one MPTCP subflow.
 *
 * <p>An instance belongs to one socket and is called on that socket's thread only. Times are
 * nanoseconds of the caller's clock, amounts are bytes of payload. No method throws for any
 * combination of samples; {@link #start} must be called first and once.
 *
 * <p>Loss recovery itself (what to send again, and when recovery is over) is not decided here: the
 * sender reports what it found and keeps its bytes in flight at or under {@link #cwndBytes()}.
 */
public interface CongestionControl {

  /** The name Linux uses for the algorithm, for example {@code cubic}. */
  String name();

  /**
   * Starts with the initial window of RFC 6928 section 2.
   *
   * @param nowNs current time
   * @param mssBytes payload bytes of a full-sized wire segment, 1 to 65535
   * @throws IllegalArgumentException when the segment size is out of range
   */
  void start(long nowNs, int mssBytes);

  /**
   * Changes the segment size after the path MTU changed; the window in bytes stays, but never falls
   * under one segment.
   *
   * @param mssBytes payload bytes of a full-sized wire segment, 1 to 65535
   * @throws IllegalArgumentException when the segment size is out of range
   */
  void mss(int mssBytes);

  /**
   * New bytes were acknowledged outside loss recovery.
   *
   * @param nowNs current time
   * @param ackedBytes bytes newly acknowledged, cumulatively or selectively
   * @param rttNs the smoothed round-trip time, or 0 while there is none
   * @param inFlightBytes bytes that were in flight before this acknowledgement; a window that was
   *     not used is not grown (RFC 9438 section 4.2, RFC 7661)
   */
  void onAck(long nowNs, int ackedBytes, long rttNs, int inFlightBytes);

  /**
   * A loss was detected and fast recovery begins; called once per recovery episode.
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight when the loss was detected
   */
  void onLoss(long nowNs, int inFlightBytes);

  /**
   * Everything that was outstanding when recovery began has been acknowledged.
   *
   * @param nowNs current time
   */
  void onRecoveryExit(long nowNs);

  /**
   * The retransmission timer expired for the first time for this data (RFC 5681 section 3.1: the
   * loss window is one segment).
   *
   * @param nowNs current time
   * @param inFlightBytes bytes in flight when it expired
   */
  void onRto(long nowNs, int inFlightBytes);

  /**
   * Sending resumes after an idle period of more than one retransmission timeout (RFC 5681 section
   * 4.1: restart window).
   *
   * @param nowNs current time
   * @param idleNs how long nothing was sent
   */
  void onIdle(long nowNs, long idleNs);

  /**
   * The last {@link #onLoss} or {@link #onRto} was for nothing, because nothing had been lost:
   * window and threshold become what they were before it, or stay when they are larger (RFC 4015
   * section 3.2). Ends that recovery when it is not over; {@link #onRecoveryExit} is then not
   * called.
   *
   * @param nowNs current time
   */
  default void undo(long nowNs) {
    onRecoveryExit(nowNs);
  }

  /** The congestion window in bytes, at least one segment. */
  int cwndBytes();

  /** The slow start threshold in bytes; {@link Integer#MAX_VALUE} until the first loss. */
  int ssthreshBytes();

  /** Whether the window is under the slow start threshold. */
  default boolean inSlowStart() {
    return cwndBytes() < ssthreshBytes();
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
