package org.mptcp4j.api;

/** The priority of a subflow or of a local address (RFC 8684 section 3.3.8, the B bit). */
public enum Priority {
  /** Used whenever it has room. */
  NORMAL,
  /** Used only while no subflow of normal priority works. */
  BACKUP
}
