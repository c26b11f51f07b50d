package org.mptcp4j.pm;

/** How a path is to be used: the B flag of MP_JOIN and MP_PRIO. */
public enum Priority {
  /** Carries data like any other. */
  REGULAR,
  /** Carries data only when no regular path is usable. RFC 8684 section 3.3.8. */
  BACKUP
}
