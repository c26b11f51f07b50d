package org.mptcp4j.sched;

/** A subflow as its scheduler sees it. */
public interface SubflowView {
  /** Number of this subflow within its connection, constant for its life, never reused. */
  int id();

  /** Whether this subflow may carry data. */
  boolean established();

  /** Whether it is believed to be broken: its timer fired, or its link is down. */
  boolean stale();

  /**
   * Whether this end or the peer asked that it be used only when no regular one is usable: RFC 8684
   * section 3.3.8.
   */
  boolean backup();

  /** Smoothed round-trip time in nanoseconds, 0 while nothing was measured. */
  long srttNs();

  /** Round-trip time variation in nanoseconds. */
  long rttVarNs();

  /** Shortest round-trip time measured, in nanoseconds, 0 while nothing was measured. */
  long minRttNs();

  /** Congestion window in bytes. */
  int cwndBytes();

  /** Slow start threshold in bytes; {@link Integer#MAX_VALUE} until the first loss. */
  int ssthreshBytes();

  /** Bytes sent and not yet acknowledged on this subflow. */
  int inFlightBytes();

  /** Bytes granted to this subflow and not yet sent. */
  int queuedBytes();

  /** Bytes that the congestion window would let go now, beyond {@link #queuedBytes()}. */
  int sendRoomBytes();

  /** Payload bytes of one full-sized segment on the wire. */
  int payloadMss();

  /**
   * Rate at which the congestion window lets it send, in bytes per second; {@link Long#MAX_VALUE}
   * while no round-trip time was measured.
   */
  long pacingRateBytesPerSecond();

  /**
   * Rate at which what it sends is delivered, as it was last measured, in bytes per second; 0
   * before that. While the application writes too little for more it is the fastest measured since.
   */
  long deliveryRateBytesPerSecond();

  /** Whether it is repairing losses. */
  boolean inLossRecovery();

  /**
   * Whether data that was received on this subflow waits for its acknowledgement, which data sent
   * on it now would carry.
   */
  boolean owesAck();

  /** Behind the last byte that it ever carried, as a position in the stream; 0 for none. */
  long carriedEnd();

  /** Whether it carries a byte, and its TCP has no acknowledgement for it yet. */
  boolean carries(long position);

  /** Whether it works and may carry data. */
  default boolean usable() {
    return established() && !stale();
  }

  /** Whether it can send at once what it would be granted. */
  default boolean hasRoom() {
    return sendRoomBytes() > 0 && queuedBytes() < payloadMss();
  }
}
