package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.info.MptcpInfo;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.pm.PmFigures;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpState;

/** Turns the state of a connection into records for people. */
final class ConnectionSnapshot {
  private ConnectionSnapshot() {}

  static ConnectionInfo connection(
      long socketId,
      FourTuple ends,
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
        ends.local().withPort(ends.localPort()),
        ends.remote().withPort(ends.remotePort()),
        protocol,
        state(meta),
        agreement.remoteToken(),
        meta.unsentBytes(),
        meta.readableBytes(),
        meta.outOfOrderBytes(),
        meta.sendWindowBytes(),
        meta.sendBufferBytes(),
        meta.window().bufferBytes(),
        agreement.scheduler(),
        agreement.pathManager(),
        meta.error(),
        infos,
        mptcp(meta, agreement, infos));
  }

  private static MptcpInfo mptcp(MetaSock meta, Agreement agreement, List<SubflowInfo> flows) {
    FallbackReason why = meta.fallbackReason();
    PmFigures paths = agreement.paths().manager();
    return new MptcpInfo(
        agreement.paths().subflows(),
        agreement.paths().addAddrSignal(),
        paths.addAddrAccepted(),
        paths.subflowsMax(),
        paths.addAddrSignalMax(),
        paths.addAddrAcceptedMax(),
        why != FallbackReason.NONE,
        agreement.remoteKeyReceived(),
        agreement.localToken(),
        meta.tx().end(),
        meta.tx().una(),
        meta.window().next(),
        paths.localAddrUsed(),
        paths.localAddrMax(),
        agreement.checksum(),
        agreement.retransmits(),
        agreement.bytesReinjected(),
        meta.bytesSent(),
        meta.bytesReceived(),
        meta.bytesAcked(),
        flows.size(),
        agreement.subflowsCreated(),
        last(flows, TcpInfo::lastDataSentNs),
        last(flows, TcpInfo::lastDataRecvNs),
        last(flows, TcpInfo::lastAckRecvNs),
        paths.endpLaminarMax(),
        paths.endpFullmeshMax(),
        why);
  }

  private static long last(List<SubflowInfo> flows, ToLongFunction<TcpInfo> time) {
    return flows.stream().mapToLong(s -> time.applyAsLong(s.tcp())).max().orElse(MptcpInfo.NEVER);
  }

  private static MptcpSocket.State state(MetaSock meta) {
    return switch (meta.life()) {
      case CONNECTING -> MptcpSocket.State.CONNECTING;
      case FINISHED, CLOSED -> MptcpSocket.State.CLOSED;
      default -> meta.closedByApplication() ? MptcpSocket.State.CLOSING : MptcpSocket.State.OPEN;
    };
  }

  static SubflowInfo subflow(Flow s, SocketError error) {
    FourTuple t = s.tuple();
    return new SubflowInfo(
        s.id(),
        t.local().withPort(t.localPort()),
        t.remote().withPort(t.remotePort()),
        s.localId(),
        s.remoteId(),
        s.linkIndex(),
        state(s),
        priority(s.localBackup()),
        priority(s.remoteBackup()),
        s.stale(),
        s.tcp().congestionControl().name(),
        error,
        s.tcp().info());
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
}
