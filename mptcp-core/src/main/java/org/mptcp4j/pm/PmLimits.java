package org.mptcp4j.pm;

/**
 * Bounds on what one connection's path management may use.
 *
 * @param maxSubflows subflows beside the first
 * @param maxPendingJoins joins begun and not yet established, at either end
 * @param maxRemoteAddresses announced addresses remembered
 */
public record PmLimits(int maxSubflows, int maxPendingJoins, int maxRemoteAddresses) {
  /** 8 further subflows, 4 pending joins, 8 announced addresses. */
  public static final PmLimits DEFAULT = new PmLimits(8, 4, 8);

  /** Checks that nothing is negative. */
  public PmLimits {
    if (maxSubflows < 0 || maxPendingJoins < 0 || maxRemoteAddresses < 0) {
      throw new IllegalArgumentException("limits must not be negative");
    }
  }
}
