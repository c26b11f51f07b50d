package org.mptcp4j.pm;

/**
 * How a subflow, or the subflows of an address, are to be used: the B flag of MP_JOIN and MP_PRIO
 * (RFC 8684 section 3.3.8).
 */
public enum Priority {
  /** Used whenever it has room. */
  NORMAL,
  /** Used only while no subflow of normal priority works. */
  BACKUP
}
