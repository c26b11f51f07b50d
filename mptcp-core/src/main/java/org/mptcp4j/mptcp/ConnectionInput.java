package org.mptcp4j.mptcp;

import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;

/** What a connection does with the segments of its subflows and with what their TCP noticed. */
final class ConnectionInput {
  private static final int FATAL = TcpNotice.RESET | TcpNotice.REFUSED | TcpNotice.TIMED_OUT;

  private final ConnectionState state;
  private final Ending ending;

  ConnectionInput(ConnectionState state, Ending ending) {
    this.state = state;
    this.ending = ending;
  }

  /** A segment of a subflow: TCP first, then its options, then its data. */
  SegmentVerdict onSegment(long nowNs, Subflow subflow, RxSegment segment, StackServices services) {
    SegmentVerdict verdict = subflow.tcp().onSegment(nowNs, segment);
    int notices = subflow.tcp().notices();
    if ((notices & TcpNotice.ESTABLISHED) != 0) {
      tcpEstablished(subflow, segment);
    }
    switch (verdict) {
      case ACCEPTED -> accepted(nowNs, subflow, segment, services);
      case RESET, REFUSED -> resetOptions(nowNs, segment, services);
      default -> {
        // Nothing of it may be used.
      }
    }
    afterTcp(nowNs, subflow, notices, services);
    return verdict;
  }

  private void tcpEstablished(Subflow subflow, RxSegment segment) {
    int scale = subflow.tcp().info().sendScale();
    if (subflow.mptcp() != null) {
      subflow.mptcp().sendScale(scale);
      if (subflow.mptcp().joining()) {
        long interval = Math.max(state.config.minRtoNs(), 2 * subflow.tcp().srttNs());
        subflow.mptcp().join().interval(interval);
      }
    } else {
      subflow.markUp();
      state.plainProgress().begin(subflow.tcp().iss());
      state.meta.connected();
    }
  }

  private void accepted(long nowNs, Subflow sf, RxSegment seg, StackServices services) {
    if (sf.staleByTimer()) {
      sf.stale(false);
      state.counters.increment(Mib.SUBFLOW_RECOVER);
    }
    if (sf.mptcp() != null) {
      act(nowNs, sf, state.options.onSegment(sf, seg), services);
    }
    drain(nowNs, sf, services);
  }

  /** Does what the options of a segment call for. */
  private void act(long nowNs, Subflow sf, int result, StackServices services) {
    if ((result & MptcpInput.UP) != 0) {
      subflowUp(sf, services);
    }
    if ((result & MptcpInput.PROGRESS) != 0) {
      state.retransmission.progress(nowNs);
    }
    if ((result & MptcpInput.ANNOUNCED) != 0) {
      state.announced(state.options.announced());
    }
    if ((result & MptcpInput.FASTCLOSED) != 0) {
      ending.fail(nowNs, SocketError.ECONNRESET, services);
    } else if ((result & MptcpInput.FALLBACK) != 0) {
      fallBackOrReset(nowNs, sf, services);
    } else if ((result & MptcpInput.RESET) != 0) {
      ending.resetSubflow(nowNs, sf, services);
    } else if (sf.mptcp().handshake() == Handshake.CAPABLE_ACK_SENT && !sf.up()) {
      // RFC 8684 section 3.1: the active end may send as soon as it has the peer's key.
      state.protocol = Protocol.MPTCP;
      sf.markUp();
      state.subflowEvent(SubflowEvent.Kind.UP, sf);
      state.meta.connected();
    }
  }

  private void subflowUp(Subflow sf, StackServices services) {
    boolean known = sf.up();
    state.protocol = Protocol.MPTCP;
    sf.markUp();
    if (!known) {
      state.subflowEvent(SubflowEvent.Kind.UP, sf);
    }
    if (sf.isMaster()) {
      state.meta.connected();
      state.countEstablished(true);
      state.cb.paths().established();
    } else {
      state.joined = true;
      state.cb.paths().subflowUp(sf);
    }
  }

  private void drain(long nowNs, Subflow sf, StackServices services) {
    if (sf.mptcp() == null) {
      if (state.protocol == Protocol.TCP || state.protocol == Protocol.MPTCP_FALLBACK) {
        state.plainProgress().drain(sf.tcp());
      }
      return;
    }
    if (sf.mptcp().handshake() != Handshake.DONE || sf.tcp().readableBytes() == 0) {
      return;
    }
    switch (sf.mptcp()
        .input()
        .drain(sf.tcp(), sf.tcp().irs(), state.cb.checksum(), state.meta.rx())) {
      case DRAINED -> sf.mptcp().input().unmapped(Long.MAX_VALUE);
      case UNMAPPED -> unmapped(nowNs, sf, services);
      case BAD_CHECKSUM -> badChecksum(nowNs, sf, services);
    }
    state.meta.takePeerFin();
  }

  /**
   * RFC 8684 section 3.7: data without mapping: fall back at the very beginning, else wait a bit.
   */
  private void unmapped(long nowNs, Subflow sf, StackServices services) {
    SubflowInput in = sf.mptcp().input();
    if (mayFallBack(sf) && !in.anyMapped()) {
      state.counters.increment(Mib.DSS_FALLBACK);
      fallBack(sf, services);
      drain(nowNs, sf, services);
    } else if (sf.tcp().readableBytes() > state.config.unmappedBytes()) {
      sf.mptcp().resetReason(MpTcpRst.MPTCP_ERROR);
      ending.resetSubflow(nowNs, sf, services);
    } else {
      in.unmapped(Math.min(in.unmappedDeadlineNs(), nowNs + SubflowInput.UNMAPPED_NS));
    }
  }

