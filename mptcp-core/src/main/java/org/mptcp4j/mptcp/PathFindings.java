package org.mptcp4j.mptcp;

import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.PathMtuCache;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;

/** What a flow finds out about its path. */
final class PathFindings {
  private static final int PATH_MTU =
      TcpNotice.PATH_MTU | TcpNotice.MTU_PROBE_SUCCEEDED | TcpNotice.MTU_PROBE_FAILED;

  private PathFindings() {}

  /** RFC 1191 section 6.2: other connections on the same path need not find it out again. */
  static void keep(long nowNs, TcpSock tcp, int notices, StackServices services) {
    if ((notices & PATH_MTU) == 0) {
      return;
    }
    PathMtuCache known = services.pathMtus();
    FourTuple path = tcp.tuple();
    if (tcp.pathIsNarrow()) {
      known.put(nowNs, path.local(), path.remote(), tcp.pathMtu());
    } else {
      known.remove(path.local(), path.remote());
    }
  }
}
