package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.mptcp.MetaTimers.Timer;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.RxSegment;

/**
 * Carries out what the path manager asks for, within its limits: joins, announcements, withdrawals
 * and priorities. RFC 8684 sections 3.2, 3.3.8 and 3.4.
 */
final class SubflowControl {
  /** More than can wait at once; the rest is for a path manager that answers itself. */
  private static final int TURN_EVENTS = 512;

  private final ConnectionState state;

  SubflowControl(ConnectionState state) {
    this.state = state;
  }

  /** Shows the path manager what happened and does what it asks for. */
  void run(long nowNs, Connection connection, StackServices services) {
    PathSession paths = state.cb.paths();
    if (paths.busy()) {
      List<LocalAddress> locals = services.localAddresses();
      for (int i = 0; i < TURN_EVENTS && paths.busy(); i++) {
        paths.runNext(nowNs, locals);
        PathCommand command;
        while ((command = paths.poll()) != null) {
          execute(nowNs, connection, command, services);
        }
      }
    }
    // RFC 8684 section 3.3.3: FINs on all subflows without a DATA_FIN are no end, but for a time. A
    // join that is tried again and again does not keep a connection alive either.
    boolean finished = state.meta.peerFinished();
    if (finished ? state.subflows.anyUp() : state.subflows.anyReceiving()) {
      state.timers.stop(Timer.NO_SUBFLOW);
    } else {
      state.timers.armOnce(Timer.NO_SUBFLOW, nowNs + state.config.zeroSubflowTimeoutNs());
    }
    AddressAnnouncements announcements = state.cb.announcements();
    if (announcements != null && !announcements.awaitingEcho()) {
      state.timers.stop(Timer.ADD_ADDR);
      if (announcements.hasWaiting()) {
        announceNext(nowNs, services);
      }
    }
  }

  void onTimeout(long nowNs, StackServices services) {
    if (state.timers.take(Timer.ADD_ADDR, nowNs)) {
      announceNext(nowNs, services);
    }
    if (state.timers.take(Timer.PATHS, nowNs)) {
      state.cb.paths().timeout();
    }
  }

  private void execute(
      long nowNs, Connection connection, PathCommand command, StackServices services) {
    if (command instanceof PathCommand.Join join) {
      join(nowNs, connection, join, services);
    } else if (command instanceof PathCommand.Announce announce) {
      state.cb.announce(announce.address(), state.config.addAddrRetries());
    } else if (command instanceof PathCommand.Withdraw withdraw) {
      withdraw(withdraw.addressId());
    } else if (command instanceof PathCommand.Close close) {
      close(state.subflows.byId(close.subflowId()), services);
    } else if (command instanceof PathCommand.WakeAt wake) {
      wakeAt(wake.timeNs());
    } else if (command instanceof PathCommand.SetPriority set) {
      setPriority(set.subflowId(), set.priority());
    }
  }

  private void wakeAt(long timeNs) {
    if (timeNs == Long.MAX_VALUE) {
      state.timers.stop(Timer.PATHS);
    } else {
      state.timers.arm(Timer.PATHS, timeNs);
    }
  }

  // ---- joins

  private void join(
      long nowNs, Connection connection, PathCommand.Join command, StackServices services) {
    IpAddress local = command.local().address();
    IpAddress remote = command.remote().address();
    int remotePort = command.remote().port();
    if (local.isV4() != remote.isV4() || !makeRoomForJoin(nowNs, connection, services)) {
      return;
    }
    int linkIndex = services.linkFor(local, remote);
    if (linkIndex < 0) {
      notStarted(command, Mib.MP_JOIN_SYN_TX_CONNECT_ERR, services);
      return;
    }
    int localPort = services.ephemeralPort(local, remote, remotePort);
    if (localPort == 0) {
      notStarted(command, Mib.MP_JOIN_SYN_TX_BIND_ERR, services);
      return;
    }
    MptcpTcpSock mptcp = joinSide(Handshake.JOIN_SYN_SENT, services);
    mptcp.join().begin(nonce(services));
    mptcp.ids(idOf(command.local()), command.remote().id());
    mptcp.localBackup(command.priority() == Priority.BACKUP);
    FourTuple tuple = new FourTuple(local, localPort, remote, remotePort);
    Subflow subflow =
        SubflowFactory.connect(
            nowNs, state.config, state.subflows.nextId(), tuple, linkIndex, mptcp, null, services);
    if (!register(connection, subflow, services)) {
      notStarted(command, Mib.MP_JOIN_SYN_TX_CREAT_SK_ERR, services);
    }
  }

  private void notStarted(PathCommand.Join command, Mib why, StackServices services) {
    services.counters().increment(why);
    state.cb.paths().joinNotStarted(command.local(), command.remote());
  }

