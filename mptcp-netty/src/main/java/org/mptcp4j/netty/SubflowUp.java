package org.mptcp4j.netty;

import org.mptcp4j.api.SubflowInfo;

/**
 * A subflow of the channel was established, the first one included. Fired through the pipeline as a
 * user event.
 *
 * @param subflow what it is
 */
public record SubflowUp(SubflowInfo subflow) {}
