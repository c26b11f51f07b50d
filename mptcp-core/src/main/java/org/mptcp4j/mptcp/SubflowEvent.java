package org.mptcp4j.mptcp;

import org.mptcp4j.api.SubflowInfo;

/**
 * A subflow came or went.
 *
 * @param kind which of the two
 * @param subflow its state then
 */
public record SubflowEvent(Kind kind, SubflowInfo subflow) {
  /** What happened. */
  public enum Kind {
    /** It may carry data now. */
    UP,
    /** It is gone. */
    DOWN
  }
}
