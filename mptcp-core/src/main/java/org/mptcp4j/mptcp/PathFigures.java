package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.pm.LocalAddress;

/**
 * How many addresses and subflows path management uses of those that it may use: for people.
 *
 * @param addAddrSignal addresses announced
 * @param addAddrAccepted addresses that the peer announces
 * @param localAddrUsed local addresses of subflows that this end opened, the initial one not
 *     counted
 * @param subflowsMax bound of subflows beside the first
 * @param addAddrSignalMax local addresses that are to be announced
 * @param addAddrAcceptedMax bound of addresses that the peer announces
 * @param localAddrMax local addresses beside the initial one
 */
record PathFigures(
    int addAddrSignal,
    int addAddrAccepted,
    int localAddrUsed,
    int subflowsMax,
    int addAddrSignalMax,
    int addAddrAcceptedMax,
    int localAddrMax) {
  /** Nothing is managed. */
  static final PathFigures NONE = new PathFigures(0, 0, 0, 0, 0, 0, 0);

  /** Of a connection. */
  static PathFigures of(PathSession paths) {
    List<LocalAddress> others =
        paths.localAddresses().stream().filter(a -> paths.idOf(a) != 0).toList();
    return new PathFigures(
        paths.announces() ? paths.announcements().announced() : 0,
        paths.remoteAddresses().size(),
        paths.connectionList().localAddressesUsed(),
        paths.limits().maxSubflows(),
        (int) others.stream().filter(LocalAddress::announce).count(),
        paths.limits().maxRemoteAddresses(),
        others.size());
  }
}
