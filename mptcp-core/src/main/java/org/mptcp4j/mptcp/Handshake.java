package org.mptcp4j.mptcp;

/** Where a subflow is in its MPTCP handshake: RFC 8684 sections 3.1 and 3.2. */
enum Handshake {
  /** Our SYN offers MP_CAPABLE. */
  CAPABLE_SYN_SENT,
  /** We know both keys; the peer has not shown yet that it does. */
  CAPABLE_ACK_SENT,
  /** Our SYN/ACK carries MP_CAPABLE; the peer's key is awaited. */
  CAPABLE_SYN_RECEIVED,
  /** Our SYN carries MP_JOIN. */
  JOIN_SYN_SENT,
  /** Our third ACK carries MP_JOIN; the fourth ACK is awaited. */
  JOIN_ACK_SENT,
  /** Our SYN/ACK carries MP_JOIN; the peer's HMAC is awaited. */
  JOIN_SYN_RECEIVED,
  /** Both ends know. */
  DONE
}
