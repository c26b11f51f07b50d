package org.mptcp4j.mptcp;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;

/**
 * Carries out what the path manager asks for, within its limits: joins, announcements, withdrawals
 * and priorities. RFC 8684 sections 3.2, 3.3.8 and 3.4.
 */
final class PathControl implements Paths {
  /** More than can wait at once; the rest is for a path manager that answers itself. */
  private static final int TURN_EVENTS = 512;

  private final Registration registration;
  private final MetaSock meta;
  private final ConnectionList subflows;
  private final PathSession paths;
  private final Transmitter transmitter;
  private final MetaTimers timers;
  private RemovalProbes removals; // null until the peer withdraws the address of a live subflow

  PathControl(
      Registration registration,
      MetaSock meta,
      ConnectionList subflows,
      PathSession paths,
      Transmitter transmitter,
      MetaTimers timers) {
    this.registration = registration;
    this.meta = meta;
    this.subflows = subflows;
    this.paths = paths;
    this.transmitter = transmitter;
    this.timers = timers;
  }

  private ConnectionConfig config() {
    return paths.host().config();
  }

  private StackServices services() {
    return paths.host().services();
  }

  private void count(Mib counter) {
    services().counters().increment(counter);
  }

  /** Shows the path manager what happened and does what it asks for. */
  void run(long nowNs) {
    removeForPeer(nowNs);
    if (paths.busy()) {
      for (int i = 0; i < TURN_EVENTS && paths.busy(); i++) {
        paths.runNext(nowNs);
        PathCommand command;
        while ((command = paths.poll()) != null) {
          execute(nowNs, command);
        }
      }
    }
    // RFC 8684 section 3.3.3: FINs on all subflows without a DATA_FIN are no end, but for a time. A
    // join that is tried again and again does not keep a connection alive either.
    if (meta.peerFinished() ? subflows.anyUp() : subflows.anyReceiving()) {
      timers.stop(Timer.NO_SUBFLOW);
    } else {
      timers.armOnce(
          Timer.NO_SUBFLOW, nowNs + subflows.patienceNs(config().timeouts().zeroSubflowNs()));
    }
    if (paths.announces()) {
      announceDue(nowNs);
    }
  }

  /** What is used of what may be used. */
  PathFigures figures() {
    return paths.figures();
  }

  void onTimeout(long nowNs) {
    if (timers.take(nowNs, Timer.ADD_ADDR)) {
      announceDue(nowNs);
    }
    if (timers.take(nowNs, Timer.PATHS)) {
      paths.timeout();
    }
    if (timers.take(nowNs, Timer.REMOVAL)) {
      removals.onTimeout(nowNs).forEach(s -> close(s, CloseReason.REMOVED_SILENT));
      timers.arm(Timer.REMOVAL, removals.dueNs());
    }
  }

  private void execute(long nowNs, PathCommand command) {
    if (command instanceof PathCommand.Join join) {
      join(nowNs, join);
    } else if (command instanceof PathCommand.Announce announce) {
      announce(announce.address(), announce.port());
    } else if (command instanceof PathCommand.Withdraw withdraw) {
      withdraw(withdraw.addressIds(), CloseReason.UNWANTED);
    } else if (command instanceof PathCommand.Close close) {
      close(close.subflowId());
    } else if (command instanceof PathCommand.Reset reset) {
      reset(reset.subflowId(), reset.why());
    } else if (command instanceof PathCommand.WakeAt wake) {
      wakeAt(wake.timeNs());
    } else if (command instanceof PathCommand.SetPriority set) {
      setPriority(set.subflowId(), set.priority());
    }
  }

  private void wakeAt(long timeNs) {
    if (timeNs == Long.MAX_VALUE) {
      timers.stop(Timer.PATHS);
    } else {
      timers.arm(Timer.PATHS, timeNs);
    }
  }

  // ---- joins

  private void join(long nowNs, PathCommand.Join command) {
    if (!makeRoomForJoin(Opener.US)) {
      return;
    }
    if (begin(nowNs, command) != SocketError.NONE) {
      paths.joinNotStarted(command.local(), command.remote());
    }
  }

