package org.mptcp4j.tcp;

import org.mptcp4j.api.KeepAlive;

/**
 * How long a connection bears with a peer that is silent, or that takes nothing: keep-alive and
 * user timeout. Immutable.
 *
 * @param keepAlive whether an idle peer is probed
 * @param times when it is probed, once that is on
 * @param userTimeoutNs how long data may stay unacknowledged, or wait behind a closed window,
 *     before the connection ends ({@code TCP_USER_TIMEOUT}); 0 leaves it to the retransmission
 *     limit
 */
public record PeerTimeouts(boolean keepAlive, KeepAlive times, long userTimeoutNs) {

  /** RFC 1122 section 4.2.3.6: keep-alive is off by default, and 2 hours when it is on. */
  public static final PeerTimeouts DEFAULT = new PeerTimeouts(false, KeepAlive.defaults(), 0);

  /** Checks the ranges; throws {@link IllegalArgumentException} that says what is allowed. */
  public PeerTimeouts {
    if (userTimeoutNs < 0) {
      throw new IllegalArgumentException("userTimeoutNs must not be negative");
    }
  }

  /** These, with keep-alive on or off. */
  public PeerTimeouts keepAlive(boolean on) {
    return new PeerTimeouts(on, times, userTimeoutNs);
  }

  /** These, with another user timeout. */
  public PeerTimeouts userTimeoutNs(long ns) {
    return new PeerTimeouts(keepAlive, times, ns);
  }

  /** These, with other times of keep-alive. */
  public PeerTimeouts times(KeepAlive other) {
    return new PeerTimeouts(keepAlive, other, userTimeoutNs);
  }

  /** Whether nothing of it is switched on. */
  boolean none() {
    return !keepAlive && userTimeoutNs == 0;
  }
}
