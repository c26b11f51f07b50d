package org.mptcp4j.tcp;

/** The connection states of RFC 9293 section 3.3.2 that a {@link TcpSock} can be in. */
public enum TcpState {
  /** No connection: refused, reset, timed out, aborted, or closed in order. */
  CLOSED,
  /** A SYN was sent, nothing acceptable came back yet. */
  SYN_SENT,
  /** A SYN was received and answered; its acknowledgement is awaited. */
  SYN_RECEIVED,
  /** Data flows both ways. */
  ESTABLISHED,
  /** Our FIN is sent or queued, not acknowledged; the peer may still send. */
  FIN_WAIT_1,
  /** Our FIN is acknowledged; the peer may still send. */
  FIN_WAIT_2,
  /** The peer's FIN was received; we may still send. */
  CLOSE_WAIT,
  /** Both FINs crossed; ours is not acknowledged yet. */
  CLOSING,
  /** The peer's FIN came first, ours is sent or queued and not acknowledged. */
  LAST_ACK,
  /** Both sides are done; old duplicates are waited out. */
  TIME_WAIT;

  /** Whether the three-way handshake is complete and the connection is not closed. */
  public boolean isSynchronized() {
    return compareTo(ESTABLISHED) >= 0;
  }

  /** Whether the peer may still send data in this state (its FIN has not been received). */
  public boolean canReceive() {
    return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
  }

  /** Whether data that was queued may still leave in this state. */
  public boolean canSend() {
    return this == ESTABLISHED
        || this == CLOSE_WAIT
        || this == FIN_WAIT_1
        || this == CLOSING
        || this == LAST_ACK;
  }
}
