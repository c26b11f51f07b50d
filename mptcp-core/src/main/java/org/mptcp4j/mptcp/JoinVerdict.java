package org.mptcp4j.mptcp;

/** What became of a SYN with MP_JOIN. RFC 8684 section 3.2: a refused join is answered by RST. */
public enum JoinVerdict {
  /** A subflow was made and registered; poll for its SYN/ACK. */
  ACCEPTED(-1),
  /** The connection is not (or no longer) MPTCP. Answer RST with MP_TCPRST reason 1. */
  NOT_MPTCP(1),
  /** A limit is reached. Answer RST with MP_TCPRST reason 3. */
  PROHIBITED(3),
  /** No resources for another flow. Answer RST with MP_TCPRST reason 2. */
  NO_RESOURCES(2);

  private final int resetReason;

  JoinVerdict(int resetReason) {
    this.resetReason = resetReason;
  }

  /** Reason for MP_TCPRST (RFC 8684 section 3.6), -1 when accepted. */
  public int resetReason() {
    return resetReason;
  }
}
