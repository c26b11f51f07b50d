package org.mptcp4j.api;

/**
 * A {@code struct mptcp_cb} as it was at one moment: what both ends have agreed. The keys are not
 * among it; {@link MptcpSocket#keys()} has them.
 *
 * @param localToken our token, which the peer's joins name
 * @param remoteToken the peer's token
 * @param localIdsn our initial data sequence number
 * @param remoteIdsn the peer's
 * @param checksum whether DSS checksums are used
 * @param remoteDeniesJoin whether the peer set flag C: no join to its initial address
 * @param subflowsCreated subflows so far, the first included
 * @param remoteAddresses addresses of the peer that are known
 */
public record ControlBlockView(
    int localToken,
    int remoteToken,
    long localIdsn,
    long remoteIdsn,
    boolean checksum,
    boolean remoteDeniesJoin,
    int subflowsCreated,
    int remoteAddresses) {}
