package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.RxSegment;

/**
 * {@code mptcp_cb}: what belongs to an MPTCP connection as a whole, and owns it: keys and tokens,
 * the connection list with the master, the transmitter, retransmission at the data level, the
 * sessions of path manager and scheduler. A connection with a peer that speaks plain TCP has none.
 */
public final class MptcpCb implements Transport {
  /** The subflow that goes on as TCP. */
  private record Fallback(MptcpTcpSock stream, FallbackCause cause) {}

  private final MetaSock meta;
  private final ConnectionList subflows;
  private final PathSession paths;
  private final Transmitter transmitter;
  private final MetaRetransmission retransmission;
  private final PathControl control;
  private final MptcpInput input;
  private final ConnectionNews news;
  private Fallback fallback; // null until it falls back

  /**
   * Takes over when both ends have agreed.
   *
   * @param opening where they did
   * @param initial ends of the first subflow
   */
  MptcpCb(
      Opening opening,
      FourTuple initial,
      MetaSock meta,
      MetaTimers timers,
      SubflowFactory factory,
      Registration registration) {
    ConnectionConfig config = factory.config();
    SessionKeys keys = opening.keys();
    this.meta = meta;
    news = registration;
    subflows = new ConnectionList(opening.first());
    paths = new PathSession(config.pathManager().get(), initial, keys, subflows, factory);
    transmitter = new Transmitter(meta, subflows, opening.scheduler(), keys.checksum());
    retransmission = new MetaRetransmission(config, meta, subflows, transmitter, timers);
    control = new PathControl(registration, meta, subflows, paths, transmitter, timers);
    input = new MptcpInput(meta, paths, news);
  }

  private Counters counters() {
    return meta.counters();
  }

  /** The segment that showed that both ends agreed. */
  Decision begin(RxSegment segment) {
    MptcpTcpSock master = subflows.master();
    tellUp(master);
    if (master.state().isUnconfirmed()) {
      // RFC 8684 section 3.1: the active end may send as soon as it has the peer's key.
      meta.connected();
      return Decision.NONE;
    }
    confirmed(master);
    MpCapable option = segment.options().mptcp(MpCapable.class);
    boolean consistent = master.input().mapFirst(master.tcp(), master.options(), option);
    return consistent ? Decision.NONE : master.fail(CloseReason.MPTCP_ERROR);
  }

  private void tellUp(MptcpTcpSock sf) {
    news.path(new PathEvent.SubEstablished(sf));
  }

  /** Both ends know that both know the keys. */
  private void confirmed(MptcpTcpSock sf) {
    if (sf.isMaster()) {
      meta.connected();
      counters().increment(Mib.MP_CURR_ESTAB);
      paths.established();
      meta.event(ConnectionEvents.ESTABLISHED);
    } else {
      tellUp(sf);
      subflows.joined();
      paths.subflowUp(sf);
    }
    for (MptcpTcpSock s : subflows.live()) {
      if (s.tcp().finReceived()) {
        closedByPeer(s);
      }
    }
  }

  @Override
  public List<? extends Flow> flows() {
    return subflows.live();
  }

  @Override
  public long pathRttNs() {
    return subflows.pathRttNs();
  }

  // ---- a segment

  @Override
  public Decision onSegment(
      long nowNs, Flow flow, RxSegment segment, SegmentVerdict verdict, int notices) {
    MptcpTcpSock sf = subflows.of(flow);
    if ((notices & TcpNotice.ESTABLISHED) != 0) {
      sf.connected(config().timeouts());
    }
    return switch (verdict) {
      case ACCEPTED -> {
        int result = input.onSegment(sf, segment);
        if ((result & MptcpInput.UP) != 0) {
          // That it is up is known before what else the segment says.
          confirmed(sf);
          result |= input.established(sf, segment);
        }
        yield act(nowNs, sf, result);
      }
      case RESET, REFUSED -> reset(sf, segment);
      // Nothing of it is used, but that who knows our key ends the connection: the reset after a
      // challenge (RFC 5961 section 3.2) may not say so again.
      default ->
          segment.rst() && keys().isFastclose(segment, counters())
              ? Decision.PEER_RESET
              : Decision.NONE;
    };
  }

