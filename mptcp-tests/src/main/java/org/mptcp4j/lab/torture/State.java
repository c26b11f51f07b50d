package org.mptcp4j.lab.torture;

/** What a connection is at the end, when everything has arrived. */
enum State {
  /** Multipath TCP, with both paths in use. */
  MPTCP,
  /** Multipath TCP on one path: the other took none. */
  ONE_PATH,
  /** Multipath TCP after the reset of a subflow. */
  RESET,
  /** Agreed on Multipath TCP, then fell back: RFC 8684 section 3.7. */
  FALLBACK,
  /** Plain TCP since the handshake. */
  TCP
}
