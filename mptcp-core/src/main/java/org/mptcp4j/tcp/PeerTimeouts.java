package org.mptcp4j.tcp;

/**
 * How long a connection bears with a peer that is silent, or that takes nothing: keep-alive and
 * user timeout. Immutable. The ranges are those of Linux.
 *
 * @param keepAlive whether an idle peer is probed
 * @param idleNs silence after which it is probed for the first time ({@code TCP_KEEPIDLE})
 * @param intervalNs time between two probes ({@code TCP_KEEPINTVL})
 * @param probes so many unanswered probes end the connection ({@code TCP_KEEPCNT})
 * @param userTimeoutNs how long data may stay unacknowledged, or wait behind a closed window,
 *     before the connection ends ({@code TCP_USER_TIMEOUT}); 0 leaves it to the retransmission
 *     limit
 */
public record PeerTimeouts(
    boolean keepAlive, long idleNs, long intervalNs, int probes, long userTimeoutNs) {

  /** RFC 1122 section 4.2.3.6: keep-alive is off by default, and 2 hours when it is on. */
  public static final PeerTimeouts DEFAULT =
      new PeerTimeouts(false, 7_200_000_000_000L, 75_000_000_000L, 9, 0);

  /** Checks every range; throws {@link IllegalArgumentException} that says what is allowed. */
  public PeerTimeouts {
    check(idleNs > 0, "idleNs must be positive");
    check(intervalNs > 0, "intervalNs must be positive");
    check(probes >= 1 && probes <= 127, "probes must be 1 to 127, not " + probes);
    check(userTimeoutNs >= 0, "userTimeoutNs must not be negative");
  }

  private static void check(boolean ok, String message) {
    if (!ok) {
      throw new IllegalArgumentException(message);
    }
  }

  /** These, with keep-alive on or off. */
  public PeerTimeouts keepAlive(boolean on) {
    return new PeerTimeouts(on, idleNs, intervalNs, probes, userTimeoutNs);
  }

  /** These, with another user timeout. */
  public PeerTimeouts userTimeoutNs(long ns) {
    return new PeerTimeouts(keepAlive, idleNs, intervalNs, probes, ns);
  }

  /** These, with other times of keep-alive. */
  public PeerTimeouts times(long idle, long interval, int count) {
    return new PeerTimeouts(keepAlive, idle, interval, count, userTimeoutNs);
  }

  /** Whether nothing of it is switched on. */
  boolean none() {
    return !keepAlive && userTimeoutNs == 0;
  }
}