  private Decision reset(MptcpTcpSock sf, RxSegment segment) {
    Decision said = sf.onReset(segment, keys(), counters());
    boolean ends = said == Decision.PEER_RESET || !segment.options().hasMptcp();
    return ends && rules().endsPlainly(sf) ? goOnAsTcp(sf, FallbackCause.PLAIN_END) : said;
  }

  /** Does what the options of a segment call for. */
  private Decision act(long nowNs, MptcpTcpSock sf, int result) {
    if (result == 0) {
      return Decision.NONE;
    }
    if ((result & MptcpInput.PROGRESS) != 0) {
      retransmission.progress(nowNs);
    }
    if ((result & MptcpInput.FASTCLOSED) != 0) {
      return Decision.PEER_RESET;
    }
    if ((result & MptcpInput.RESET) != 0) {
      return sf.fail(CloseReason.MPTCP_ERROR);
    }
    if ((result & MptcpInput.TOO_MANY) != 0) {
      return sf.fail(CloseReason.REFUSED_JOIN);
    }
    if ((result & MptcpInput.FAILED) != 0) {
      return fallBack(sf, FallbackCause.MP_FAIL.asAnswer(sf), CloseReason.INTERFERENCE);
    }
    if ((result & MptcpInput.INFINITE) != 0) {
      return fallBack(sf, FallbackCause.INFINITE_MAPPING.asAnswer(sf), CloseReason.MPTCP_ERROR);
    }
    if ((result & (MptcpInput.FALLBACK | MptcpInput.BARE)) == 0) {
      return Decision.NONE;
    }
    boolean bare = (result & MptcpInput.BARE) != 0;
    FallbackCause why = bare ? FallbackCause.BARE_ACK : FallbackCause.NO_OPTION;
    return fallBack(sf, why, CloseReason.INTERFERENCE);
  }

  @Override
  public boolean refuses(Flow flow, RxSegment segment) {
    MptcpTcpSock sf = subflows.of(flow);
    // On the only subflow there ever was a segment without options may mean a fallback.
    return sf.refuses(segment) || !subflows.isOnlyOne(sf) && sf.spares(segment);
  }

  @Override
  public Decision drain(long nowNs, Flow flow) {
    MptcpTcpSock sf = subflows.of(flow);
    if (!sf.state().wasUp() || sf.tcp().readableBytes() == 0 || sf.isAsking()) {
      return Decision.NONE;
    }
    Decision decision =
        switch (sf.input().drain(sf.tcp(), sf.mappedFrom(), keys().checksum(), meta.rx())) {
          case DRAINED -> {
            sf.input().unmapped(Long.MAX_VALUE);
            yield Decision.NONE;
          }
          case UNMAPPED -> unmapped(nowNs, sf);
          case BAD_CHECKSUM -> badChecksum(nowNs, sf);
        };
    if (decision == Decision.NONE && meta.takePeerFin()) {
      // As Linux: the end is acknowledged on every subflow.
      subflows.requestAcks();
    }
    return decision;
  }

  /**
   * RFC 8684 section 3.7: data without mapping: fall back at the very beginning, else wait a bit.
   */
  private Decision unmapped(long nowNs, MptcpTcpSock sf) {
    SubflowInput in = sf.input();
    if (!in.anyMapped() && rules().admit(sf, FallbackCause.NO_MAPPING)) {
      return goOnAsTcp(sf, FallbackCause.NO_MAPPING);
    }
    if (sf.tcp().readableBytes() > config().limits().unmappedBytesPerSubflow()) {
      return stillUnmapped(sf);
    }
    in.unmapped(Math.min(in.unmappedDeadlineNs(), nowNs + SubflowInput.UNMAPPED_NS));
    return Decision.NONE;
  }

