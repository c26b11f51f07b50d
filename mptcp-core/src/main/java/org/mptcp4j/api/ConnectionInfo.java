package org.mptcp4j.api;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import org.mptcp4j.info.MptcpInfo;

/**
 * A snapshot of one connection, in the manner of the kernel's {@code mptcp_info}. Sizes are bytes,
 * counted at the data level: each byte of the stream once, whatever subflow carried it.
 *
 * @param id the socket's {@link MptcpSocket#id()}
 * @param local local address and port of the first subflow; they stay when that is gone
 * @param remote the peer's
 * @param protocol what was agreed with the peer
 * @param state the state of the socket
 * @param remoteToken the peer's token, 0 without MPTCP
 * @param unsentBytes stream bytes written and not sent yet
 * @param readableBytes stream bytes received and not read yet
 * @param outOfOrderBytes stream bytes that wait for earlier ones
 * @param sendWindowBytes what the peer's data-level window still allows
 * @param sendBufferBytes size of the send buffer at the moment
 * @param receiveBufferBytes size of the receive buffer at the moment
 * @param scheduler name of the packet scheduler
 * @param pathManager name of the path manager
 * @param error why it closed
 * @param subflows the live subflows, in creation order
 * @param mptcp what the data level knows, under the names of the kernel
 */
public record ConnectionInfo(
    long id,
    InetSocketAddress local,
    InetSocketAddress remote,
    Protocol protocol,
    MptcpSocket.State state,
    int remoteToken,
    long unsentBytes,
    long readableBytes,
    long outOfOrderBytes,
    long sendWindowBytes,
    long sendBufferBytes,
    long receiveBufferBytes,
    String scheduler,
    String pathManager,
    SocketError error,
    List<SubflowInfo> subflows,
    MptcpInfo mptcp) {

  /** Makes the list of subflows unchangeable. */
  public ConnectionInfo {
    subflows = List.copyOf(subflows);
  }

  /** Whether DSS checksums are used in both directions. */
  public boolean checksum() {
    return mptcp.csumEnabled();
  }

  /** Our token (RFC 8684 section 3.2), 0 without MPTCP. */
  public int localToken() {
    return mptcp.token();
  }

  /** Stream bytes sent at least once. */
  public long bytesSent() {
    return mptcp.bytesSent();
  }

  /** Stream bytes that the peer acknowledged, by DATA_ACK where it speaks MPTCP. */
  public long bytesAcked() {
    return mptcp.bytesAcked();
  }

  /** Stream bytes received in order. */
  public long bytesReceived() {
    return mptcp.bytesReceived();
  }

  /**
   * Stream bytes sent again on another subflow, or by the retransmission timer of the data level.
   */
  public long bytesReinjected() {
    return mptcp.bytesRetrans();
  }

  /**
   * Addresses that the peer announces at the moment; with the path manager {@code kernel} those
   * that are joined.
   */
  public int remoteAddresses() {
    return mptcp.addAddrAccepted();
  }

  /** Subflows this connection has had, the dead ones included. */
  public int subflowsCreated() {
    return mptcp.subflowsCreated();
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
        + (localToken() == 0 && remoteToken == 0
            ? ""
            : ", tokens " + hex.toHexDigits(localToken()) + ' ' + hex.toHexDigits(remoteToken))
        + ", sent "
        + bytesSent()
        + ", acked "
        + bytesAcked()
        + ", unsent "
        + unsentBytes
        + ", received "
        + bytesReceived()
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
