package org.mptcp4j.mptcp;

import java.util.List;
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

  /** The connection list, the master first. */
  public static List<SubflowSockView> connectionList(List<? extends Flow> flows) {
    return flows.stream().map(SocketViews::subflow).toList();
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
    return new SubflowSockView(
        flow.id(),
        flow.stateName(),
        flow.localId(),
        flow.remoteId(),
        flow.localBackup(),
        flow.remoteBackup(),
        flow.linkIndex(),
        tcp(flow));
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
