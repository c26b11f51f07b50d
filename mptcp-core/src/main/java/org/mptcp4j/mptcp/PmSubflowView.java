package org.mptcp4j.mptcp;

import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.PmSubflow;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.SubflowEnd;
import org.mptcp4j.tcp.FourTuple;

/** A subflow as its path manager sees it. */
final class PmSubflowView {
  private PmSubflowView() {}

  /** What it is at the moment. */
  static PmSubflow of(MptcpTcpSock s) {
    FourTuple t = s.tuple();
    return new PmSubflow(
        s.id(),
        s.localId(),
        t.local(),
        t.localPort(),
        s.remoteId(),
        t.remote(),
        t.remotePort(),
        s.established(),
        s.stale(),
        Math.max(0, s.srttNs()),
        priority(s.localBackup()),
        priority(s.remoteBackup()));
  }

  /** How and why it ended. */
  static SubflowEnd end(MptcpTcpSock subflow) {
    return new SubflowEnd(
        cause(subflow), subflow.peerReset().map(r -> new PeerReset(r.reason(), r.isTransient())));
  }

  private static SubflowEnd.Cause cause(MptcpTcpSock subflow) {
    return switch (subflow.error()) {
      case NONE ->
          subflow.reason().isWithdrawal() ? SubflowEnd.Cause.WITHDRAWN : SubflowEnd.Cause.ENDED;
      case ETIMEDOUT -> SubflowEnd.Cause.TIMED_OUT;
      case ECONNREFUSED -> SubflowEnd.Cause.REFUSED;
      case EHOSTUNREACH -> SubflowEnd.Cause.UNREACHABLE;
      case EPROTO -> SubflowEnd.Cause.PROTOCOL_ERROR;
      default -> SubflowEnd.Cause.RESET;
    };
  }

  /** What an MP_PRIO asks for. */
  static Priority priority(boolean backup) {
    return backup ? Priority.BACKUP : Priority.NORMAL;
  }
}
