package org.mptcp4j.mptcp;

/**
 * States of a connection at the data level, named after those of TCP: RFC 8684 section 3.3.3 and
 * figure 15. There is no TIME-WAIT; subflows have theirs.
 */
public enum MetaState {
  /** The first handshake runs, at either end. */
  CONNECTING,
  /** Data flows both ways. */
  ESTABLISHED,
  /** Our DATA_FIN is not acknowledged; the peer may still send. */
  FIN_WAIT_1,
  /** Our DATA_FIN is acknowledged; the peer may still send. */
  FIN_WAIT_2,
  /** Both DATA_FINs crossed; ours is not acknowledged. */
  CLOSING,
  /** The peer finished; we may still send. */
  CLOSE_WAIT,
  /** The peer finished first; our DATA_FIN is not acknowledged. */
  LAST_ACK,
  /** Over, or failed. */
  CLOSED
}
