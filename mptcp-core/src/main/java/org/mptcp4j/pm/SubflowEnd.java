package org.mptcp4j.pm;

import java.util.Objects;
import java.util.Optional;

/**
 * Why a subflow is over.
 *
 * @param cause what happened
 * @param peerReset the MP_TCPRST in the peer's reset, if there was one: RFC 8684 section 3.6
 */
public record SubflowEnd(Cause cause, Optional<PeerReset> peerReset) {
  /** What happened. */
  public enum Cause {
    /** No error: the peer sent a FIN, or this end closed it. */
    ENDED,
    /** This end closed it because an address of it is gone, here or at the peer. */
    WITHDRAWN,
    /** The peer did not answer, to the SYN, to the HMAC of the join, or to data. */
    TIMED_OUT,
    /** A router said that the peer cannot be reached. */
    UNREACHABLE,
    /** A reset answered the SYN. */
    REFUSED,
    /** The peer reset it. */
    RESET,
    /** This end reset it: options were missing, forged or inconsistent. */
    PROTOCOL_ERROR
  }

  /** Checks that nothing is missing. */
  public SubflowEnd {
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(peerReset, "peerReset");
  }

  /** An end about which the peer said nothing. */
  public static SubflowEnd of(Cause cause) {
    return new SubflowEnd(cause, Optional.empty());
  }
}
