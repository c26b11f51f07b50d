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
  /** A subflow that is heard again retransmits at once, unless it has done so just now. */
  private static final long HEARD_AGAIN_NS = 500_000_000;

  private static final int FATAL = TcpNotice.RESET | TcpNotice.REFUSED | TcpNotice.TIMED_OUT;

  private ConnectionInput() {}

  /** A segment of a subflow: TCP first, then its options, then its data. */
  static SegmentVerdict onSegment(
      ConnectionState state,
      long nowNs,
      Subflow subflow,
      RxSegment segment,
      StackServices services) {
    if (subflow.mptcp() != null && subflow.mptcp().input().refuses(subflow.tcp(), segment)) {
      state.counters.increment(Mib.TCP_RCV_Q_DROP);
      return SegmentVerdict.DROPPED;
    }
    SegmentVerdict verdict = subflow.tcp().onSegment(nowNs, segment);
    int notices = subflow.tcp().notices();
    if ((notices & TcpNotice.ESTABLISHED) != 0) {
      tcpEstablished(state, subflow, segment);
    }
    switch (verdict) {
      case ACCEPTED -> {
        if (subflow.staleByTimer()) {
          heardAgain(state, nowNs, subflow, notices);
        }
        accepted(state, nowNs, subflow, segment, services);
      }
      case RESET, REFUSED -> resetOptions(state, nowNs, subflow, segment, services);
      default -> {
        // Nothing of it may be used.
      }
    }
    afterTcp(state, nowNs, subflow, notices, services);
    return verdict;
  }

  private static void tcpEstablished(ConnectionState state, Subflow subflow, RxSegment segment) {
    if (subflow.mptcp() != null) {
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

  /** A subflow that was silent is heard, perhaps only because it was asked. */
  private static void heardAgain(ConnectionState state, long nowNs, Subflow sf, int notices) {
    if ((notices & TcpNotice.ACKED) == 0) {
      // RFC 6298 section 2.3: an acknowledgement may take so long to come.
      long roundTripNs = sf.tcp().srttNs() + 4 * sf.tcp().rttVarNs();
      if (nowNs - sf.tcp().lastSentNs() < Math.max(HEARD_AGAIN_NS, roundTripNs)) {
        return;
      }
      // RFC 6069 section 4: waiting for the end of a long back-off has no purpose any more.
      sf.tcp().pathRestored(nowNs);
    }
    sf.stale(false);
    state.counters.increment(Mib.SUBFLOW_RECOVER);
  }

  private static void accepted(
      ConnectionState state, long nowNs, Subflow sf, RxSegment seg, StackServices services) {
    if (sf.mptcp() != null) {
      act(state, nowNs, sf, state.options.onSegment(sf, seg), services);
    }
    drain(state, nowNs, sf, services);
  }

  /** Does what the options of a segment call for. */
  private static void act(
      ConnectionState state, long nowNs, Subflow sf, int result, StackServices services) {
    if ((result & MptcpInput.UP) != 0) {
      subflowUp(state, sf, services);
    }
    if ((result & MptcpInput.PROGRESS) != 0) {
      state.retransmission.progress(nowNs);
    }
    if ((result & MptcpInput.ANNOUNCED) != 0) {
      state.announced(state.options.announced());
    }
    if ((result & MptcpInput.FASTCLOSED) != 0) {
      Ending.fail(state, nowNs, SocketError.ECONNRESET, services);
    } else if ((result & MptcpInput.FALLBACK) != 0) {
      fallBackOrReset(state, nowNs, sf, services);
    } else if ((result & MptcpInput.RESET) != 0) {
      Ending.resetSubflow(state, nowNs, sf, services);
    } else if (sf.mptcp().handshake() == Handshake.CAPABLE_ACK_SENT && !sf.up()) {
      // RFC 8684 section 3.1: the active end may send as soon as it has the peer's key.
      state.protocol = Protocol.MPTCP;
      sf.markUp();
      state.subflowEvent(SubflowEvent.Kind.UP, sf);
      state.meta.connected();
    }
  }

  private static void subflowUp(ConnectionState state, Subflow sf, StackServices services) {
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
    for (Subflow s : state.subflows.view()) {
      if (s.tcp().finReceived() && !s.draining()) {
        closedByPeer(state, s);
      }
    }
  }

  private static void drain(ConnectionState state, long nowNs, Subflow sf, StackServices services) {
    if (sf.mptcp() == null) {
      if (state.protocol == Protocol.TCP || state.protocol == Protocol.MPTCP_FALLBACK) {
        state.plainProgress().drain(sf.tcp());
        state.meta.takePeerFin();
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
      case UNMAPPED -> unmapped(state, nowNs, sf, services);
      case BAD_CHECKSUM -> badChecksum(state, nowNs, sf, services);
    }
    state.meta.takePeerFin();
  }

  /**
   * RFC 8684 section 3.7: data without mapping: fall back at the very beginning, else wait a bit.
   */
  private static void unmapped(
      ConnectionState state, long nowNs, Subflow sf, StackServices services) {
    SubflowInput in = sf.mptcp().input();
    if (mayFallBack(state, sf) && !in.anyMapped()) {
      state.counters.increment(Mib.DSS_FALLBACK);
      fallBack(state, sf, services);
      drain(state, nowNs, sf, services);
    } else if (sf.tcp().readableBytes() > state.config.unmappedBytes()) {
      sf.mptcp().resetReason(MpTcpRst.MPTCP_ERROR);
      Ending.resetSubflow(state, nowNs, sf, services);
    } else {
      in.unmapped(Math.min(in.unmappedDeadlineNs(), nowNs + SubflowInput.UNMAPPED_NS));
    }
  }

  private static void badChecksum(
      ConnectionState state, long nowNs, Subflow sf, StackServices services) {
    state.counters.increment(Mib.DATA_CSUM_ERR);
    sf.mptcp().resetReason(MpTcpRst.MIDDLEBOX);
    if (state.subflows.size() == 1) {
      // What TCP has acknowledged cannot be asked for again without another subflow.
      Ending.fail(state, nowNs, SocketError.EPROTO, services);
    } else {
      Ending.resetSubflow(state, nowNs, sf, services);
    }
  }

  private static void resetOptions(
      ConnectionState state, long nowNs, Subflow sf, RxSegment seg, StackServices services) {
    if (state.cb == null || !seg.options().hasMptcp()) {
      return;
    }
    MpFastclose fastclose = seg.options().mptcp(MpFastclose.class);
    MpTcpRst why = seg.options().mptcp(MpTcpRst.class);
    if (why != null) {
      sf.peerReset(why);
      state.counters.increment(Mib.MP_RST_RX);
    }
    if (fastclose != null && state.options.fastclose(fastclose)) {
      Ending.fail(state, nowNs, SocketError.ECONNRESET, services);
    }
  }

  // ---- what TCP noticed

  static void afterTcp(
      ConnectionState state, long nowNs, Subflow sf, int notices, StackServices services) {
    if ((notices & TcpNotice.ACKED) != 0) {
      state.timers.extend(Timer.CLOSE, nowNs + state.closePatienceNs());
      if (sf.mptcp() != null) {
        sf.mptcp().tx().acknowledged(sf.tcp().sndUna());
      } else {
        state.plainProgress().acknowledged(sf.tcp().sndUna());
      }
    }
    if ((notices & TcpNotice.RTO_FIRED) != 0 && sf.mptcp() != null && sf.up()) {
      timerFired(state, sf, services);
    }
    if (sf.mptcp() == null) {
      state.plainProgress().fins(sf.tcp(), notices);
      if (state.meta.endsEarly(sf.tcp())) {
        Ending.fail(state, nowNs, SocketError.EPROTO, services);
      }
    } else if ((notices & TcpNotice.FIN_RECEIVED) != 0 && !sf.draining()) {
      closedByPeer(state, sf);
    }
    if ((notices & FATAL) != 0) {
      died(state, nowNs, sf, notices, services);
    }
  }

  /**
   * RFC 8684 section 3.3.3: a FIN closes its subflow, not the connection, and one direction of it:
   * behind the peer's DATA_FIN, or where there is no other subflow, what we have to send still
   * leaves on it.
   */
  private static void closedByPeer(ConnectionState state, Subflow sf) {
    if (!state.meta.peerFinKnown() && state.subflows.usableBeside(sf)) {
      sf.markDraining();
      sf.tcp().shutdownOutput();
    }
  }

  /** RFC 8684 section 3.3.6: what a subflow could not deliver in time goes out on others. */
  private static void timerFired(ConnectionState state, Subflow sf, StackServices services) {
    if (!sf.staleByTimer()) {
      sf.stale(true);
      state.counters.increment(Mib.SUBFLOW_STALE);
      state.transmitter.reinject(sf);
    }
  }

  private static void died(
      ConnectionState state, long nowNs, Subflow sf, int notices, StackServices services) {
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
      Ending.fail(state, nowNs, why, services);
    }
  }

  private static void fallBackOrReset(
      ConnectionState state, long nowNs, Subflow sf, StackServices services) {
    if (mayFallBack(state, sf)) {
      fallBack(state, sf, services);
    } else {
      sf.mptcp().resetReason(MpTcpRst.MPTCP_ERROR);
      Ending.resetSubflow(state, nowNs, sf, services);
    }
  }

  /** RFC 8684 section 3.7: whether the bytes of the only subflow are the data, in order. */
  private static boolean mayFallBack(ConnectionState state, Subflow sf) {
    return isOnlyOne(state, sf)
        && !sf.draining()
        && state.transmitter.bytesReinjected() == 0
        && state.meta.outOfOrderBytes() == 0
        && (!state.meta.window().started()
            || sf.mptcp().input().inOrder(sf.tcp(), state.meta.window().next()));
  }

  /** Whether no other subflow carries data, or ever did; joins under way do not count. */
  private static boolean isOnlyOne(ConnectionState state, Subflow sf) {
    return sf.isMaster()
        && !state.joined
        && state.subflows.view().stream().noneMatch(s -> s != sf && s.up());
  }

  private static void fallBack(ConnectionState state, Subflow sf, StackServices services) {
    boolean agreed = state.protocol == Protocol.MPTCP;
    for (Subflow s : state.subflows.view()) {
      if (s != sf) {
        s.markDraining();
        s.tcp().abort();
      }
    }
    state.protocol = agreed ? Protocol.MPTCP_FALLBACK : Protocol.TCP;
    Ending.forgetToken(state, services);
    state.countEstablished(false);
    state.transmitter.clear();
    state.timers.stopAll();
    if (!state.meta.window().started()) {
      state.meta.window().start(1);
    }
    sf.mptcp().input().deliverUnverified(state.meta.window().next(), state.meta.rx());
    sf.becomePlain(new PlainTcp(state.meta.window()));
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
  static void onTimeout(ConnectionState state, long nowNs, Subflow s, StackServices services) {
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
      Ending.resetSubflow(state, nowNs, s, services);
    }
  }
}
