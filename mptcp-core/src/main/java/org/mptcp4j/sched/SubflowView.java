package org.mptcp4j.sched;

/**
 * What a scheduler may know of one subflow. Read-only; valid only during the call that shows it.
 */
public interface SubflowView {
  /** Number of this subflow within its connection, constant for its life, never reused. */
  int id();

  /** Smoothed round-trip time in nanoseconds, 0 while nothing was measured. */
  long srttNs();

  /** Round-trip time variation in nanoseconds. */
  long rttVarNs();

  /** Congestion window in bytes. */
  int cwndBytes();

  /** Bytes sent and not yet acknowledged on this subflow. */
  int inFlightBytes();

  /** Bytes given to this subflow and not yet sent. */
  int unsentBytes();

  /** Bytes of new data the congestion window would let go now, beyond {@link #unsentBytes()}. */
  int sendRoomBytes();

  /** Payload bytes of one full-sized segment on the wire. */
  int payloadMss();

  /** Whether this subflow may carry data. */
  boolean established();

  /** Whether this end or the peer asked that it be used only when no regular one is usable. */
  boolean backup();

  /** Whether it is believed to be broken: its timer fired, or its link is down. */
  boolean stale();

  /** Whether it is repairing losses. */
  boolean inLossRecovery();

  /**
   * Whether data that was received on this subflow waits for its acknowledgement, which data sent
   * on it now would carry.
   */
  boolean owesAck();
}
