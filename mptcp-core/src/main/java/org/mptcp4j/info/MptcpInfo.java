package org.mptcp4j.info;

/**
 * Linux's {@code mptcp_info} of one connection, its fields under their names. Plain TCP has zeros
 * where there is nothing to say. Sequence numbers are data sequence numbers as they are on the
 * wire; times are those of the driver's clock.
 *
 * @param subflows subflows that live, beside the first; a join of the peer once it has proved that
 *     it is the peer's
 * @param addAddrSignal addresses that this end has announced and not withdrawn
 * @param addAddrAccepted addresses that the peer has announced and not withdrawn; with the path
 *     manager {@code kernel} those that are joined
 * @param subflowsMax limit of {@code subflows}
 * @param addAddrSignalMax addresses of this host that are to be announced
 * @param addAddrAcceptedMax limit of {@code addAddrAccepted}
 * @param fallback whether it was to be MPTCP and is plain TCP: {@code MPTCP_INFO_FLAG_FALLBACK}
 * @param remoteKeyReceived whether the peer's key is known: {@code
 *     MPTCP_INFO_FLAG_REMOTE_KEY_RECEIVED}
 * @param token our token (RFC 8684 section 3.2), 0 without MPTCP
 * @param writeSeq behind the last byte written
 * @param sndUna behind the last byte acknowledged
 * @param rcvNxt behind the last byte received in order
 * @param localAddrUsed local addresses, beside the first subflow's, that this end uses for subflows
 *     which it opened
 * @param localAddrMax local addresses that can be used, beside the first subflow's
 * @param csumEnabled whether DSS checksums are used
 * @param retransmits expiries in a row of the retransmission timer of the data level
 * @param bytesRetrans bytes of the stream given to a subflow again
 * @param bytesSent bytes of the stream sent at least once
 * @param bytesReceived bytes of the stream received in order
 * @param bytesAcked bytes of the stream acknowledged
 * @param subflowsTotal subflows that live, the first included
 * @param subflowsCreated subflows there ever were; Linux has no such field
 * @param lastDataSentNs when data was last sent on a subflow that lives; {@link #NEVER} if not
 * @param lastDataRecvNs when data was last received on a subflow that lives
 * @param lastAckRecvNs when an acknowledgement last came on a subflow that lives
 * @param endpLaminarMax endpoints LAMINAR of the path manager {@code kernel}
 * @param endpFullmeshMax endpoints FULLMESH of it
 * @param fallbackReason why it is plain TCP; Linux counts these and does not keep them
 */
public record MptcpInfo(
    int subflows,
    int addAddrSignal,
    int addAddrAccepted,
    int subflowsMax,
    int addAddrSignalMax,
    int addAddrAcceptedMax,
    boolean fallback,
    boolean remoteKeyReceived,
    int token,
    long writeSeq,
    long sndUna,
    long rcvNxt,
    int localAddrUsed,
    int localAddrMax,
    boolean csumEnabled,
    int retransmits,
    long bytesRetrans,
    long bytesSent,
    long bytesReceived,
    long bytesAcked,
    int subflowsTotal,
    int subflowsCreated,
    long lastDataSentNs,
    long lastDataRecvNs,
    long lastAckRecvNs,
    int endpLaminarMax,
    int endpFullmeshMax,
    FallbackReason fallbackReason) {
  /** The time of what has not happened. */
  public static final long NEVER = TcpInfo.NEVER;
}