  private void badChecksum(long nowNs, Subflow sf, StackServices services) {
    state.counters.increment(Mib.DATA_CSUM_ERR);
    sf.mptcp().resetReason(MpTcpRst.MIDDLEBOX);
    if (state.subflows.size() == 1) {
      // What TCP has acknowledged cannot be asked for again without another subflow.
      ending.fail(nowNs, SocketError.EPROTO, services);
    } else {
      ending.resetSubflow(nowNs, sf, services);
    }
  }

  private void resetOptions(long nowNs, RxSegment seg, StackServices services) {
    if (state.cb == null || !seg.options().hasMptcp()) {
      return;
    }
    MpFastclose fastclose = seg.options().mptcp(MpFastclose.class);
    if (seg.options().mptcp(MpTcpRst.class) != null) {
      state.counters.increment(Mib.MP_RST_RX);
    }
    if (fastclose != null && state.options.fastclose(fastclose)) {
      ending.fail(nowNs, SocketError.ECONNRESET, services);
    }
  }

  // ---- what TCP noticed

  void afterTcp(long nowNs, Subflow sf, int notices, StackServices services) {
    if ((notices & TcpNotice.ACKED) != 0) {
      state.timers.extend(Timer.CLOSE, nowNs + state.config.closeTimeoutNs());
      if (sf.mptcp() != null) {
        sf.mptcp().tx().acknowledged(sf.tcp().sndUna());
      } else {
        state.plainProgress().acknowledged(sf.tcp().sndUna());
      }
    }
    if ((notices & TcpNotice.RTO_FIRED) != 0 && sf.mptcp() != null && sf.up()) {
      timerFired(sf, services);
    }
    if (sf.mptcp() == null) {
      state.plainProgress().fins(sf.tcp(), notices);
    } else if ((notices & TcpNotice.FIN_RECEIVED) != 0 && !sf.draining()) {
      // RFC 8684 section 3.3.3: a FIN closes its subflow, not the connection.
      sf.markDraining();
      sf.tcp().shutdownOutput();
    }
    if ((notices & FATAL) != 0) {
      died(nowNs, sf, notices, services);
    }
  }

  /** RFC 8684 section 3.3.6: what a subflow could not deliver in time goes out on others. */
  private void timerFired(Subflow sf, StackServices services) {
    if (!sf.staleByTimer()) {
      sf.stale(true);
      state.counters.increment(Mib.SUBFLOW_STALE);
      state.transmitter.reinject(sf);
    }
  }

  private void died(long nowNs, Subflow sf, int notices, StackServices services) {
    SocketError why =
        (notices & TcpNotice.TIMED_OUT) != 0
            ? SocketError.ETIMEDOUT
            : (notices & TcpNotice.REFUSED) != 0
                ? SocketError.ECONNREFUSED
                : SocketError.ECONNRESET;
    sf.error(why);
    boolean onlyOne =
        sf.mptcp() == null
            || sf.mptcp().handshake() == Handshake.CAPABLE_SYN_SENT
            || sf.mptcp().handshake() == Handshake.CAPABLE_SYN_RECEIVED
            || sf.mptcp().handshake() == Handshake.CAPABLE_ACK_SENT;
    if (onlyOne) {
      ending.fail(nowNs, why, services);
    }
  }

  private void fallBackOrReset(long nowNs, Subflow sf, StackServices services) {
    if (mayFallBack(sf)) {
      fallBack(sf, services);
    } else {
      sf.mptcp().resetReason(MpTcpRst.MPTCP_ERROR);
      ending.resetSubflow(nowNs, sf, services);
    }
  }

  /** RFC 8684 section 3.7: whether the bytes of the only subflow are the data, in order. */
  private boolean mayFallBack(Subflow sf) {
    return state.subflows.size() == 1
        && !sf.draining()
        && !state.joined
        && state.transmitter.bytesReinjected() == 0
        && state.meta.outOfOrderBytes() == 0;
  }

  private void fallBack(Subflow sf, StackServices services) {
    boolean agreed = state.protocol == Protocol.MPTCP;
    state.protocol = agreed ? Protocol.MPTCP_FALLBACK : Protocol.TCP;
    ending.forgetToken(services);
    state.countEstablished(false);
    state.transmitter.clear();
    state.timers.stopAll();
    if (!state.meta.window().started()) {
      state.meta.window().start(1);
    }
    sf.becomePlain(state.plain);
    state.plainProgress().begin(sf.tcp().iss());
    state.plainProgress().acknowledged(sf.tcp().sndUna());
    if (!agreed) {
      state.cb = null;
    }
    if (sf.tcp().state().isSynchronized()) {
      sf.markUp();
      state.meta.connected();
    }
    if (state.meta.fin().sent()) {
      sf.tcp().shutdownOutput();
    }
  }

  /** Timers of a subflow that belong to MPTCP. */
  void onTimeout(long nowNs, Subflow s, StackServices services) {
    if (s.mptcp().joinDeadlineNs() <= nowNs) {
      JoinHandshake join = s.mptcp().join();
      if (join.exhausted()) {
        join.finished();
        s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
        s.error(SocketError.ETIMEDOUT);
        s.tcp().abort();
      } else {
        s.tcp().requestAck();
      }
    }
    if (s.mptcp().input().unmappedDeadlineNs() <= nowNs) {
      s.mptcp().input().unmapped(Long.MAX_VALUE);
      s.mptcp().resetReason(MpTcpRst.MPTCP_ERROR);
      ending.resetSubflow(nowNs, s, services);
    }
  }
}
