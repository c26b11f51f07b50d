package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * What the stack drives: the {@link MetaSock}, its subflows, and the {@link MptcpCb} when MPTCP is,
 * or is being, negotiated. It never holds the stack, which passes {@link StackServices} into each
 * verb.
 *
 * <p>After any verb, and after any verb of {@link #meta()}, the stack polls {@link #pollTransmit}
 * until it returns false, then reads {@link #takeEvents()}, {@link #nextTimeoutNs()} and {@link
 * #done()}.
 */
public final class Connection {
  private final ConnectionState state;
  private int turn;

  private Connection(ConnectionState state) {
    this.state = state;
  }

  // ---- opening

  /**
   * Opens a connection. The first subflow is registered with the stack.
   *
   * @param tuple local and remote end, ports included
   * @param linkIndex link to use
   * @return null, and nothing registered, when {@link StackServices#addFlow} refused
   */
  public static Connection connect(
      long nowNs, ConnectionConfig config, FourTuple tuple, int linkIndex, StackServices services) {
    SessionKeys keys = config.mptcp() ? SessionKeys.fresh(config, services) : null;
    ConnectionState state = new ConnectionState(config, tuple, keys, services.counters());
    Connection c = new Connection(state);
    if (keys != null && !c.negotiate(keys, false, services)) {
      keys = null;
    }
    MptcpTcpSock mptcp =
        keys == null
            ? null
            : new MptcpTcpSock(
                keys,
                state.meta.window(),
                state.meta.fin(),
                services.counters(),
                Handshake.CAPABLE_SYN_SENT,
                1 + config.synRetriesBeforeTcp());
    PlainTcp plain = keys == null ? state.startPlain() : null;
    Subflow first =
        SubflowFactory.connect(nowNs, config, 0, tuple, linkIndex, mptcp, plain, services);
    return c.begin(first, services);
  }

  /**
   * Accepts a connection: a SYN for a listener, with MP_CAPABLE or without. The first subflow is
   * registered with the stack. {@link ConnectionEvents#CONNECTED} says when the handshake is over.
   *
   * @param syn the SYN, borrowed
   * @param linkIndex link it came from
   * @return null, and nothing registered, when {@link StackServices#addFlow} refused
   */
  public static Connection accept(
      long nowNs, ConnectionConfig config, RxSegment syn, int linkIndex, StackServices services) {
    MpCapable offer = syn.options().mptcp(MpCapable.class);
    if (offer != null) {
      services.counters().increment(Mib.MP_CAPABLE_SYN_RX);
    }
    // RFC 8684 section 3.1: a higher version is answered with ours; B set or H missing is no offer.
    boolean offered =
        config.mptcp()
            && offer != null
            && offer.encodedLength() == MpCapable.LENGTH_SYN
            && offer.version() >= MpCapable.VERSION_1
            && offer.hmacSha256()
            && !offer.extensibility();
    SessionKeys keys = offered ? SessionKeys.fresh(config, services) : null;
    FourTuple tuple = SubflowFactory.tupleOf(syn, services);
    ConnectionState state = new ConnectionState(config, tuple, keys, services.counters());
    Connection c = new Connection(state);
    if (keys != null && !c.negotiate(keys, true, services)) {
      keys = null;
    }
    MptcpTcpSock mptcp = null;
    PlainTcp plain = null;
    if (keys == null) {
      plain = state.startPlain();
    } else {
      keys.remoteFlags(offer.checksumRequired(), offer.denyJoinInitial());
      mptcp =
          new MptcpTcpSock(
              keys,
              state.meta.window(),
              state.meta.fin(),
              services.counters(),
              Handshake.CAPABLE_SYN_RECEIVED,
              0);
    }
    Subflow first =
        SubflowFactory.accept(nowNs, config, 0, tuple, syn, linkIndex, mptcp, plain, services);
    return c.begin(first, services);
  }

  private boolean negotiate(SessionKeys keys, boolean passive, StackServices services) {
    if (!services.tokens().add(keys.localToken(), this)) {
      services.counters().increment(Mib.MP_FALLBACK_TOKEN_INIT);
      return false;
    }
    state.negotiate(keys, passive, services);
    return true;
  }

  private Connection begin(Subflow first, StackServices services) {
    if (!services.addFlow(this, first)) {
      Ending.forgetToken(state, services);
      first.tcp().release();
      return null;
    }
    state.subflows.add(first);
    if (state.cb != null) {
      state.cb.master(first);
    }
    return this;
  }

  /**
   * A SYN with MP_JOIN whose token names this connection. RFC 8684 section 3.2.
   *
   * @param syn the SYN, borrowed
   * @param option its MP_JOIN
   * @param linkIndex link it came from
   */
  public JoinVerdict acceptJoin(
      long nowNs, RxSegment syn, MpJoinSyn option, int linkIndex, StackServices services) {
    boolean able = state.multipath() && state.cb.keys().remoteKnown() && !state.meta.closed();
    if (!able) {
      services.counters().increment(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.NOT_MPTCP;
    }
    return state.control.acceptJoin(nowNs, this, syn, option, linkIndex, services);
  }

  // ---- input

  /**
   * A segment of one of the subflows.
   *
   * @return what TCP made of it; the stack answers {@link SegmentVerdict#REPLY_RESET} with a RST
   */
  public SegmentVerdict onSegment(
      long nowNs, Subflow subflow, RxSegment segment, StackServices services) {
    SegmentVerdict verdict = ConnectionInput.onSegment(state, nowNs, subflow, segment, services);
    settle(nowNs, services);
    return verdict;
  }

  /** Brings close states, timers and path management up to date; cheap when nothing changed. */
  private void settle(long nowNs, StackServices services) {
    if (state.meta.closed()) {
      if (!state.over) {
        Ending.closeSubflows(state, nowNs, services);
      }
      return;
    }
    state.meta.discardInput();
    if (state.meta.resetDue() || state.meta.closedByApplication() && connecting()) {
      Ending.fail(state, nowNs, SocketError.ECONNABORTED, services);
      return;
    }
    if (!connecting() && state.meta.finWanted()) {
      sendFin();
    }
    if (state.meta.closedByApplication()) {
      state.timers.armBefore(Timer.CLOSE, nowNs + state.closePatienceNs());
    }
    if (state.multipath()) {
      state.retransmission.update(nowNs);
      state.control.run(nowNs, this, services);
    }
  }

  private void sendFin() {
    state.meta.sendFin();
    for (Subflow s : state.subflows.view()) {
      if (s.mptcp() == null) {
        s.tcp().shutdownOutput();
      } else if (s.up()) {
        // RFC 8684 section 3.3.3: once everything is sent; on every subflow, as Linux does.
        s.tcp().requestAck();
      }
    }
  }

  // ---- output

  /**
   * Builds the next segment that should leave now, of whatever subflow; addresses, ports and link
   * are filled in.
   *
   * @return false when there is nothing to send now
   */
  public boolean pollTransmit(long nowNs, TxSegment out, StackServices services) {
    settle(nowNs, services);
    if (!state.meta.closed()) {
      tellWindow(nowNs);
      push(nowNs, services);
      state.meta.tuneSending(nowNs, state.subflows);
    }
    for (int i = 0; i < state.subflows.size(); i++) {
      turn = turn >= state.subflows.size() - 1 ? 0 : turn + 1;
      Subflow s = state.subflows.get(turn);
      if (s.tcp().pollTransmit(nowNs, out)) {
        out.linkIndex(s.linkIndex());
        if (s.mptcp() != null && s.mptcp().acknowledgeAgain(s.tcp().unsentBytes())) {
          s.tcp().requestAck();
        }
        return true;
      }
    }
    return reap(nowNs, services) && pollTransmit(nowNs, out, services);
  }

  private void push(long nowNs, StackServices services) {
    if (state.multipath()) {
      state.transmitter.push(state.cb.checksum());
      if (state.meta.finWanted()) {
        sendFin();
      }
      state.retransmission.update(nowNs);
    } else if (!connecting() && state.subflows.size() > 0) {
      state.transmitter.pushPlain(state.subflows.get(0));
      if (state.meta.finWanted()) {
        sendFin();
      }
    }
  }

  private void tellWindow(long nowNs) {
    state.meta.tuneReceiving(nowNs, state.subflows);
    if (!state.multipath()) {
      if (state.subflows.size() > 0) {
        state.subflows.get(0).tcp().windowMayHaveGrown();
      }
    } else if (state.meta.window().updateDue()) {
      for (int i = 0; i < state.subflows.size(); i++) {
        if (state.subflows.get(i).established()) {
          state.subflows.get(i).tcp().requestAck();
        }
      }
    }
  }

  /** Takes leave of subflows that are over and have nothing more to send. */
  private boolean reap(long nowNs, StackServices services) {
    boolean any = false;
    for (int i = state.subflows.size() - 1; i >= 0; i--) {
      Subflow s = state.subflows.get(i);
      TcpState tcp = s.tcp().state();
      if (tcp == TcpState.CLOSED || tcp == TcpState.TIME_WAIT) {
        remove(nowNs, s, services);
        any = true;
      }
    }
    if (any) {
      settle(nowNs, services);
    }
    return any && state.subflows.size() > 0;
  }

  private void remove(long nowNs, Subflow s, StackServices services) {
    if (!state.meta.closed()) {
      state.transmitter.reinject(s);
      if (s.mptcp() == null) {
        Ending.fail(state, nowNs, SocketError.ECONNRESET, services);
      }
    }
    state.subflows.remove(s);
    if (s.up() && state.protocol != Protocol.TCP) {
      state.subflowEvent(SubflowEvent.Kind.DOWN, s);
    }
    if (state.cb != null && s.mptcp() != null && !state.meta.closed()) {
      state.cb.paths().subflowDown(s);
    }
    services.removeFlow(nowNs, this, s);
    s.tcp().release();
    if (s.mptcp() != null) {
      s.mptcp().release();
    }
  }

  // ---- time

  /** When {@link #onTimeout} wants to be called; {@link Long#MAX_VALUE} for never. */
  public long nextTimeoutNs() {
    long next = state.timers.next();
    for (int i = 0; i < state.subflows.size(); i++) {
      Subflow s = state.subflows.get(i);
      next = Math.min(next, s.tcp().nextTimeoutNs());
      if (s.mptcp() != null) {
        next = Math.min(next, s.mptcp().joinDeadlineNs());
        next = Math.min(next, s.mptcp().input().unmappedDeadlineNs());
      }
    }
    return next;
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long nowNs, StackServices services) {
    for (int i = 0; i < state.subflows.size(); i++) {
      Subflow s = state.subflows.get(i);
      s.tcp().onTimeout(nowNs);
      ConnectionInput.afterTcp(state, nowNs, s, s.tcp().notices(), services);
      if (s.mptcp() != null) {
        ConnectionInput.onTimeout(state, nowNs, s, services);
      }
    }
    if (state.timers.take(Timer.LINGER, nowNs)) {
      state.subflows.view().forEach(s -> s.tcp().abort());
    }
    if (state.timers.take(Timer.CLOSE, nowNs) || state.timers.take(Timer.NO_SUBFLOW, nowNs)) {
      Ending.fail(state, nowNs, SocketError.ETIMEDOUT, services);
    }
    if (state.multipath() && !state.meta.closed()) {
      state.retransmission.onTimeout(nowNs);
      state.control.onTimeout(nowNs, services);
    }
    settle(nowNs, services);
  }

  // ---- what the host tells

  /** This host lost an address: it is withdrawn and its subflows are closed. */
  public void onLocalAddressGone(long nowNs, LocalAddress address, StackServices services) {
    if (!state.multipath()) {
      return;
    }
    state.control.localAddressGone(address);
    settle(nowNs, services);
  }

  /** This host gained an address. */
  public void onLocalAddressAdded(long nowNs, LocalAddress address, StackServices services) {
    if (state.multipath()) {
      state.cb.paths().localAddress(address);
      settle(nowNs, services);
    }
  }

  /** A link went down: what its subflows owe goes out on others. */
  public void onLinkDown(long nowNs, int linkIndex, StackServices services) {
    for (Subflow s : state.subflows.view()) {
      if (s.linkIndex() == linkIndex) {
        s.linkDown(true);
        state.transmitter.reinject(s);
      }
    }
    if (state.multipath()) {
      state.cb.paths().linkDown(linkIndex);
      settle(nowNs, services);
    }
  }

  /** A link came up: its subflows go on, and the path manager may open others. */
  public void onLinkUp(long nowNs, int linkIndex, StackServices services) {
    for (Subflow s : state.subflows.view()) {
      if (s.linkIndex() == linkIndex) {
        s.linkDown(false);
        s.tcp().pathRestored(nowNs);
      }
    }
    if (state.multipath()) {
      state.cb.paths().linkUp(linkIndex);
    }
    settle(nowNs, services);
  }

  /** A router says that the peer of a flow cannot be reached; matters only while it connects. */
  public void onUnreachable(long nowNs, Subflow subflow, StackServices services) {
    if (subflow.tcp().state() != TcpState.SYN_SENT) {
      return;
    }
    // RFC 9293 section 3.9.2.2: while connecting, unreachable is taken for an answer.
    subflow.error(SocketError.EHOSTUNREACH);
    subflow.tcp().abort();
    if (subflow.isMaster()) {
      Ending.fail(state, nowNs, SocketError.EHOSTUNREACH, services);
    }
  }

  /** Sets how a subflow is used and tells the peer by MP_PRIO; an unknown id is ignored. */
  public void setPriority(int subflowId, Priority priority) {
    if (state.multipath()) {
      state.control.setPriority(subflowId, priority);
    }
  }

  /** Resets what is left of it, also subflows that outlive the data level. */
  public void reset() {
    if (state.over) {
      state.subflows.view().forEach(s -> s.tcp().abort());
    } else {
      state.meta.abort();
    }
  }

  /** Ends everything without a word to anybody: the stack closes. Flows are unregistered. */
  public void release(long nowNs, StackServices services) {
    Ending.forgetToken(state, services);
    for (int i = state.subflows.size() - 1; i >= 0; i--) {
      Subflow s = state.subflows.get(i);
      state.subflows.remove(s);
      services.removeFlow(nowNs, this, s);
      s.tcp().release();
      if (s.mptcp() != null) {
        s.mptcp().release();
      }
    }
    state.timers.stopAll();
    state.over = true;
    state.meta.release();
  }

  // ---- views

  /** What the application holds. */
  public MetaSock meta() {
    return state.meta;
  }

  /** MPTCP's control block, or null when this is plain TCP. */
  public MptcpCb cb() {
    return state.cb;
  }

  /** What was agreed with the peer. */
  public Protocol protocol() {
    return state.protocol;
  }

  /** Live subflows in order of creation; read-only view. */
  public List<Subflow> subflows() {
    return state.subflows.view();
  }

  /** Local and remote end of the first subflow; stays when that subflow dies. */
  public FourTuple tuple() {
    return state.tuple;
  }

  /** Bits of {@link ConnectionEvents} since the last call, which clears them. */
  public int takeEvents() {
    int events = state.meta.takeEvents();
    state.closeReported |= (events & ConnectionEvents.CLOSED) != 0;
    return events;
  }

  /** Next subflow that came or went, or null. */
  public SubflowEvent pollSubflowEvent() {
    return state.pollSubflowEvent();
  }

  /** Next address that the peer announced, or null. */
  public RemoteAddress pollAnnouncement() {
    return state.pollAnnouncement();
  }

  /** Whether nothing is left of it: no flow, nothing to wait for. The stack may forget it. */
  public boolean done() {
    return state.meta.closed() && state.subflows.size() == 0;
  }

  /** Whether the handshake is not over yet. */
  public boolean connecting() {
    return state.meta.state() == MetaState.CONNECTING;
  }

  /** A snapshot. */
  public ConnectionInfo info(long socketId) {
    return ConnectionSnapshot.connection(
        socketId, state.protocol, state.meta, state.cb, state.subflows, state.transmitter);
  }
}