  /**
   * Begins a join, for which there is room. It is the newest subflow then.
   *
   * @return why not, else NONE
   */
  private SocketError begin(long nowNs, PathCommand.Join command) {
    IpAddress local = command.local().address();
    IpAddress remote = command.remote().address();
    int remotePort = command.remote().port();
    int linkIndex = services().linkFor(local, remote);
    if (linkIndex < 0) {
      count(Mib.MP_JOIN_SYN_TX_CONNECT_ERR);
      return SocketError.EHOSTUNREACH;
    }
    int localPort = command.localPort();
    if (localPort == PmCommands.ANY_PORT) {
      localPort = services().ephemeralPort(nowNs, local, remote, remotePort);
    }
    if (localPort == 0) {
      count(Mib.MP_JOIN_SYN_TX_BIND_ERR);
      return SocketError.EADDRINUSE;
    }
    SubflowOptions options = joinOptions(SubflowState.JOIN_SYN_SENT);
    options.join().begin(nonce());
    options.ids(paths.idOf(command.local()), command.remote().id());
    options.localBackup(command.priority() == Priority.BACKUP);
    FourTuple tuple = new FourTuple(local, localPort, remote, remotePort);
    if (register(linkIndex, paths.host().join(nowNs, tuple, linkIndex, options), options)) {
      paths.inUse(paths.idOf(command.local()));
      return SocketError.NONE;
    }
    count(Mib.MP_JOIN_SYN_TX_CREAT_SK_ERR);
    return command.localPort() == PmCommands.ANY_PORT
        ? SocketError.ENOBUFS
        : SocketError.EADDRINUSE;
  }

  @Override
  public int open(
      long nowNs,
      IpAddress local,
      int localPort,
      IpAddress remote,
      int remotePort,
      Priority priority)
      throws MptcpException {
    PathChecks.requireJoinable(local, localPort, remote, remotePort);
    String what = "open a subflow from " + local + " to " + remote + " port " + remotePort;
    if (!paths.isEstablished() || meta.closed()) {
      // RFC 8684 section 3.2: before that the peer may not know the token.
      throw new MptcpException(
          SocketError.ENOTCONN, what + ": not before StackEvent.Type.ESTABLISHED, nor at the end");
    }
    LocalAddress from = paths.identify(paths.requireLocal(local, what));
    RemoteAddress to = paths.requireRemote(remote, remotePort, what);
    if (!services().destinations().mayBelongToPeer(remote, paths.initialRemote().address())) {
      throw new MptcpException(SocketError.ENETUNREACH, what + ": the peer cannot be there");
    }
    if (!makeRoomForJoin(Opener.US)) {
      PmLimits limits = paths.limits();
      throw new MptcpException(
          SocketError.ENOBUFS,
          what
              + ": close one first, or raise maxSubflowsOpened, now "
              + limits.maxOpened()
              + ", subflowsPerConnection, now "
              + (1 + limits.maxSubflows())
              + ", or joinsPendingPerConnection, now "
              + limits.maxPendingJoins());
    }
    SocketError refusal = begin(nowNs, new PathCommand.Join(from, localPort, to, priority));
    if (refusal != SocketError.NONE) {
      throw new MptcpException(refusal, what);
    }
    return subflows.created() - 1;
  }

  /** Whether a join of the peer may begin: RFC 8684 section 3.2. */
  JoinVerdict admitJoin(RxSegment syn, MpJoinSyn option) {
    boolean initialPort = syn.dstPort() == paths.initialLocalPort();
    if (initialPort && !paths.listens()) {
      return JoinVerdict.NOT_LISTENING;
    }
    count(Mib.MP_JOIN_SYN_RX);
    if (option.backup()) {
      count(Mib.MP_JOIN_SYN_BACKUP_RX);
    }
    if (!initialPort) {
      // RFC 8684 section 3.4.1: another port may be joined once it is announced.
      if (!paths.announces() || !paths.announcements().admits(syn.dst(), syn.dstPort())) {
        count(Mib.MISMATCH_PORT_SYN_RX);
        return JoinVerdict.PROHIBITED;
      }
      count(Mib.MP_JOIN_PORT_SYN_RX);
    }
    return JoinVerdict.ACCEPTED;
  }

