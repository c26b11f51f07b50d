package org.mptcp4j.mptcp;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpInfo;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.Seq32;

/** Turns the state of a connection into records for people. */
final class ConnectionSnapshot {
  private ConnectionSnapshot() {}

  static ConnectionInfo connection(
      long socketId,
      Protocol protocol,
      MetaSock meta,
      Agreement agreement,
      List<? extends Flow> flows) {
    List<SubflowInfo> infos = new ArrayList<>(flows.size());
    for (Flow flow : flows) {
      infos.add(subflow(flow, SocketError.NONE));
    }
    return new ConnectionInfo(
        socketId,
        protocol,
        state(meta),
        agreement.checksum(),
        agreement.localToken(),
        agreement.remoteToken(),
        meta.bytesSent(),
        meta.bytesAcked(),
        meta.bytesReceived(),
        agreement.bytesReinjected(),
        meta.unsentBytes(),
        meta.readableBytes(),
        meta.outOfOrderBytes(),
        meta.sendWindowBytes(),
        meta.sendBufferBytes(),
        meta.window().bufferBytes(),
        agreement.remoteAddresses(),
        agreement.subflowsCreated(),
        agreement.scheduler(),
        agreement.pathManager(),
        meta.error(),
        infos);
  }

  private static MptcpSocket.State state(MetaSock meta) {
    return switch (meta.life()) {
      case CONNECTING -> MptcpSocket.State.CONNECTING;
      case FINISHED, CLOSED -> MptcpSocket.State.CLOSED;
      default -> meta.closedByApplication() ? MptcpSocket.State.CLOSING : MptcpSocket.State.OPEN;
    };
  }

  static SubflowInfo subflow(Flow s, SocketError error) {
    TcpInfo tcp = s.tcp().info();
    FourTuple t = s.tuple();
    Optional<MptcpTcpSock> m =
        s instanceof MptcpTcpSock mptcp ? Optional.of(mptcp) : Optional.empty();
    return new SubflowInfo(
        s.id(),
        socketAddress(t.local(), t.localPort()),
        socketAddress(t.remote(), t.remotePort()),
        m.map(MptcpTcpSock::localId).orElse(0),
        m.map(MptcpTcpSock::remoteId).orElse(0),
        s.linkIndex(),
        state(s),
        priority(m.map(MptcpTcpSock::localBackup).orElse(false)),
        priority(m.map(MptcpTcpSock::remoteBackup).orElse(false)),
        s.stale(),
        tcp.srttNs(),
        tcp.rttVarNs(),
        tcp.minRttNs(),
        tcp.rtoNs(),
        tcp.mss(),
        s.tcp().pathMtu(),
        tcp.cwndBytes(),
        tcp.ssthreshBytes(),
        tcp.inFlightBytes(),
        tcp.bytesAcked() + outstanding(s) + tcp.bytesRetransmitted(),
        tcp.bytesAcked(),
        tcp.bytesReceived(),
        tcp.bytesRetransmitted(),
        tcp.timeouts(),
        s.tcp().congestionControl().name(),
        error);
  }

  // What was sent and not yet acknowledged, also where it counts as lost.
  private static int outstanding(Flow s) {
    return s.up() ? Seq32.diff(s.tcp().sndNxt(), s.tcp().sndUna()) : 0;
  }

  private static SubflowInfo.State state(Flow s) {
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