  private Decision stillUnmapped(MptcpTcpSock sf) {
    sf.input().unmapped(Long.MAX_VALUE);
    return fallBack(sf, FallbackCause.UNMAPPED, CloseReason.INTERFERENCE);
  }

  private Decision badChecksum(long nowNs, MptcpTcpSock sf) {
    counters().increment(Mib.DATA_CSUM_ERR);
    news.log(new PathEvent.ChecksumFailed(sf));
    long dsn = sf.input().mappings().firstDsn();
    if (rules().mustAsk(sf)) {
      return ask(nowNs, sf, dsn);
    }
    sf.options().failed(dsn);
    return fallBack(sf, FallbackCause.CHECKSUM, CloseReason.BAD_CHECKSUM);
  }

  private Decision ask(long nowNs, MptcpTcpSock sf, long dsn) {
    return sf.ask(nowNs, dsn) ? Decision.NONE : sf.fail(CloseReason.BAD_CHECKSUM);
  }

  @Override
  public Decision afterTcp(long nowNs, Flow flow, int notices) {
    MptcpTcpSock sf = subflows.of(flow);
    if ((notices & TcpNotice.ACKED) != 0) {
      sf.options().acknowledged(sf.tcp().sndUna(), meta.tx().una());
    }
    if ((notices & TcpNotice.RTO_FIRED) != 0 && sf.silenced()) {
      news.log(new PathEvent.SubStale(sf));
      // RFC 8684 section 3.3.6: what a subflow could not deliver in time goes out on others.
      transmitter.reinject(sf);
      paths.subflowStale(sf);
    }
    if ((notices & TcpNotice.RTO_POSTPONED) != 0 && subflows.usableBeside(sf)) {
      // The timer waits for the answer to a probe; the application must not.
      transmitter.reinject(sf);
    }
    if ((notices & TcpNotice.FIN_RECEIVED) != 0) {
      if (rules().fallsBack(sf)) {
        return fallBack(sf, FallbackCause.PLAIN_END, CloseReason.INTERFERENCE);
      }
      if (rules().endsStream(sf)) {
        meta.peerFin(meta.window().next());
      }
      closedByPeer(sf);
    }
    sf.closing(nowNs, notices, config().timeouts().closingNs());
    // Until the server has shown that it knows the keys there is no other way to it.
    boolean onlyWay = sf.state().isUnconfirmed();
    Decision death = sf.died(notices);
    return onlyWay ? death : Decision.NONE;
  }

  /**
   * RFC 8684 section 3.3.3: a FIN closes its subflow, not the connection, and one direction of it:
   * behind the peer's DATA_FIN, or where there is no other subflow, what we have to send still
   * leaves on it.
   */
  private void closedByPeer(MptcpTcpSock sf) {
    if (sf.state().isOpen() && !meta.peerFinKnown() && subflows.usableBeside(sf)) {
      sf.close(CloseReason.PEER_FIN);
    }
  }

  // ---- fallback

  /**
   * RFC 8684 section 3.7: goes on as TCP where the bytes of the subflow are the data, and else
   * closes it.
   */
  private Decision fallBack(MptcpTcpSock sf, FallbackCause why, CloseReason otherwise) {
    if (rules().admit(sf, why)) {
      return goOnAsTcp(sf, why);
    }
    counters().increment(Mib.FALLBACK_FAILED);
    meta.fallsBack(FallbackReason.NONE);
    return sf.fail(otherwise);
  }

  private Decision goOnAsTcp(MptcpTcpSock sf, FallbackCause why) {
    fallback = new Fallback(sf, why.withWhatWaited(sf));
    why.reason().ifPresent(meta::fallsBack);
    return Decision.FALL_BACK;
  }

