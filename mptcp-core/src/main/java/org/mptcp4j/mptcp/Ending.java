package org.mptcp4j.mptcp;

import org.mptcp4j.api.SocketError;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.wire.MpTcpRst;

/** How a connection, or one of its subflows, ends: RFC 8684 sections 3.3.3, 3.5 and 3.6. */
final class Ending {
  private Ending() {}

  static void resetSubflow(ConnectionState state, long nowNs, Subflow sf, StackServices services) {
    sf.markDraining();
    sf.error(SocketError.EPROTO);
    sf.tcp().abort();
    if (sf.isMaster() && !sf.up()) {
      fail(state, nowNs, SocketError.EPROTO, services);
    }
  }

  /** The connection is over, in disorder: every subflow is reset, with MP_FASTCLOSE. */
  static void fail(ConnectionState state, long nowNs, SocketError why, StackServices services) {
    if (state.meta.closed()) {
      return;
    }
    // RFC 8684 section 3.5: MP_FASTCLOSE goes out with a RST, unless the peer began it.
    boolean ours = why != SocketError.ECONNRESET;
    state.meta.fail(why);
    for (Subflow s : state.subflows.view()) {
      if (s.mptcp() != null && ours) {
        s.mptcp().fastclose();
        s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
      }
      s.markDraining();
      s.tcp().abort();
    }
    over(state, nowNs, services);
  }

  /** The data level is over; what is left are subflows. */
  static void over(ConnectionState state, long nowNs, StackServices services) {
    state.over = true;
    forgetToken(state, services);
    state.transmitter.clear();
    state.timers.stopAll();
    if (state.meta.closedByApplication()) {
      state.meta.rx().release();
    }
    state.countEstablished(false);
    state.timers.arm(Timer.LINGER, nowNs + state.config.closeTimeoutNs());
  }

  /** Both ends finished: now the subflows close. RFC 8684 section 3.3.3. */
  static void closeSubflows(ConnectionState state, long nowNs, StackServices services) {
    for (Subflow s : state.subflows.view()) {
      if (s.mptcp() != null && s.mptcp().joining()) {
        s.tcp().abort();
      } else {
        s.tcp().shutdownOutput();
      }
      s.markDraining();
    }
    over(state, nowNs, services);
  }

  /** No join finds this connection any more. */
  static void forgetToken(ConnectionState state, StackServices services) {
    if (state.cb != null) {
      services.tokens().remove(state.cb.localToken());
    }
  }
}
