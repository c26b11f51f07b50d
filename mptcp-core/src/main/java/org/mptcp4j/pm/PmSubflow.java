package org.mptcp4j.pm;

import org.mptcp4j.link.packet.IpAddress;

/**
 * A subflow as a path manager sees it.
 *
 * @param id number within the connection
 * @param localId id of its address at this end, 0 for the initial one
 * @param local its address at this end
 * @param localPort its port at this end
 * @param remoteId id of its address at the peer, 0 for the initial one
 * @param remote its address at the peer
 * @param remotePort port at the peer
 * @param established whether it may carry data; else it is still joining
 * @param stale whether it is silent: its retransmission timer fired, or its link is down
 * @param srttNs its smoothed round trip time in nanoseconds, 0 when it is not measured
 * @param localPriority how this end asked the peer to use it
 * @param remotePriority how the peer asked this end to use it
 */
public record PmSubflow(
    int id,
    int localId,
    IpAddress local,
    int localPort,
    int remoteId,
    IpAddress remote,
    int remotePort,
    boolean established,
    boolean stale,
    long srttNs,
    Priority localPriority,
    Priority remotePriority) {
  /** Whether it is between these addresses and to that port. */
  public boolean isBetween(IpAddress from, RemoteAddress to) {
    return local.equals(from) && remote.equals(to.address()) && remotePort == to.port();
  }
}
