package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.info.FallbackReason;

/**
 * Whether MPTCP is offered on a connection that begins, by this end or by the peer.
 *
 * @param keys ours, its token registered; none when the connection is plain TCP
 * @param whyNot why there are none although they were wanted
 */
record Offer(Optional<SessionKeys> keys, FallbackReason whyNot) {
  /** Nobody wants MPTCP. */
  static final Offer NONE = new Offer(Optional.empty(), FallbackReason.NONE);

  /** Somebody does. */
  static Offer of(Optional<SessionKeys> keys) {
    return new Offer(keys, keys.isEmpty() ? FallbackReason.NO_TOKEN : FallbackReason.NONE);
  }
}
