package org.mptcp4j.api;

import java.util.HexFormat;
import java.util.List;

/**
 * A snapshot of one connection, in the manner of the kernel's {@code mptcp_info}. Sizes are bytes,
 * counted at the data level: each byte of the stream once, whatever subflow carried it.
 *
 * @param id the socket's {@link MptcpSocket#id()}
 * @param protocol what was agreed with the peer
 * @param state the state of the socket
 * @param checksum whether DSS checksums are used in both directions
 * @param localToken our token (RFC 8684 section 3.2), 0 without MPTCP
 * @param remoteToken the peer's token, 0 without MPTCP
 * @param bytesSent stream bytes sent at least once
 * @param bytesAcked stream bytes that the peer acknowledged by DATA_ACK
 * @param bytesReceived stream bytes received in order
 * @param bytesReinjected stream bytes sent again on another subflow, or by the data-level
 *     retransmission timer
 * @param unsentBytes stream bytes written and not sent yet
 * @param readableBytes stream bytes received and not read yet
 * @param outOfOrderBytes stream bytes that wait for earlier ones
 * @param sendWindowBytes what the peer's data-level window still allows
 * @param sendBufferBytes size of the send buffer at the moment
 * @param receiveBufferBytes size of the receive buffer at the moment
 * @param remoteAddresses addresses that the peer announces at the moment
 * @param subflowsCreated subflows this connection has had, the dead ones included
 * @param scheduler name of the packet scheduler
 * @param pathManager name of the path manager
 * @param error why it closed
 * @param subflows the live subflows, in creation order
 */
public record ConnectionInfo(
    long id,
    Protocol protocol,
    MptcpSocket.State state,
    boolean checksum,
    int localToken,
    int remoteToken,
    long bytesSent,
    long bytesAcked,
    long bytesReceived,
    long bytesReinjected,
    long unsentBytes,
    long readableBytes,
    long outOfOrderBytes,
    long sendWindowBytes,
    long sendBufferBytes,
    long receiveBufferBytes,
    int remoteAddresses,
    int subflowsCreated,
    String scheduler,
    String pathManager,
    SocketError error,
    List<SubflowInfo> subflows) {

  /** Makes the list of subflows unchangeable. */
  public ConnectionInfo {
    subflows = List.copyOf(subflows);
  }

  /** What identifies it and how far it is, in one line; tokens as {@code ip mptcp} shows them. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return "connection "
        + id
        + ' '
        + protocol
        + ' '
        + state
        + (error == SocketError.NONE ? "" : " " + error)
        + (localToken == 0 && remoteToken == 0
            ? ""
            : ", tokens " + hex.toHexDigits(localToken) + ' ' + hex.toHexDigits(remoteToken))
        + ", sent "
        + bytesSent
        + ", acked "
        + bytesAcked
        + ", unsent "
        + unsentBytes
        + ", received "
        + bytesReceived
        + ", readable "
        + readableBytes
        + ", out of order "
        + outOfOrderBytes
        + ", window "
        + sendWindowBytes
        + ", subflows "
        + subflows.stream().map(s -> String.valueOf(s.id())).toList();
  }
}
