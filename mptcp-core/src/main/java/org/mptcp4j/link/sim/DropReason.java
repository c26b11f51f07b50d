package org.mptcp4j.link.sim;

/** Why the simulated network threw a packet away. */
public enum DropReason {
  /** The random loss of the link. */
  LOSS,
  /** The queue in front of the link was full. */
  QUEUE_FULL,
  /** The link was down when the packet came, or went down while it was on its way. */
  LINK_DOWN,
  /** Larger than the MTU. */
  TOO_BIG,
  /** Its two addresses are partitioned. */
  PARTITION,
  /** A middlebox dropped it. */
  MIDDLEBOX,
  /** Not an IP packet. */
  MALFORMED
}
