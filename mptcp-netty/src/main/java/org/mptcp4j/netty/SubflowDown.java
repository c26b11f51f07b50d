package org.mptcp4j.netty;

import org.mptcp4j.api.SubflowInfo;

/**
 * A subflow of the channel ended; what it carried and was not acknowledged continues on the others.
 * Not for plain TCP. Fired through the pipeline as a user event.
 *
 * @param subflow its last known state; {@code error()} says why
 */
public record SubflowDown(SubflowInfo subflow) {
  @Override
  public String toString() {
    return "SubflowDown[" + subflow + ']';
  }
}
