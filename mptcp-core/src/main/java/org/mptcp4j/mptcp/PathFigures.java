package org.mptcp4j.mptcp;

import org.mptcp4j.pm.PmFigures;

/**
 * How many addresses and subflows path management uses of those that it may use: for people.
 *
 * @param subflows those beside the first, joins of the peer once they have proved who they are
 * @param addAddrSignal addresses announced
 * @param manager what the path manager uses; of one that does not say, what the stack has
 */
record PathFigures(int subflows, int addAddrSignal, PmFigures manager) {
  /** Nothing is managed. */
  static final PathFigures NONE = new PathFigures(0, 0, PmFigures.NONE);
}
