package org.mptcp4j.pm;

/**
 * How much a path manager uses of what it may use, under the names of Linux's {@code mptcp_info}:
 * for people.
 *
 * @param addAddrAccepted addresses of the peer that are joined
 * @param localAddrUsed local addresses that had their turn, the initial one not counted
 * @param subflowsMax bound of subflows beside the first
 * @param addAddrSignalMax local addresses that are to be announced
 * @param addAddrAcceptedMax bound of {@code addAddrAccepted}
 * @param localAddrMax local addresses from which subflows are to be opened
 * @param endpLaminarMax those from which announced addresses are joined, one each
 * @param endpFullmeshMax those from which every address of the peer is joined
 */
public record PmFigures(
    int addAddrAccepted,
    int localAddrUsed,
    int subflowsMax,
    int addAddrSignalMax,
    int addAddrAcceptedMax,
    int localAddrMax,
    int endpLaminarMax,
    int endpFullmeshMax) {
  /** Nothing is managed. */
  public static final PmFigures NONE = new PmFigures(0, 0, 0, 0, 0, 0, 0, 0);
}
