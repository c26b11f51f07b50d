package org.mptcp4j.api;

import java.net.InetSocketAddress;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.PacketText;

/**
 * A snapshot of one subflow, in the manner of the kernel's {@code tcp_info} and {@code
 * mptcp_subflow_info}. Times are nanoseconds, sizes bytes.
 *
 * @param id number of the subflow within its connection, from 0 (the first subflow) in creation
 *     order, never reused
 * @param local local address and port
 * @param remote remote address and port
 * @param localAddressId MPTCP address id of the local address (0: the first subflow's)
 * @param remoteAddressId MPTCP address id of the remote address
 * @param linkIndex index of the link it leaves through
 * @param state where it is in its life
 * @param localPriority what this side asked for
 * @param remotePriority what the peer asked for
 * @param stale whether it made no progress for so long that its data was given to other subflows
 * @param srttNs smoothed round trip time, 0 before the first sample
 * @param rttVarNs round trip time variation
 * @param minRttNs lowest round trip time seen, 0 before the first sample
 * @param rtoNs retransmission timeout
 * @param mss payload bytes of a full segment
 * @param pathMtu the largest IP packet that is sent, as far as the path is known
 * @param cwndBytes congestion window
 * @param ssthreshBytes slow-start threshold, {@link Integer#MAX_VALUE} before the first loss
 * @param inFlightBytes sent and not acknowledged
 * @param bytesSent payload bytes sent, retransmissions included
 * @param bytesAcked payload bytes acknowledged at the TCP level
 * @param bytesReceived payload bytes received in order at the TCP level
 * @param bytesRetransmitted payload bytes sent more than once
 * @param retransmissionTimeouts how often the retransmission timer fired
 * @param congestionControl name of the congestion control algorithm
 * @param error why it is gone, {@link SocketError#NONE} while it lives or when it ended in order
 */
public record SubflowInfo(
    int id,
    InetSocketAddress local,
    InetSocketAddress remote,
    int localAddressId,
    int remoteAddressId,
    int linkIndex,
    State state,
    Priority localPriority,
    Priority remotePriority,
    boolean stale,
    long srttNs,
    long rttVarNs,
    long minRttNs,
    long rtoNs,
    int mss,
    int pathMtu,
    long cwndBytes,
    long ssthreshBytes,
    long inFlightBytes,
    long bytesSent,
    long bytesAcked,
    long bytesReceived,
    long bytesRetransmitted,
    long retransmissionTimeouts,
    String congestionControl,
    SocketError error) {

  /** What identifies it and how far it is, in one line. */
  @Override
  public String toString() {
    return "subflow "
        + id
        + ' '
        + text(local)
        + " > "
        + text(remote)
        + ' '
        + state
        + (localPriority == Priority.BACKUP || remotePriority == Priority.BACKUP ? " backup" : "")
        + (stale ? " stale" : "")
        + (error == SocketError.NONE ? "" : " " + error)
        + ", srtt "
        + srttNs / 1000
        + " us, mtu "
        + pathMtu
        + ", cwnd "
        + cwndBytes
        + ", in flight "
        + inFlightBytes
        + ", sent "
        + bytesSent
        + ", received "
        + bytesReceived;
  }

  private static String text(InetSocketAddress address) {
    return PacketText.endpoint(IpAddress.of(address.getAddress()), address.getPort());
  }

  /** The life of a subflow. */
  public enum State {
    /** Its handshake runs (MP_CAPABLE, MP_JOIN or plain SYN). */
    CONNECTING,
    /** It carries data. */
    ESTABLISHED,
    /** At least one FIN was exchanged. */
    CLOSING,
    /** It is gone. */
    CLOSED
  }
}