  /** The data goes on without it. */
  PlainTransport fallBack() {
    MptcpTcpSock stream = fallback.stream;
    meta.rx().prune(); // it comes again: the bytes of one subflow are the data from now on
    rules().forgetEndIfAltered(stream, fallback.cause);
    long end = rules().contiguousEnd(stream);
    FallbackOptions options = new FallbackOptions(fallback.cause, stream, end, keys(), meta);
    return PlainTransport.fallBack(stream, subflows.abortBeside(stream), end, meta, options);
  }

  private StreamRules rules() {
    return new StreamRules(meta, subflows, transmitter);
  }

  // ---- sending

  @Override
  public void tellWindow() {
    if (meta.window().updateDue()) {
      subflows.tellWindow();
    }
  }

  @Override
  public void push(long nowNs) {
    transmitter.push(nowNs);
  }

  @Override
  public boolean mayEnd() {
    return !meta.closedByApplication() || !subflows.anyLacksMapping();
  }

  @Override
  public boolean isReinjecting() {
    return transmitter.isReinjecting();
  }

  @Override
  public void scheduler(Scheduler chosen) {
    transmitter.scheduler(chosen);
  }

  /** Also the master's when it is closed: what joins has that of the master. */
  @Override
  public void congestionControl(CongestionControlFactory chosen) {
    subflows.all().forEach(s -> s.tcp().congestionControl(chosen));
  }

  @Override
  public void sendFin() {
    // RFC 8684 section 3.3.3: once everything is sent; on every subflow, as Linux does.
    subflows.requestAcks();
  }

  @Override
  public void settle(long nowNs) {
    control.run(nowNs);
  }

  @Override
  public void updateTimers(long nowNs) {
    retransmission.update(nowNs);
  }

  // ---- time

  @Override
  public Decision onTimeout(long nowNs, Flow flow) {
    MptcpTcpSock sf = subflows.of(flow);
    sf.onJoinTimeout(nowNs);
    if (sf.closesTooLong(nowNs)) {
      return sf.fail(sf.reason().byReset());
    }
    if (sf.unmappedDeadlineNs() <= nowNs) {
      return sf.isAsking() ? ask(nowNs, sf, sf.input().mappings().firstDsn()) : stillUnmapped(sf);
    }
    return Decision.NONE;
  }

  @Override
  public Decision onTimeout(long nowNs) {
    if (retransmission.missesDataAck(nowNs)) {
      return goOnAsTcp(subflows.master(), FallbackCause.UNACKNOWLEDGED);
    }
    retransmission.onTimeout(nowNs);
    control.onTimeout(nowNs);
    return retransmission.isExhausted(nowNs) ? Decision.TIMED_OUT : Decision.NONE;
  }

  // ---- what happens outside

  /** Whether the joins under way leave no place for another: it would displace one of them. */
  public boolean joinsCrowded() {
    return control.joinsCrowded();
  }

  /**
   * A SYN with MP_JOIN whose token names this connection: whether it may join. RFC 8684 section
   * 3.2.
   *
   * @param syn the SYN, borrowed
   * @param option its MP_JOIN
   */
  public JoinVerdict admitJoin(RxSegment syn, MpJoinSyn option) {
    JoinVerdict verdict = meta.closed() ? JoinVerdict.NOT_MPTCP : control.admitJoin(syn, option);
    if (verdict == JoinVerdict.NOT_MPTCP) {
      counters().increment(Mib.MP_JOIN_REJECTED);
    }
    return verdict;
  }

  /**
   * As {@link #admitJoin}; if so, a subflow begins.
   *
   * @param linkIndex link it came from
   */
  public JoinVerdict acceptJoin(long nowNs, RxSegment syn, MpJoinSyn option, int linkIndex) {
    JoinVerdict verdict = admitJoin(syn, option);
    return verdict == JoinVerdict.ACCEPTED
        ? control.acceptJoin(nowNs, syn, option, linkIndex)
        : verdict;
  }

  /**
   * The answer to a join that was admitted and of which nothing is held here.
   *
   * @param syn which says where it wants to join
   */
  public MpJoinSynAck answerJoin(RxSegment syn, JoinRequest join) {
    return control.answerJoin(syn, join);
  }

