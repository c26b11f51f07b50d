package org.mptcp4j.mptcp;

import java.util.List;
import java.util.Optional;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;

/**
 * Carries out what the path manager asks for, within its limits: joins, announcements, withdrawals
 * and priorities. RFC 8684 sections 3.2, 3.3.8 and 3.4.
 */
final class PathControl implements Paths {
  /** More than can wait at once; the rest is for a path manager that answers itself. */
  private static final int TURN_EVENTS = 512;

  private final SubflowFactory factory;
  private final Registration registration;
  private final SessionKeys keys;
  private final MetaSock meta;
  private final ConnectionList subflows;
  private final PathSession paths;
  private final Transmitter transmitter;
  private final MetaTimers timers;

  PathControl(
      SubflowFactory factory,
      Registration registration,
      SessionKeys keys,
      MetaSock meta,
      ConnectionList subflows,
      PathSession paths,
      Transmitter transmitter,
      MetaTimers timers) {
    this.factory = factory;
    this.registration = registration;
    this.keys = keys;
    this.meta = meta;
    this.subflows = subflows;
    this.paths = paths;
    this.transmitter = transmitter;
    this.timers = timers;
  }

  private ConnectionConfig config() {
    return factory.config();
  }

  private StackServices services() {
    return factory.services();
  }

  private void count(Mib counter) {
    services().counters().increment(counter);
  }

