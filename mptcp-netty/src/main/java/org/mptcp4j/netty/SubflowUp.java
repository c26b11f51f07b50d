package org.mptcp4j.netty;

import org.mptcp4j.api.SubflowInfo;

/**
 * A subflow of the channel was established, the first one included; not for plain TCP. Fired
 * through the pipeline as a user event.
 *
 * @param subflow what it is
 */
public record SubflowUp(SubflowInfo subflow) {
  @Override
  public String toString() {
    return "SubflowUp[" + subflow + ']';
  }
}