  /**
   * The third ACK of a join of which nothing was held here. When its HMAC is right a subflow is
   * made, the last of {@link #flows()}, which then gets the segment.
   *
   * @param ack the segment, borrowed
   * @param cookie what it says of the SYN
   * @param join what was noted of it
   */
  public JoinVerdict acceptJoin(
      long nowNs, RxSegment ack, SynCookie cookie, JoinRequest join, int linkIndex) {
    return meta.closed()
        ? JoinVerdict.NOT_MPTCP
        : control.acceptJoin(nowNs, ack, cookie, join, linkIndex);
  }

  @Override
  public Decision unreachable(CloseReason why) {
    return Decision.NONE;
  }

  @Override
  public void linkDown(int linkIndex) {
    Transport.super.linkDown(linkIndex);
    for (MptcpTcpSock s : subflows.live()) {
      if (s.linkIndex() == linkIndex) {
        transmitter.reinject(s);
      }
    }
    paths.linkDown(linkIndex);
  }

  @Override
  public void linkUp(long nowNs, int linkIndex) {
    Transport.super.linkUp(nowNs, linkIndex);
    paths.linkUp(linkIndex);
  }

  @Override
  public void localAddressAdded(LocalAddress address) {
    paths.localAddress(address);
  }

  @Override
  public void localAddressGone(LocalAddress address) {
    control.localAddressGone(address);
  }

  @Override
  public Paths paths(String what) {
    return control;
  }

  @Override
  public void news(PathNews news) {
    control.news(news);
  }

  // ---- the end

  @Override
  public Decision remove(Flow flow) {
    MptcpTcpSock sf = subflows.of(flow);
    sf.gone();
    if (!meta.closed() && sf.reason().reinjection() != CloseReason.Reinjection.NEVER) {
      transmitter.reinject(sf);
    }
    subflows.remove(sf);
    if (sf.up() || sf.options().isOurJoin()) {
      news.path(new PathEvent.SubClosed(sf));
    } else {
      news.log(new PathEvent.SubClosed(sf));
    }
    if (!meta.closed()) {
      transmitter.reinjectIfAlone();
      paths.subflowDown(sf);
    }
    return Decision.NONE;
  }

  @Override
  public SocketError withoutFlows() {
    return subflows.interfered() ? SocketError.EPROTO : SocketError.ETIMEDOUT;
  }

  @Override
  public void over() {
    transmitter.clear();
    if (paths.isEstablished()) {
      counters().add(Mib.MP_CURR_ESTAB, -1);
    }
  }

  // ---- views

  /** Settings of the connection. */
  public ConnectionConfig config() {
    return paths.host().config();
  }

  /** Our token: the peer's joins name it. */
  public int localToken() {
    return keys().localToken();
  }

  /** Whether DSS checksums are used, in both directions. RFC 8684 section 3.1, flag A. */
  public boolean checksum() {
    return keys().checksum();
  }

  /** {@code meta_sk}. */
  public MetaSock meta() {
    return meta;
  }

  /** {@code master_sk}: the first subflow, which may be over: its socket is CLOSED then. */
  public MptcpTcpSock master() {
    return subflows.master();
  }

  /**
   * {@code connection_list}: subflows in order of creation, read-only. The master is the first,
   * also when it is closed; others leave when they are.
   */
  @Override
  public List<MptcpTcpSock> connectionList() {
    return subflows.all();
  }

  SessionKeys keys() {
    return paths.keys();
  }

  PathSession pathSession() {
    return paths;
  }

  @Override
  public Protocol protocol() {
    return Protocol.MPTCP;
  }

  @Override
  public Agreement agreement() {
    return Agreement.of(
        keys(),
        transmitter.bytesReinjected(),
        retransmission.backoff(),
        subflows.created(),
        control.figures(),
        transmitter.schedulerName(),
        paths.managerName());
  }
}
