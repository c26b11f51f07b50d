package org.mptcp4j.cc;

/**
 * What congestion control may know of one TCP connection or subflow: its own, or a sibling. A view
 * of the moment, without copies; an amount that is not known yet is 0.
 */
public interface CcSubflow {

  /** Whether its handshake is over and it may carry data; others have no window to reckon with. */
  boolean canSend();

  /** Payload bytes of a full-sized wire segment. */
  int mssBytes();

  /** The congestion window. */
  int cwndBytes();

  /** The slow start threshold; {@link Integer#MAX_VALUE} while there is none. */
  int ssthreshBytes();

  /** Bytes thought to be in the network. */
  int inFlightBytes();

  /** The smoothed round-trip time. */
  long srttNs();

  /** The smallest round-trip time seen. */
  long minRttNs();

  /** Bytes delivered since the beginning, cumulatively or selectively acknowledged. */
  long deliveredBytes();

  /** How often a loss was detected since the beginning: fast recoveries and timeouts. */
  long lossEvents();

  /**
   * Its congestion control: an algorithm that needs more of its siblings than is here asks those of
   * its own kind.
   */
  CongestionControl control();
}
