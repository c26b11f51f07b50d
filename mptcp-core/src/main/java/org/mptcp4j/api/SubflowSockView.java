package org.mptcp4j.api;

/**
 * A {@code struct mptcp_tcp_sock} as it was at one moment: an element of the connection list. With
 * plain TCP it is the one flow, whose MPTCP fields are 0 and false.
 *
 * @param id number within the connection, 0 for the master
 * @param state where it is in its life: {@code "ESTABLISHED"}, {@code "STALE"}, ...; empty with
 *     plain TCP
 * @param localId id of the address at this end
 * @param remoteId id of the address at the peer
 * @param localBackup whether this end asked that it be used as backup
 * @param remoteBackup whether the peer did
 * @param linkIndex the link it leaves through
 * @param tcp its socket
 */
public record SubflowSockView(
    int id,
    String state,
    int localId,
    int remoteId,
    boolean localBackup,
    boolean remoteBackup,
    int linkIndex,
    TcpSockView tcp) {}
