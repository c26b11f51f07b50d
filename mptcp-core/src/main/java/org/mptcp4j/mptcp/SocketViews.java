package org.mptcp4j.mptcp;

import java.util.List;
import java.util.Optional;
import org.mptcp4j.api.ControlBlockView;
import org.mptcp4j.api.MetaSockView;
import org.mptcp4j.api.MptcpKeys;
import org.mptcp4j.api.SubflowSockView;
import org.mptcp4j.api.TcpSockView;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.tcp.FourTuple;

/** What the objects of a connection have in their fields, as records for the application. */
public final class SocketViews {
  private SocketViews() {}

  /** The data level. */
  public static MetaSockView meta(MetaSock meta) {
    return new MetaSockView(
        meta.life().name(),
        meta.tx().una(),
        meta.tx().nxt(),
        meta.tx().end(),
        meta.sendWindowBytes(),
        meta.window().next(),
        meta.window().available(),
        meta.sendBufferBytes(),
        meta.window().bufferBytes(),
        meta.readableBytes(),
        meta.outOfOrderBytes(),
        meta.fin().sent(),
        meta.fin().acknowledged());
  }

  /** The first subflow, which may be closed; none where there was never one. */
  public static Optional<SubflowSockView> master(Optional<MptcpCb> cb, List<? extends Flow> flows) {
    return cb.isPresent()
        ? Optional.of(subflow(cb.get().master()))
        : flows.stream().findFirst().map(SocketViews::subflow);
  }

  /** The connection list, or the one flow of plain TCP. */
  public static List<SubflowSockView> connectionList(
      Optional<MptcpCb> cb, List<? extends Flow> flows) {
    List<? extends Flow> all = cb.isPresent() ? cb.get().connectionList() : flows;
    return all.stream().map(SocketViews::subflow).toList();
  }

  /** What both ends have agreed. */
  public static ControlBlockView controlBlock(MptcpCb cb) {
    SessionKeys keys = cb.keys();
    Agreement agreement = cb.agreement();
    return new ControlBlockView(
        keys.localToken(),
        keys.remoteToken(),
        keys.localIdsn(),
        keys.remoteIdsn(),
        keys.checksum(),
        keys.remoteDeniesJoin(),
        agreement.subflowsCreated(),
        cb.pathSession().remoteAddresses().size());
  }

  /** The keys. */
  public static MptcpKeys keys(MptcpCb cb) {
    return new MptcpKeys(cb.keys().localKey(), cb.keys().remoteKey());
  }

  private static SubflowSockView subflow(Flow flow) {
    TcpSockView tcp = tcp(flow);
    return flow instanceof MptcpTcpSock s
        ? new SubflowSockView(
            s.id(),
            s.state().name(),
            s.localId(),
            s.remoteId(),
            s.localBackup(),
            s.remoteBackup(),
            s.linkIndex(),
            tcp)
        : new SubflowSockView(flow.id(), "", 0, 0, false, false, flow.linkIndex(), tcp);
  }

  private static TcpSockView tcp(Flow flow) {
    TcpInfo tcp = flow.tcp().info();
    FourTuple tuple = flow.tuple();
    return new TcpSockView(
        tuple.local().withPort(tuple.localPort()),
        tuple.remote().withPort(tuple.remotePort()),
        flow.tcp().state().name(),
        flow.tcp().sndUna(),
        flow.tcp().sndNxt(),
        tcp.sndWndBytes(),
        flow.tcp().rcvNxt(),
        tcp.sndMss(),
        tcp.sndCwndBytes(),
        tcp.sndSsthreshBytes(),
        tcp.inFlightBytes(),
        tcp.notsentBytes(),
        tcp.rcvOooBytes(),
        tcp.rttNs(),
        tcp.rttvarNs(),
        tcp.rtoNs(),
        tcp.backoff());
  }
}
