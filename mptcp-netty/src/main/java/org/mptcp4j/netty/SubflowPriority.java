package org.mptcp4j.netty;

import org.mptcp4j.api.SubflowInfo;

/**
 * The peer changed how a subflow of the channel is to be used (MP_PRIO, RFC 8684 section 3.3.8).
 * Fired through the pipeline as a user event.
 *
 * @param subflow what it is now
 */
public record SubflowPriority(SubflowInfo subflow) {
  @Override
  public String toString() {
    return "SubflowPriority[" + subflow + ']';
  }
}