  /** Shows the path manager what happened and does what it asks for. */
  void run(long nowNs) {
    if (paths.busy()) {
      List<LocalAddress> locals = services().localAddresses();
      for (int i = 0; i < TURN_EVENTS && paths.busy(); i++) {
        paths.runNext(nowNs, locals);
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
      timers.armOnce(Timer.NO_SUBFLOW, nowNs + config().timeouts().zeroSubflowNs());
    }
    if (paths.announces() && !paths.announcements().awaitingEcho()) {
      timers.stop(Timer.ADD_ADDR);
      if (paths.announcements().hasWaiting()) {
        announceNext(nowNs);
      }
    }
  }

  void onTimeout(long nowNs) {
    if (timers.take(Timer.ADD_ADDR, nowNs)) {
      announceNext(nowNs);
    }
    if (timers.take(Timer.PATHS, nowNs)) {
      paths.timeout();
    }
  }

  private void execute(long nowNs, PathCommand command) {
    if (command instanceof PathCommand.Join join) {
      join(nowNs, join);
    } else if (command instanceof PathCommand.Announce announce) {
      paths.announcements().add(announce.address(), announce.port());
    } else if (command instanceof PathCommand.Withdraw withdraw) {
      withdraw(withdraw.addressId());
    } else if (command instanceof PathCommand.Close close) {
      close(close.subflowId());
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
      localPort = services().ephemeralPort(local, remote, remotePort);
    }
    if (localPort == 0) {
      count(Mib.MP_JOIN_SYN_TX_BIND_ERR);
      return SocketError.EADDRINUSE;
    }
    SubflowOptions options = joinOptions(SubflowState.JOIN_SYN_SENT);
    options.join().begin(nonce());
    options.ids(idOf(command.local()), command.remote().id());
    options.localBackup(command.priority() == Priority.BACKUP);
    FourTuple tuple = new FourTuple(local, localPort, remote, remotePort);
    MptcpTcpSock subflow =
        new MptcpTcpSock(
            subflows.nextId(), linkIndex, factory.join(nowNs, tuple, linkIndex, options), options);
    if (register(subflow)) {
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
    PathSession.requireJoinable(local, localPort, remote, remotePort);
    String what = "open a subflow from " + local + " to " + remote + " port " + remotePort;
    if (!paths.isEstablished() || meta.closed()) {
      // RFC 8684 section 3.2: before that the peer may not know the token.
      throw new MptcpException(
          SocketError.ENOTCONN, what + ": not before StackEvent.Type.ESTABLISHED, nor at the end");
    }
    LocalAddress from = requireLocal(local, what);
    RemoteAddress to = remoteAddress(remote, remotePort);
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

  /** Its id is known when the peer announced it, else the SYN/ACK tells. */
  private RemoteAddress remoteAddress(IpAddress address, int port) {
    for (RemoteAddress known : paths.remoteAddresses()) {
      if (known.address().equals(address)) {
        return new RemoteAddress(known.id(), address, port);
      }
    }
    return new RemoteAddress(0, address, port);
  }

  private LocalAddress requireLocal(IpAddress address, String what) throws MptcpException {
    Optional<LocalAddress> local = localAddress(address);
    if (local.isEmpty()) {
      throw new MptcpException(
          SocketError.EADDRNOTAVAIL,
          what
              + ": use one of "
              + services().localAddresses().stream().map(LocalAddress::address).toList());
    }
    return local.get();
  }

  /**
   * A SYN with MP_JOIN whose token names this connection. RFC 8684 section 3.2.
   *
   * @param localPort of the connection
   */
  JoinVerdict acceptJoin(
      long nowNs, RxSegment syn, MpJoinSyn option, int linkIndex, int localPort) {
    count(Mib.MP_JOIN_SYN_RX);
    if (option.backup()) {
      count(Mib.MP_JOIN_SYN_BACKUP_RX);
    }
    if (syn.dstPort() != localPort) {
      // RFC 8684 section 3.4.1: another port may be joined once it is announced.
      if (!paths.announces() || !paths.announcements().admits(syn.dst(), syn.dstPort())) {
        count(Mib.MISMATCH_PORT_SYN_RX);
        return JoinVerdict.PROHIBITED;
      }
      count(Mib.MP_JOIN_PORT_SYN_RX);
    }
    if (!makeRoomForJoin(Opener.PEER)) {
      count(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.TOO_MANY;
    }
    SubflowOptions options = joinOptions(SubflowState.JOIN_SYN_RECEIVED);
    options.join().answer(nonce(), option.nonce(), keys, services().crypto());
    Optional<LocalAddress> local = localAddress(syn.dst());
    options.ids(local.map(this::idOf).orElse(0), option.addressId());
    options.localBackup(local.map(a -> a.priority() == Priority.BACKUP).orElse(false));
    options.remoteBackup(option.backup());
    FourTuple tuple = factory.tupleOf(syn);
    MptcpTcpSock subflow =
        new MptcpTcpSock(
            subflows.nextId(),
            linkIndex,
            factory.accept(nowNs, tuple, syn, linkIndex, options),
            options);
    return register(subflow) ? JoinVerdict.ACCEPTED : JoinVerdict.NO_RESOURCES;
  }

  private SubflowOptions joinOptions(SubflowState first) {
    return new SubflowOptions(keys, meta.window(), meta.fin(), services().counters(), first, 0);
  }

  private boolean roomForJoin(Opener opener) {
    PmLimits limits = paths.limits();
    int most = opener == Opener.US ? limits.maxOpened() : limits.maxAccepted();
    return subflows.joins(opener) < most
        && subflows.joins() < limits.maxSubflows()
        && subflows.joining() < limits.maxPendingJoins();
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
    count(Mib.MP_JOIN_REJECTED);
    subflows.remove(oldest.get());
    registration.removeFlow(oldest.get());
    oldest.get().release();
    return roomForJoin(opener);
  }

  private boolean register(MptcpTcpSock subflow) {
    if (!registration.addFlow(subflow)) {
      subflow.tcp().release();
      return false;
    }
    subflow.tcp().peerTimeouts(meta.peerTimeouts());
    subflow.tcp().congestionControl(subflows.master().tcp().congestionControl());
    subflows.add(subflow);
    return true;
  }

  /** RFC 8684 section 3.2: a random number that protects against replay. */
  private int nonce() {
    int nonce = services().random().nextInt();
    return nonce == 0 ? 1 : nonce;
  }

  private int idOf(LocalAddress address) {
    // RFC 8684 section 3.2: the address of the first subflow has id 0.
    return address.address().equals(paths.initialLocal()) ? 0 : address.id();
  }

  private Optional<LocalAddress> localAddress(IpAddress address) {
    return services().localAddresses().stream()
        .filter(candidate -> candidate.address().equals(address))
        .findFirst();
  }

  // ---- addresses

  private void announceNext(long nowNs) {
    AddressAnnouncements announcements = paths.announcements();
    Optional<MptcpTcpSock> carrier = subflows.anyUsable();
    if (carrier.isEmpty()) {
      // One that waits for its echo goes out again when something can carry it.
      if (announcements.awaitingEcho()) {
        timers.arm(Timer.ADD_ADDR, nowNs + config().timeouts().addAddressNs());
      }
      return;
    }
    AddAddr option = announcements.next(keys, services().crypto());
    if (option == null) {
      return;
    }
    say(carrier.get(), option);
    timers.arm(Timer.ADD_ADDR, nowNs + config().timeouts().addAddressNs());
  }

  private static void say(MptcpTcpSock subflow, MptcpOption option) {
    if (subflow.options().addControl(option)) {
      subflow.tcp().requestAck();
    }
  }

  /** An address of this host is gone. */
  void localAddressGone(LocalAddress address) {
    withdraw(idOf(address));
    paths.localAddressGone(address);
  }

  @Override
  public void announce(IpAddress address, int port) throws MptcpException {
    paths.requireAnnounceable(address, port);
    paths.announcements().add(requireLocal(address, "announce " + address), port);
  }

  @Override
  public void withdraw(IpAddress address) throws MptcpException {
    withdraw(idOf(requireLocal(address, "withdraw " + address)));
  }

  /** RFC 8684 section 3.4.2: tells the peer on every path that is left, and closes the others. */
  private void withdraw(int addressId) {
    if (paths.announces()) {
      paths.announcements().withdraw(addressId);
    }
    for (MptcpTcpSock s : subflows.live()) {
      if (s.localId() == addressId) {
        close(s, CloseReason.WITHDRAWN);
      } else if (s.up()) {
        say(s, RemoveAddr.of(addressId));
      }
    }
  }

  @Override
  public void close(int subflowId) {
    paths.requireKnown(subflowId);
    subflows.byId(subflowId).ifPresent(this::closeUnwanted);
  }

  private void closeUnwanted(MptcpTcpSock s) {
    if (!s.state().isClosing()) {
      count(Mib.RM_SUBFLOW);
      close(s, CloseReason.UNWANTED);
    }
  }

  private void close(MptcpTcpSock s, CloseReason why) {
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
        .ifPresent(
            s -> {
              s.options().localBackup(backup);
              say(s, MpPrio.ofSubflow(backup));
            });
  }

  @Override
  public void manager(PathManager manager) {
    paths.manager(manager);
  }
}