  /** A join of the peer begins, which is admitted. */
  JoinVerdict acceptJoin(long nowNs, RxSegment syn, MpJoinSyn option, int linkIndex) {
    if (!makeRoomForJoin(Opener.PEER)) {
      services().counters().limitReached(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.TOO_MANY;
    }
    SubflowOptions options = peersJoin(syn, option.addressId(), option.backup());
    options.join().answer(nonce(), option.nonce(), paths.keys(), services().crypto());
    FourTuple tuple = paths.host().tupleOf(syn);
    return register(
            linkIndex,
            paths.host().accept(nowNs, tuple, syn, FastOpenAnswer.NONE, linkIndex, options),
            options)
        ? JoinVerdict.ACCEPTED
        : JoinVerdict.NO_RESOURCES;
  }

  /** The answer to a join of which nothing is held here: no subflow is made for it. */
  MpJoinSynAck answerJoin(RxSegment syn, JoinRequest join) {
    Optional<LocalAddress> local = joined(syn);
    int nonce = join.localNonce();
    long hmac = paths.keys().joinSynAckHmac(nonce, join.remoteNonce(), services().crypto());
    return new MpJoinSynAck(isBackup(local), idAt(local, syn.dstPort()), hmac, nonce);
  }

  /** The third ACK of a join of which nothing was held here. */
  JoinVerdict acceptJoin(
      long nowNs, RxSegment ack, SynCookie cookie, JoinRequest join, int linkIndex) {
    SubflowOptions options = peersJoin(ack, join.addressId(), join.backup());
    options.join().nonces(join.localNonce(), join.remoteNonce());
    MpJoinAck proof = ack.options().mptcp(MpJoinAck.class);
    if (proof == null || !options.join().acceptAck(proof, paths.keys(), services().crypto())) {
      count(Mib.MP_JOIN_ACK_HMAC_FAILURE);
      return JoinVerdict.WRONG_HMAC;
    }
    FourTuple tuple = paths.host().tupleOf(ack);
    TcpSock tcp = paths.host().accept(nowNs, tuple, ack, cookie, linkIndex, options);
    return register(linkIndex, tcp, options) ? JoinVerdict.ACCEPTED : JoinVerdict.NO_RESOURCES;
  }

  /** The options of a subflow that the peer opens to an address of this end. */
  private SubflowOptions peersJoin(RxSegment from, int addressId, boolean backup) {
    SubflowOptions options = joinOptions(SubflowState.JOIN_SYN_RECEIVED);
    Optional<LocalAddress> local = joined(from);
    options.ids(idAt(local, from.dstPort()), addressId);
    options.localBackup(isBackup(local));
    options.remoteBackup(backup);
    return options;
  }

  private Optional<LocalAddress> joined(RxSegment segment) {
    return paths.localAddress(segment.dst()).map(paths::identify);
  }

  private int idAt(Optional<LocalAddress> local, int port) {
    return local.map(address -> paths.idAt(address, port)).orElse(0);
  }

  private static boolean isBackup(Optional<LocalAddress> address) {
    return address.isPresent() && address.get().priority() == Priority.BACKUP;
  }

  private boolean register(int linkIndex, TcpSock tcp, SubflowOptions options) {
    return register(new MptcpTcpSock(subflows.nextId(), linkIndex, tcp, options));
  }

  private SubflowOptions joinOptions(SubflowState first) {
    return new SubflowOptions(
        paths.keys(), meta.window(), meta.fin(), services().counters(), first, 0);
  }

  /** Whether the joins under way leave no place for another. */
  boolean joinsCrowded() {
    return subflows.joining() >= paths.limits().maxPendingJoins();
  }

  /** The peer's are counted when they have proved to be the peer's. */
  private boolean roomForJoin(Opener opener) {
    PmLimits limits = paths.limits();
    return !joinsCrowded()
        && (opener == Opener.PEER
            || subflows.joins(Opener.US) < limits.maxOpened()
                && subflows.beside() < limits.maxSubflows());
  }

  /**
   * Whether there is room for a join, for which the oldest half-open join of the peer gives way: as
   * long as no HMAC came, it may be anybody's who has seen the token.
   */
  private boolean makeRoomForJoin(Opener opener) {
    if (meta.closed() || roomForJoin(opener)) {
      return !meta.closed();
    }
    if (opener == Opener.US && subflows.joins(Opener.US) >= paths.limits().maxOpened()) {
      return false; // Nothing of the peer stands in the way.
    }
    Optional<MptcpTcpSock> oldest = subflows.oldestHalfOpenJoin();
    if (oldest.isEmpty()) {
      return false;
    }
    services().counters().limitReached(Mib.MP_JOIN_REJECTED);
    subflows.remove(oldest.get());
    registration.removeFlow(oldest.get());
    oldest.get().release();
    return roomForJoin(opener);
  }

  /**
   * Subflows that close count no more, and it is the peer that decides how long it takes: when
   * there are too many, the oldest of them is cut short.
   */
  private void boundClosing() {
    PmLimits limits = paths.limits();
    if (subflows.size() > 2 * (1 + limits.maxSubflows()) + limits.maxPendingJoins()) {
      subflows.oldestClosing().ifPresent(s -> close(s, CloseReason.UNWANTED_SILENT));
    }
  }

  private boolean register(MptcpTcpSock subflow) {
    boundClosing();
    if (!registration.addFlow(subflow)) {
      subflow.tcp().release();
      return false;
    }
    subflow.tcp().peerTimeouts(meta.peerTimeouts());
    subflow.tcp().congestionControl(subflows.master().tcp().congestionControl());
    subflow.setTcpOptions(meta.tcpOptions());
    subflows.add(subflow);
    return true;
  }

  /** RFC 8684 section 3.2: a random number that protects against replay. */
  private int nonce() {
    int nonce = services().random().nextInt();
    return nonce == 0 ? 1 : nonce;
  }

  // ---- addresses

  private void announceDue(long nowNs) {
    AddressAnnouncements announcements = paths.announcements();
    if (!announcements.isDue(nowNs)) {
      timers.arm(Timer.ADD_ADDR, announcements.dueNs(nowNs));
      return;
    }
    Optional<MptcpTcpSock> carrier = subflows.anyUsable();
    if (carrier.isEmpty()) {
      // One that waits for its echo goes out again when something can carry it.
      timers.armBefore(Timer.ADD_ADDR, nowNs + config().timeouts().addAddressNs());
      return;
    }
    if (!carrier.get().stale()) {
      List<Integer> gone = announcements.takeWithdrawn(nowNs, carrier.get().srttNs());
      if (!gone.isEmpty()) {
        carrier.get().say(new RemoveAddr(gone));
      }
    }
    long againNs = config().timeouts().addAddressNs();
    Optional<AddressAnnouncements.Step> step;
    while ((step = announcements.next(nowNs, againNs, paths.keys(), services().crypto()))
        .isPresent()) {
      AddAddr option = step.get().option();
      carrier.get().say(option);
      if (step.get().first()) {
        registration.log(
            new PathEvent.AnnouncedByUs(
                option.addressId(), option.address(), announcedPort(option)));
      }
    }
    timers.arm(Timer.ADD_ADDR, announcements.dueNs(nowNs));
  }

  private int announcedPort(AddAddr option) {
    return option.hasPort() ? option.port() : paths.initialLocalPort();
  }

  /** An address of this host is gone. */
  void localAddressGone(LocalAddress address) {
    List<Integer> known = idsKnownOf(address.address());
    if (!known.isEmpty()) {
      withdraw(known, CloseReason.ADDRESS_GONE);
    }
    paths.localAddressGone(address);
  }

  /** Ids by which the peer knows an address of this host: where it began, joined or announced. */
  private List<Integer> idsKnownOf(IpAddress address) {
    Stream<Integer> used =
        subflows.live().stream()
            .filter(s -> s.tuple().local().equals(address) && !s.state().isClosing())
            .map(MptcpTcpSock::localId);
    Stream<Integer> told =
        paths.announces() ? paths.announcements().idsOf(address) : Stream.empty();
    boolean first = address.equals(paths.initialLocal()) && !paths.initialLocalWithdrawn();
    Stream<Integer> initial = first ? Stream.of(0) : Stream.empty();
    return Stream.of(used, told, initial).flatMap(ids -> ids).distinct().toList();
  }

  @Override
  public void announce(IpAddress address, int port) throws MptcpException {
    paths.requireAnnounceable(address, port);
    announce(paths.identify(paths.requireLocal(address, "announce " + address)), port);
  }

  private void announce(LocalAddress address, int port) {
    paths.announcements().add(paths.asAnnounced(address, port), port);
  }

  @Override
  public void withdraw(IpAddress address) throws MptcpException {
    LocalAddress local = paths.identify(paths.requireLocal(address, "withdraw " + address));
    // RFC 8684 section 3.4.1: with other ports it was announced under other ids.
    Stream<Integer> ids =
        Stream.concat(Stream.of(paths.idOf(local)), paths.announcements().idsOf(address));
    withdraw(ids.distinct().toList(), CloseReason.UNWANTED);
  }

  /** RFC 8684 section 3.4.2: tells the peer on a path that is left, and closes those that go. */
  private void withdraw(List<Integer> addressIds, CloseReason why) {
    for (int id : addressIds) {
      registration.log(new PathEvent.RemovedByUs(id));
      paths.announcements().withdraw(id, addressOf(id));
      if (id == 0) {
        paths.ourInitialWithdrawn();
      }
    }
    for (MptcpTcpSock s : subflows.live()) {
      if (addressIds.contains(s.localId()) && !s.state().isClosing()) {
        retire(s, why);
      }
    }
  }

  /** The address of this host that an id stands for, as far as subflows show. */
  private Optional<IpAddress> addressOf(int id) {
    return id == 0 ? Optional.of(paths.initialLocal()) : subflows.localAddress(id);
  }

  /**
   * RFC 8684 section 3.4.2: one that still functions is closed with FINs, others by a reset. So is
   * the last one: a FIN on it without a DATA_FIN would look like the end of a peer that fell back.
   */
  private CloseReason silentlyOr(MptcpTcpSock s, CloseReason why) {
    boolean another = subflows.live().stream().anyMatch(other -> other != s && other.up());
    return another && !s.stale() ? why : why.byReset();
  }

  /** The peer withdrew addresses: their subflows are closed, or asked before. */
  private void removeForPeer(long nowNs) {
    for (MptcpTcpSock s = paths.pollRemovedByPeer(); s != null; s = paths.pollRemovedByPeer()) {
      if (s.state().isClosing()) {
        continue;
      }
      if (!s.established() || s.stale() || !paths.probesBeforeRemove()) {
        close(s, silentlyOr(s, CloseReason.REMOVED_BY_PEER));
        continue;
      }
      if (removals == null) {
        removals = new RemovalProbes();
      }
      removals.ask(nowNs, s);
      timers.arm(Timer.REMOVAL, removals.dueNs());
    }
  }

  @Override
  public void close(int subflowId) {
    paths.requireKnown(subflowId);
    subflows
        .byId(subflowId)
        .filter(s -> !s.state().isClosing())
        .ifPresent(s -> retire(s, CloseReason.UNWANTED));
  }

  /** RFC 8684 section 3.6: with the reason. */
  @Override
  public void reset(int subflowId, PeerReset why) {
    paths.requireKnown(subflowId);
    int flags = why.isTransient() ? MpTcpRst.TRANSIENT : 0;
    for (MptcpTcpSock s : subflows.live()) {
      if (s.id() == subflowId && !s.state().isOver()) {
        s.options().resetSays(new MpTcpRst(flags, why.reason()));
        retire(s, CloseReason.UNWANTED_SILENT);
      }
    }
  }

  /** This end closes it, which is counted. */
  private void retire(MptcpTcpSock s, CloseReason why) {
    count(Mib.RM_SUBFLOW);
    close(s, silentlyOr(s, why));
  }

  private void close(MptcpTcpSock s, CloseReason why) {
    if (subflows.isOnlyOneOfPeer(s) && s.decidesFirst()) {
      return; // TCP goes on with it, or it is reset
    }
    if (why.reinjection() == CloseReason.Reinjection.AT_ONCE) {
      transmitter.reinject(s);
    }
    s.close(why);
  }

  /** RFC 8684 section 3.3.8: asks the peer to use a subflow so. */
  @Override
  public void setPriority(int subflowId, Priority priority) {
    paths.requireKnown(subflowId);
    boolean backup = priority == Priority.BACKUP;
    subflows
        .byId(subflowId)
        .filter(s -> s.localBackup() != backup)
        .ifPresent(s -> s.changePriority(backup));
  }

  @Override
  public void news(PathNews news) {
    paths.news(news);
  }

  @Override
  public void manager(PathManager manager) {
    paths.manager(manager);
  }
}
