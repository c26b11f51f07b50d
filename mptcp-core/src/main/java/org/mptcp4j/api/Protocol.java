package org.mptcp4j.api;

/** What two endpoints agreed to speak on one connection. */
public enum Protocol {
  /** The handshake is not finished. */
  UNDECIDED,
  /** Multipath TCP version 1. */
  MPTCP,
  /**
   * MPTCP was agreed and then fell back to one subflow with an infinite mapping (RFC 8684 section
   * 3.7).
   */
  MPTCP_FALLBACK,
  /** Plain TCP from the handshake on. */
  TCP
}
