package org.mptcp4j.mptcp;

/**
 * What has to be known of a SYN with MP_JOIN, and of its answer, until the third ACK comes: RFC
 * 8684 section 3.2.
 *
 * @param token of the connection
 * @param remoteNonce the peer's random number
 * @param localNonce ours
 * @param addressId of the peer's address, 0 to 255
 * @param backup whether the peer asks that the subflow be used only when no regular one is usable
 */
public record JoinRequest(
    int token, int remoteNonce, int localNonce, int addressId, boolean backup) {}