  JoinVerdict acceptJoin(
      long nowNs,
      Connection connection,
      RxSegment syn,
      MpJoinSyn option,
      int linkIndex,
      StackServices services) {
    Counters counters = services.counters();
    counters.increment(Mib.MP_JOIN_SYN_RX);
    if (option.backup()) {
      counters.increment(Mib.MP_JOIN_SYN_BACKUP_RX);
    }
    if (syn.dstPort() != connection.tuple().localPort()) {
      counters.increment(Mib.MISMATCH_PORT_SYN_RX);
      return JoinVerdict.PROHIBITED;
    }
    if (!makeRoomForJoin(nowNs, connection, services)) {
      counters.increment(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.TOO_MANY;
    }
    MptcpTcpSock mptcp = joinSide(Handshake.JOIN_SYN_RECEIVED, services);
    mptcp.join().answer(nonce(services), option.nonce(), state.cb.keys(), services.crypto());
    LocalAddress local = localAddress(syn.dst(), services.localAddresses());
    mptcp.ids(local == null ? 0 : idOf(local), option.addressId());
    mptcp.localBackup(local != null && local.priority() == Priority.BACKUP);
    mptcp.remoteBackup(option.backup());
    Subflow subflow =
        SubflowFactory.accept(
            nowNs,
            state.config,
            state.subflows.nextId(),
            SubflowFactory.tupleOf(syn, services),
            syn,
            linkIndex,
            mptcp,
            null,
            services);
    return register(connection, subflow, services)
        ? JoinVerdict.ACCEPTED
        : JoinVerdict.NO_RESOURCES;
  }

  private MptcpTcpSock joinSide(Handshake first, StackServices services) {
    MetaSock meta = state.cb.meta();
    return new MptcpTcpSock(
        state.cb.keys(), meta.window(), meta.fin(), services.counters(), first, 0);
  }

  private boolean roomForJoin() {
    boolean masterLives = state.subflows.size() > 0 && state.subflows.get(0).isMaster();
    int extra = state.subflows.size() - (masterLives ? 1 : 0);
    return extra < state.config.limits().maxSubflows()
        && state.subflows.joining() < state.config.limits().maxPendingJoins();
  }

  /**
   * Whether there is room for a join, for which the oldest half-open join of the peer gives way: as
   * long as no HMAC came, it may be anybody's who has seen the token.
   */
  private boolean makeRoomForJoin(long nowNs, Connection connection, StackServices services) {
    if (state.cb.meta().closed() || roomForJoin()) {
      return !state.cb.meta().closed();
    }
    Subflow oldest = state.subflows.oldestHalfOpenJoin();
    if (oldest == null) {
      return false;
    }
    services.counters().increment(Mib.MP_JOIN_REJECTED);
    state.subflows.remove(oldest);
    services.removeFlow(nowNs, connection, oldest);
    oldest.tcp().release();
    oldest.mptcp().release();
    return roomForJoin();
  }

  private boolean register(Connection connection, Subflow subflow, StackServices services) {
    if (!services.addFlow(connection, subflow)) {
      subflow.tcp().release();
      return false;
    }
    state.subflows.add(subflow);
    return true;
  }

  /** RFC 8684 section 3.2: a random number that protects against replay. */
  private static int nonce(StackServices services) {
    int nonce = services.random().nextInt();
    return nonce == 0 ? 1 : nonce;
  }

  private int idOf(LocalAddress address) {
    // RFC 8684 section 3.2: the address of the first subflow has id 0.
    return address.address().equals(state.cb.paths().initialLocal()) ? 0 : address.id();
  }

  private static LocalAddress localAddress(IpAddress address, List<LocalAddress> all) {
    for (LocalAddress candidate : all) {
      if (candidate.address().equals(address)) {
        return candidate;
      }
    }
    return null;
  }

  // ---- addresses

  private void announceNext(long nowNs, StackServices services) {
    Subflow carrier = state.subflows.anyUsable();
    if (carrier == null) {
      // One that waits for its echo goes out again when something can carry it.
      if (state.cb.announcements().awaitingEcho()) {
        state.timers.arm(Timer.ADD_ADDR, nowNs + state.config.addAddrTimeoutNs());
      }
      return;
    }
    AddAddr option = state.cb.announcements().next(state.cb.keys(), services.crypto());
    if (option == null) {
      return;
    }
    if (carrier.mptcp().addControl(option)) {
      carrier.tcp().requestAck();
    }
    state.timers.arm(Timer.ADD_ADDR, nowNs + state.config.addAddrTimeoutNs());
  }

  /** An address of this host is gone. */
  void localAddressGone(LocalAddress address) {
    withdraw(idOf(address));
    state.cb.paths().localAddressGone(address);
  }

  /** RFC 8684 section 3.4.2: tells the peer on every path that is left, and closes the others. */
  private void withdraw(int addressId) {
    if (state.cb.announcements() != null) {
      state.cb.announcements().withdraw(addressId);
    }
    for (Subflow s : state.subflows.view()) {
      if (s.mptcp().localId() == addressId) {
        state.transmitter.reinject(s);
        s.markDraining();
        s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
        s.tcp().abort();
      } else if (s.up() && s.mptcp().addControl(RemoveAddr.of(addressId))) {
        s.tcp().requestAck();
      }
    }
  }

  private void close(Subflow s, StackServices services) {
    if (s == null || s.draining()) {
      return;
    }
    services.counters().increment(Mib.RM_SUBFLOW);
    state.transmitter.reinject(s);
    s.markDraining();
    s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
    s.tcp().abort();
  }

  /** RFC 8684 section 3.3.8: asks the peer to use a subflow so. */
  void setPriority(int subflowId, Priority priority) {
    Subflow s = state.subflows.byId(subflowId);
    boolean backup = priority == Priority.BACKUP;
    if (s == null || s.mptcp() == null || s.mptcp().localBackup() == backup) {
      return;
    }
    s.mptcp().localBackup(backup);
    if (s.mptcp().addControl(MpPrio.ofSubflow(backup))) {
      s.tcp().requestAck();
    }
  }
}
