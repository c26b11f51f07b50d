package org.mptcp4j.mptcp;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * What the stack drives: the {@link MetaSock}, which the application holds, and the {@link
 * Transport} that carries its data. The only class that knows all parts of a connection: others say
 * what is to be decided, this one carries it out.
 *
 * <p>After any verb, and after any verb of {@link #meta()}, the stack polls {@link #pollTransmit}
 * until it returns false, then reads {@link MetaSock#takeEvents()}, {@link #nextTimeoutNs()} and
 * {@link #done()}.
 */
public final class Connection {
  private static final long LOSS_PATIENCE_NS = 5_000_000_000L; // some retransmissions fit in

  private final SubflowFactory factory;
  private final FourTuple tuple;
  private final Registration registration;
  private final MetaSock meta;
  private final MetaTimers timers = new MetaTimers();
  private Transport transport;
  private Agreement beforeFallback = Agreement.NONE;
  private int token; // ours as long as joins may find it, else 0, which no connection has
  private int turn;

  private Connection(SubflowFactory factory, FourTuple tuple, Registration entries, Offer offer) {
    this.factory = factory;
    this.tuple = tuple;
    registration = entries;
    long firstDsn = offer.keys().isPresent() ? offer.keys().get().localIdsn() + 1 : 1;
    StackServices services = factory.services();
    meta = new MetaSock(factory.config(), firstDsn, services.counters(), services.memory());
    meta.fallsBack(offer.whyNot());
  }

  // ---- opening

  /**
   * Opens a connection. The first flow is registered with the stack.
   *
   * @param factory makes its flows
   * @param tuple local and remote end, ports included
   * @param linkIndex link to use
   * @param registration where this one is registered
   * @return none, and nothing registered, when {@link Registration#addFlow} refused
   */
  public static Optional<Connection> connect(
      long nowNs,
      SubflowFactory factory,
      FourTuple tuple,
      int linkIndex,
      Registration registration) {
    ConnectionConfig config = factory.config();
    boolean mptcp =
        config.speaksMptcp() && Offers.mayGetThrough(nowNs, tuple.remote(), factory.services());
    Offer own = mptcp ? Offers.reserve(factory, registration) : Offer.NONE;
    Connection c = new Connection(factory, tuple, registration, own);
    return c.begin(
        own.keys(),
        SubflowState.CAPABLE_SYN_SENT,
        1 + config.mptcp().synRetriesBeforeTcp(),
        linkIndex,
        extension -> factory.connect(nowNs, tuple, linkIndex, extension));
  }

  /**
   * Accepts a connection: a SYN for a listener, with MP_CAPABLE or without. The first flow is
   * registered with the stack. {@link ConnectionEvents#CONNECTED} says when the handshake is over.
   *
   * @param factory makes its flows
   * @param syn the SYN, borrowed
   * @param linkIndex link it came from
   * @param registration where this one is registered
   * @param fastOpen whether the data of the SYN is taken, and what the answer says of that
   * @return none, and nothing registered, when {@link Registration#addFlow} refused
   */
  public static Optional<Connection> accept(
      long nowNs,
      SubflowFactory factory,
      RxSegment syn,
      int linkIndex,
      Registration registration,
      FastOpenAnswer fastOpen) {
    MpCapable offer = Offers.in(syn, factory.services().counters());
    boolean mptcp = factory.config().speaksMptcp() && Offers.isOffer(offer);
    Offer own = mptcp ? Offers.reserve(factory, registration) : Offer.NONE;
    FourTuple tuple = factory.tupleOf(syn);
    Connection c = new Connection(factory, tuple, registration, own);
    own.keys().ifPresent(k -> k.remoteFlags(offer.checksumRequired(), offer.denyJoinInitial()));
    Optional<Connection> made =
        c.begin(
            own.keys(),
            SubflowState.CAPABLE_SYN_RECEIVED,
            0,
            linkIndex,
            extension -> factory.accept(nowNs, tuple, syn, fastOpen, linkIndex, extension));
    if (fastOpen.opensEarly() && made.isPresent()) {
      c.transport.openedEarly();
      c.carryOut(nowNs, c.transport.drain(nowNs, c.flows().get(0)));
    }
    return made;
  }

  /**
   * Accepts a connection whose SYN was answered by a cookie. {@link #onSegment} then gets the
   * segment for the first of {@link #flows()}.
   *
   * @param ack the segment that sent the cookie back, borrowed
   * @param cookie what it says of the SYN
   * @param key our key in the answer, 0 when that had none
   * @see #accept the other parameters
   */
  public static Optional<Connection> accept(
      long nowNs,
      SubflowFactory factory,
      RxSegment ack,
      SynCookie cookie,
      long key,
      int linkIndex,
      Registration registration) {
    Offer own = key != 0 ? Offers.reserve(factory, registration, key) : Offer.NONE;
    FourTuple tuple = factory.tupleOf(ack);
    return new Connection(factory, tuple, registration, own)
        .begin(
            own.keys(),
            SubflowState.CAPABLE_SYN_RECEIVED,
            0,
            linkIndex,
            extension -> factory.accept(nowNs, tuple, ack, cookie, linkIndex, extension));
  }

  /**
   * Makes the first flow and registers it.
   *
   * @param keys ours when MPTCP is offered, by this end or by the peer
   * @param handshake where that begins then
   * @param offers SYNs that carry MP_CAPABLE before plain ones are tried
   * @param socket makes the TCP socket with its extension
   */
  private Optional<Connection> begin(
      Optional<SessionKeys> keys,
      SubflowState handshake,
      int offers,
      int linkIndex,
      Function<TcpExtension, TcpSock> socket) {
    Flow flow;
    if (keys.isPresent()) {
      SubflowOptions options =
          new SubflowOptions(
              keys.get(), meta.window(), meta.fin(), meta.counters(), handshake, offers);
      MptcpTcpSock first = new MptcpTcpSock(0, linkIndex, socket.apply(options), options);
      transport = new Opening(keys.get(), meta, first, factory);
      token = keys.get().localToken();
      flow = first;
    } else {
      PlainTcp extension = new PlainTcp(meta.window(), meta.counters());
      PlainTransport plain =
          new PlainTransport(linkIndex, socket.apply(extension), extension, meta);
      transport = plain;
      flow = plain;
    }
    if (registration.addFlow(flow)) {
      return Optional.of(this);
    }
    forgetToken();
    flow.tcp().release();
    return Optional.empty();
  }

  /** No join finds this connection any more. */
  private void forgetToken() {
    if (token != 0) {
      registration.removeToken(token);
      token = 0;
    }
  }

  // ---- input

  /**
   * A segment of one of the flows: TCP first, then its options, then its data.
   *
   * @return what TCP made of it; the stack answers {@link SegmentVerdict#REPLY_RESET} with a RST
   */
  public SegmentVerdict onSegment(long nowNs, Flow flow, RxSegment segment) {
    SegmentVerdict verdict = SegmentVerdict.DROPPED;
    if (transport.refuses(flow, segment)) {
      meta.counters().increment(Mib.TCP_RCV_Q_DROP);
    } else {
      verdict = flow.tcp().onSegment(nowNs, segment);
      int notices = flow.tcp().notices();
      boolean accepted = verdict == SegmentVerdict.ACCEPTED;
      if (accepted && flow.heard(nowNs, notices)) {
        registration.log(new PathEvent.SubRecovered(flow));
      }
      Decision decision = transport.onSegment(nowNs, flow, segment, verdict, notices);
      if (decision == Decision.AGREED) {
        decision = agreed((Opening) transport, segment);
      }
      carryOut(nowNs, decision);
      if (accepted) {
        carryOut(nowNs, transport.drain(nowNs, flow));
      }
      afterTcp(nowNs, flow, notices);
    }
    settle(nowNs);
    return verdict;
  }

  private void afterTcp(long nowNs, Flow flow, int notices) {
    if ((notices & TcpNotice.ACKED) != 0 && meta.tcpOptions().lingerNs() < 0) {
      timers.extend(Timer.CLOSE, nowNs + closePatienceNs());
    }
    PathFindings.keep(nowNs, flow.tcp(), notices, factory.services());
    carryOut(nowNs, transport.afterTcp(nowNs, flow, notices));
  }

  private void carryOut(long nowNs, Decision decision) {
    if (decision == Decision.FALL_BACK) {
      fallBack(nowNs);
    } else if (decision.error() != SocketError.NONE) {
      fail(nowNs, decision.error());
    }
  }

  private Decision agreed(Opening opening, RxSegment segment) {
    MptcpCb cb = new MptcpCb(opening, tuple, meta, timers, factory, registration);
    transport = cb;
    return cb.begin(segment);
  }

  /** RFC 8684 section 3.7: the bytes of the only subflow are the data from now on. */
  private void fallBack(long nowNs) {
    forgetToken();
    timers.stopAll();
    registration.log(new PathEvent.FellBack(meta.fallbackReason()));
    PlainTransport plain;
    if (transport instanceof MptcpCb cb) {
      beforeFallback = cb.agreement();
      plain = cb.fallBack();
      cb.over();
    } else {
      plain = PlainTransport.fallBack((Opening) transport, meta);
    }
    transport = plain;
    registration.replaceFlow(plain);
    // What came before, and waited for a mapping.
    carryOut(nowNs, plain.drain(nowNs, plain));
    carryOut(nowNs, plain.afterTcp(nowNs, plain, 0));
  }

  /** Brings close states, timers and path management up to date; cheap when nothing changed. */
  private void settle(long nowNs) {
    if (meta.closed()) {
      if (meta.life() == Life.FINISHED) {
        // Both ends finished: now the flows close. RFC 8684 section 3.3.3.
        meta.flowsClose();
        transport.closeAll(CloseReason.FINISHED);
        over(nowNs);
      }
      return;
    }
    meta.discardInput();
    if (meta.resetDue() || meta.closedByApplication() && meta.connecting()) {
      fail(nowNs, SocketError.ECONNABORTED);
      return;
    }
    sendFinIfWanted();
    if (meta.closedByApplication()) {
      timers.armBefore(Timer.CLOSE, nowNs + closePatienceNs());
    }
    transport.settle(nowNs);
  }

  private void sendFinIfWanted() {
    if (!meta.connecting() && meta.finWanted() && transport.mayEnd()) {
      meta.sendFin();
      transport.sendFin();
      turn = 0;
    }
  }

  /** How long a closed connection waits for the next sign that what was written gets through. */
  private long closePatienceNs() {
    long patienceNs = factory.config().timeouts().closingNs();
    // RFC 2525 section 2.17: a peer must soon hear that nobody reads what it goes on to send.
    patienceNs = meta.losesInput() ? Math.min(LOSS_PATIENCE_NS, patienceNs) : patienceNs;
    return meta.policy().lingered(patienceNs);
  }

  // ---- output

  /**
   * Builds the next segment that should leave now, of whatever flow; addresses, ports and link are
   * filled in.
   *
   * @return false when there is nothing to send now
   */
  public boolean pollTransmit(long nowNs, TxSegment out) {
    settle(nowNs);
    if (!meta.closed()) {
      meta.tuneReceiving(nowNs, transport);
      transport.tellWindow();
      transport.push(nowNs);
      sendFinIfWanted();
    }
    return pollFlows(nowNs, out) || allSent(nowNs, out);
  }

  /** The same right behind a segment, with nothing in between: looks only at what that changed. */
  public boolean pollFurther(long nowNs, TxSegment out) {
    if (meta.tx().unsentBytes() > 0 || transport.isReinjecting()) {
      return pollFlows(nowNs, out) || pollTransmit(nowNs, out);
    }
    settle(nowNs);
    return pollFlows(nowNs, out) || allSent(nowNs, out);
  }

  private boolean pollFlows(long nowNs, TxSegment out) {
    List<? extends Flow> flows = transport.flows();
    for (int i = 0; i < flows.size(); i++) {
      int at = turn < flows.size() ? turn : 0;
      turn = at + 1 < flows.size() ? at + 1 : 0;
      if (flows.get(at).pollTransmit(nowNs, out)) {
        return true;
      }
    }
    return false;
  }

  /** What can leave now has left. Returns whether there is a segment after all. */
  private boolean allSent(long nowNs, TxSegment out) {
    if (!meta.closed()) {
      transport.updateTimers(nowNs);
      if (meta.policy().update(nowNs, timers)) {
        meta.policy().carried(transport.unsentBytes(), transport.passingBytes());
      }
      meta.tuneSending(nowNs, transport);
    }
    List<? extends Flow> flows = transport.flows();
    for (int i = 0; i < flows.size(); i++) {
      flows.get(i).tcp().allSent(nowNs, meta.isFull(), meta.tx().unsentBytes());
    }
    return reap(nowNs) && pollTransmit(nowNs, out);
  }

  /** Takes leave of flows that are over and have nothing more to send. */
  private boolean reap(long nowNs) {
    boolean any = false;
    List<? extends Flow> flows = transport.flows();
    for (int i = flows.size() - 1; i >= 0; i--) {
      TcpState tcp = flows.get(i).tcp().state();
      if (tcp == TcpState.CLOSED || tcp == TcpState.TIME_WAIT) {
        remove(nowNs, flows.get(i));
        any = true;
      }
    }
    if (any) {
      settle(nowNs);
    }
    return any && !transport.flows().isEmpty();
  }

  private void remove(long nowNs, Flow flow) {
    carryOut(nowNs, transport.remove(flow));
    if (flow.up() && fellBack()) {
      registration.path(new PathEvent.SubClosed(flow));
    }
    registration.removeFlow(flow);
    flow.release();
  }

  // ---- time

  /** Bytes to read, or to come, until nothing is left of what the peer calls urgent. */
  public long urgentBytes() {
    return transport.urgentBytes();
  }

  /** When {@link #onTimeout} wants to be called; {@link Long#MAX_VALUE} for never. */
  public long nextTimeoutNs() {
    return Math.min(timers.next(), transport.nextTimeoutNs());
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long nowNs) {
    for (Flow flow : transport.flows()) {
      flow.tcp().onTimeout(nowNs);
      afterTcp(nowNs, flow, flow.tcp().notices());
      carryOut(nowNs, transport.onTimeout(nowNs, flow));
    }
    meta.policy().onTimeout(nowNs, timers);
    if (timers.take(nowNs, Timer.LINGER)) {
      transport.closeAll(CloseReason.ABORTED);
    }
    if (timers.take(nowNs, Timer.CLOSE)) {
      fail(nowNs, SocketError.ETIMEDOUT);
    }
    if (timers.take(nowNs, Timer.NO_SUBFLOW)) {
      fail(nowNs, transport.withoutFlows());
    }
    if (!meta.closed()) {
      carryOut(nowNs, transport.onTimeout(nowNs));
    }
    settle(nowNs);
  }

  // ---- what the host tells

  /** This host lost an address: it is withdrawn and its subflows are closed. */
  public void onLocalAddressGone(long nowNs, LocalAddress address) {
    transport.localAddressGone(address);
    settle(nowNs);
  }

  /** This host gained an address. */
  public void onLocalAddressAdded(long nowNs, LocalAddress address) {
    transport.localAddressAdded(address);
    settle(nowNs);
  }

  /** A link went down: what its subflows owe goes out on others. */
  public void onLinkDown(long nowNs, int linkIndex) {
    transport.linkDown(linkIndex);
    settle(nowNs);
  }

  /** A link came up: its subflows go on, and the path manager may open others. */
  public void onLinkUp(long nowNs, int linkIndex) {
    transport.linkUp(nowNs, linkIndex);
    settle(nowNs);
  }

  /** A router or host says of a packet that is in flight that it did not arrive. */
  public void onIcmpError(long nowNs, Flow flow, IcmpError error) {
    if (error.kind() == IcmpError.Kind.PACKET_TOO_BIG) {
      flow.tcp().onPacketTooBig(nowNs, error);
      afterTcp(nowNs, flow, flow.tcp().notices());
    } else if (flow.tcp().state() == TcpState.SYN_SENT && error.isUnreachable()) {
      // RFC 9293 section 3.9.2.2: while connecting, unreachable is taken for an answer.
      CloseReason why = CloseReason.of(error);
      flow.close(why);
      carryOut(nowNs, transport.unreachable(why));
    } else {
      flow.onSoftError(nowNs, error);
    }
  }

  /**
   * What the application may do with its paths.
   *
   * @param what it wants, for the message
   * @throws MptcpException when the ends have not agreed on MPTCP, or not yet
   */
  public Paths paths(String what) throws MptcpException {
    return transport.paths(what);
  }

  /** Tells the path manager, if there is one, what who configured it says. */
  public void news(PathNews news) {
    transport.news(news);
  }

  /** From now on another scheduler decides which subflow carries what. */
  public void scheduler(Scheduler chosen) {
    transport.scheduler(chosen);
  }

  /** From now on another algorithm controls the congestion of its flows. */
  public void congestionControl(CongestionControlFactory chosen) {
    transport.congestionControl(chosen);
  }

  // ---- the end

  /** The connection is over, in disorder: every flow is reset, with MP_FASTCLOSE. */
  private void fail(long nowNs, SocketError why) {
    if (meta.closed()) {
      return;
    }
    meta.fail(why);
    // RFC 8684 section 3.5: MP_FASTCLOSE goes out with a RST, unless the peer began it.
    boolean peerKnows = why == SocketError.ECONNRESET;
    transport.closeAll(peerKnows ? CloseReason.ABORTED : CloseReason.FASTCLOSED);
    over(nowNs);
  }

  /** The data level is over; what is left are flows. */
  private void over(long nowNs) {
    assert meta.life() == Life.CLOSED : "its flows were told";
    forgetToken();
    transport.over();
    timers.stopAll();
    if (meta.closedByApplication()) {
      meta.rx().release();
    }
    timers.arm(Timer.LINGER, nowNs + factory.config().timeouts().closingNs());
  }

  /** Resets what is left of it, also flows that outlive the data level. */
  public void reset() {
    if (meta.life() == Life.CLOSED) {
      transport.closeAll(CloseReason.ABORTED);
    } else {
      meta.abort();
    }
  }

  /** Ends everything without a word to anybody: the stack closes. Flows are unregistered. */
  public void release() {
    forgetToken();
    if (meta.life() != Life.CLOSED) {
      transport.over();
    }
    meta.release();
    List<? extends Flow> flows = transport.flows();
    for (int i = flows.size() - 1; i >= 0; i--) {
      transport.remove(flows.get(i));
      registration.removeFlow(flows.get(i));
      flows.get(i).release();
    }
    timers.stopAll();
  }

  // ---- views

  /** What the application holds. */
  public MetaSock meta() {
    return meta;
  }

  /** MPTCP's control block; none when this is plain TCP, or not agreed yet. */
  public Optional<MptcpCb> cb() {
    return transport instanceof MptcpCb cb ? Optional.of(cb) : Optional.empty();
  }

  /** What was agreed with the peer. */
  public Protocol protocol() {
    return fellBack() ? Protocol.MPTCP_FALLBACK : transport.protocol();
  }

  private boolean fellBack() {
    return beforeFallback != Agreement.NONE;
  }

  /** Flows that live, in order of creation; read-only view. */
  public List<? extends Flow> flows() {
    return transport.flows();
  }

  /** The same with the first of an MPTCP connection, also when that is over. */
  public List<? extends Flow> connectionList() {
    return transport.connectionList();
  }

  /** Local and remote end of the first flow; stays when that flow dies. */
  public FourTuple tuple() {
    return tuple;
  }

  /** Whether nothing is left of it: no flow, nothing to wait for. The stack may forget it. */
  public boolean done() {
    return meta.closed() && transport.flows().isEmpty();
  }

  /** A snapshot. */
  public ConnectionInfo info(long socketId) {
    Agreement agreement = fellBack() ? beforeFallback : transport.agreement();
    return ConnectionSnapshot.connection(socketId, tuple, protocol(), meta, agreement, flows());
  }
}
