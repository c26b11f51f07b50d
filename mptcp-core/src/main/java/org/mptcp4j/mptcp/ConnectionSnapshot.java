package org.mptcp4j.mptcp;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Priority;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpInfo;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.Seq32;

/** Turns the state of a connection into records for people. */
final class ConnectionSnapshot {
  private ConnectionSnapshot() {}

  static ConnectionInfo connection(
      long socketId,
      Protocol protocol,
      MetaSock meta,
      MptcpCb cb,
      ConnectionList subflows,
      Transmitter transmitter) {
    List<SubflowInfo> infos = new ArrayList<>(subflows.size());
    for (Subflow s : subflows.view()) {
      infos.add(subflow(s, SocketError.NONE));
    }
    return new ConnectionInfo(
        socketId,
        protocol,
        state(meta),
        cb != null && cb.checksum(),
        cb == null ? 0 : cb.localToken(),
        cb == null ? 0 : cb.remoteToken(),
        meta.bytesSent(),
        meta.bytesAcked(),
        meta.bytesReceived(),
        transmitter.bytesReinjected(),
        meta.unsentBytes(),
        meta.readableBytes(),
        meta.outOfOrderBytes(),
        meta.sendWindowBytes(),
        meta.sendBufferBytes(),
        meta.window().bufferBytes(),
        cb == null ? 0 : cb.remoteAddresses(),
        subflows.created(),
        transmitter.schedulerName(),
        cb == null ? "none" : cb.paths().managerName(),
        meta.error(),
        infos);
  }

  private static MptcpSocket.State state(MetaSock meta) {
    return switch (meta.state()) {
      case CONNECTING -> MptcpSocket.State.CONNECTING;
      case CLOSED -> MptcpSocket.State.CLOSED;
      default -> meta.closedByApplication() ? MptcpSocket.State.CLOSING : MptcpSocket.State.OPEN;
    };
  }

  static SubflowInfo subflow(Subflow s, SocketError error) {
    TcpInfo tcp = s.tcp().info();
    FourTuple t = s.tuple();
    MptcpTcpSock m = s.mptcp();
    return new SubflowInfo(
        s.id(),
        socketAddress(t.local(), t.localPort()),
        socketAddress(t.remote(), t.remotePort()),
        m == null ? 0 : m.localId(),
        m == null ? 0 : m.remoteId(),
        s.linkIndex(),
        state(s),
        priority(m != null && m.localBackup()),
        priority(m != null && m.remoteBackup()),
        s.stale(),
        tcp.srttNs(),
        tcp.rttVarNs(),
        tcp.minRttNs(),
        tcp.rtoNs(),
        tcp.mss(),
        tcp.cwndBytes(),
        tcp.ssthreshBytes(),
        tcp.inFlightBytes(),
        tcp.bytesAcked() + outstanding(s) + tcp.bytesRetransmitted(),
        tcp.bytesAcked(),
        tcp.bytesReceived(),
        tcp.bytesRetransmitted(),
        tcp.timeouts(),
        s.tcp().congestionControl(),
        error);
  }

  // What was sent and not yet acknowledged, also where it counts as lost.
  private static int outstanding(Subflow s) {
    return s.up() ? Seq32.diff(s.tcp().sndNxt(), s.tcp().sndUna()) : 0;
  }

  private static SubflowInfo.State state(Subflow s) {
    TcpState tcp = s.tcp().state();
    if (tcp == TcpState.CLOSED) {
      return SubflowInfo.State.CLOSED;
    }
    if (!s.up()) {
      return SubflowInfo.State.CONNECTING;
    }
    return tcp == TcpState.ESTABLISHED ? SubflowInfo.State.ESTABLISHED : SubflowInfo.State.CLOSING;
  }

  private static Priority priority(boolean backup) {
    return backup ? Priority.BACKUP : Priority.NORMAL;
  }

  private static InetSocketAddress socketAddress(IpAddress address, int port) {
    return new InetSocketAddress(address.toInetAddress(), port);
  }
}
