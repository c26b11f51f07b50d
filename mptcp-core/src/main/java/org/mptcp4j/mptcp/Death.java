package org.mptcp4j.mptcp;

import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.TcpNotice;

/** What TCP notices at the end of a flow that did not end in order. */
final class Death {
  /** Bits of {@link TcpNotice}. */
  static final int FATAL = TcpNotice.RESET | TcpNotice.REFUSED | TcpNotice.TIMED_OUT;

  private Death() {}

  /** Why a flow died that died. */
  static SocketError error(int notices) {
    if ((notices & TcpNotice.TIMED_OUT) != 0) {
      return SocketError.ETIMEDOUT;
    }
    return (notices & TcpNotice.REFUSED) != 0 ? SocketError.ECONNREFUSED : SocketError.ECONNRESET;
  }
}
