package org.mptcp4j.pm;

/**
 * Bounds on what one connection's path management may use.
 *
 * @param maxSubflows live subflows beside the first, whoever opened them
 * @param maxOpened those of them that this end opened
 * @param maxAccepted those of them that the peer opened
 * @param maxPendingJoins joins begun and not yet established, at either end
 * @param maxRemoteAddresses announced addresses remembered
 */
public record PmLimits(
    int maxSubflows, int maxOpened, int maxAccepted, int maxPendingJoins, int maxRemoteAddresses) {
  /** 8 further subflows, whoever opens them, 4 pending joins, 8 announced addresses. */
  public static final PmLimits DEFAULT = new PmLimits(8, 8, 8, 4, 8);

  /** Checks that nothing is negative. */
  public PmLimits {
    if (maxSubflows < 0
        || maxOpened < 0
        || maxAccepted < 0
        || maxPendingJoins < 0
        || maxRemoteAddresses < 0) {
      throw new IllegalArgumentException(
          "limits must be 0 or more, but are "
              + maxSubflows
              + ", "
              + maxOpened
              + ", "
              + maxAccepted
              + ", "
              + maxPendingJoins
              + ", "
              + maxRemoteAddresses);
    }
  }
}
