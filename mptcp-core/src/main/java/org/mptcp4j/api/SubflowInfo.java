package org.mptcp4j.api;

import java.net.InetSocketAddress;
import org.mptcp4j.info.TcpInfo;
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
 * @param congestionControl name of the congestion control algorithm
 * @param error why it is gone, {@link SocketError#NONE} while it lives or when it ended in order
 * @param tcp what its TCP socket knows
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
    String congestionControl,
    SocketError error,
    TcpInfo tcp) {

  /** Smoothed round trip time, 0 before the first sample. */
  public long srttNs() {
    return tcp.rttNs();
  }

  /** Round trip time variation. */
  public long rttVarNs() {
    return tcp.rttvarNs();
  }

  /** Lowest round trip time seen, 0 before the first sample. */
  public long minRttNs() {
    return tcp.minRttNs();
  }

  /** Retransmission timeout. */
  public long rtoNs() {
    return tcp.rtoNs();
  }

  /** Payload bytes of a full segment. */
  public int mss() {
    return tcp.sndMss();
  }

  /** The largest IP packet that is sent, as far as the path is known. */
  public int pathMtu() {
    return tcp.pmtu();
  }

  /** Congestion window. */
  public long cwndBytes() {
    return tcp.sndCwndBytes();
  }

  /** Slow-start threshold, {@link Integer#MAX_VALUE} before the first loss. */
  public long ssthreshBytes() {
    return tcp.sndSsthreshBytes();
  }

  /** Sent, and thought to be in the network. */
  public long inFlightBytes() {
    return tcp.inFlightBytes();
  }

  /** Payload bytes sent, retransmissions included. */
  public long bytesSent() {
    return tcp.bytesSent();
  }

  /** Payload bytes acknowledged at the TCP level. */
  public long bytesAcked() {
    return tcp.bytesAcked();
  }

  /** Payload bytes received in order at the TCP level. */
  public long bytesReceived() {
    return tcp.bytesReceived();
  }

  /** Payload bytes sent more than once. */
  public long bytesRetransmitted() {
    return tcp.bytesRetrans();
  }

  /** How often the retransmission timer fired. */
  public long retransmissionTimeouts() {
    return tcp.totalRto();
  }

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
        + srttNs() / 1000
        + " us, mtu "
        + pathMtu()
        + ", cwnd "
        + cwndBytes()
        + ", in flight "
        + inFlightBytes()
        + ", sent "
        + bytesSent()
        + ", received "
        + bytesReceived();
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
