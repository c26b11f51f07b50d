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
  private final ConnectionConfig config;
  private final MptcpCb cb;
  private final ConnectionList subflows;
  private final Transmitter transmitter;
  private final MetaTimers timers;

  SubflowControl(
      ConnectionConfig config,
      MptcpCb cb,
      ConnectionList subflows,
      Transmitter transmitter,
      MetaTimers timers) {
    this.config = config;
    this.cb = cb;
    this.subflows = subflows;
    this.transmitter = transmitter;
    this.timers = timers;
  }

  /** Shows the path manager what happened and does what it asks for. */
  void run(long nowNs, Connection connection, StackServices services) {
    PathSession paths = cb.paths();
    if (paths.busy()) {
      List<LocalAddress> locals = services.localAddresses();
      while (paths.busy()) {
        paths.runNext(locals);
        PathCommand command;
        while ((command = paths.poll()) != null) {
          execute(nowNs, connection, command, services);
        }
      }
    }
    if (subflows.size() > 0) {
      timers.stop(Timer.NO_SUBFLOW);
    } else {
      timers.armOnce(Timer.NO_SUBFLOW, nowNs + config.zeroSubflowTimeoutNs());
    }
    if (!cb.announcements().awaitingEcho()) {
      timers.stop(Timer.ADD_ADDR);
      if (cb.announcements().hasWaiting()) {
        announceNext(nowNs, services);
      }
    }
  }

  void onTimeout(long nowNs, StackServices services) {
    if (timers.take(Timer.ADD_ADDR, nowNs)) {
      announceNext(nowNs, services);
    }
  }

  private void execute(
      long nowNs, Connection connection, PathCommand command, StackServices services) {
    if (command instanceof PathCommand.Join join) {
      join(nowNs, connection, join, services);
    } else if (command instanceof PathCommand.Announce announce) {
      cb.announcements().add(announce.address());
    } else if (command instanceof PathCommand.Withdraw withdraw) {
      withdraw(withdraw.addressId());
    } else if (command instanceof PathCommand.Close close) {
      close(subflows.byId(close.subflowId()), services);
    } else if (command instanceof PathCommand.SetPriority set) {
      setPriority(set.subflowId(), set.priority());
    }
  }

  // ---- joins

  private void join(
      long nowNs, Connection connection, PathCommand.Join command, StackServices services) {
    Counters counters = services.counters();
    IpAddress local = command.local().address();
    IpAddress remote = command.remote().address();
    int remotePort = command.remote().port();
    if (!roomForJoin() || local.isV4() != remote.isV4()) {
      return;
    }
    int linkIndex = services.linkFor(local, remote);
    if (linkIndex < 0) {
      counters.increment(Mib.MP_JOIN_SYN_TX_CONNECT_ERR);
      return;
    }
    int localPort = services.ephemeralPort(local, remote, remotePort);
    if (localPort == 0) {
      counters.increment(Mib.MP_JOIN_SYN_TX_BIND_ERR);
      return;
    }
    MptcpTcpSock mptcp = joinSide(Handshake.JOIN_SYN_SENT, services);
    mptcp.join().begin(nonce(services));
    mptcp.ids(idOf(command.local()), command.remote().id());
    mptcp.localBackup(command.priority() == Priority.BACKUP);
    FourTuple tuple = new FourTuple(local, localPort, remote, remotePort);
    Subflow subflow =
        SubflowFactory.connect(
            nowNs, config, subflows.nextId(), tuple, linkIndex, mptcp, null, services);
    if (!register(connection, subflow, services)) {
      counters.increment(Mib.MP_JOIN_SYN_TX_CREAT_SK_ERR);
    }
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
    if (!roomForJoin()) {
      counters.increment(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.PROHIBITED;
    }
    MptcpTcpSock mptcp = joinSide(Handshake.JOIN_SYN_RECEIVED, services);
    mptcp.join().answer(nonce(services), option.nonce(), cb.keys(), services.crypto());
    LocalAddress local = localAddress(syn.dst(), services.localAddresses());
    mptcp.ids(local == null ? 0 : idOf(local), option.addressId());
    mptcp.localBackup(local != null && local.priority() == Priority.BACKUP);
    mptcp.remoteBackup(option.backup());
    Subflow subflow =
        SubflowFactory.accept(
            nowNs,
            config,
            subflows.nextId(),
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
    MetaSock meta = cb.meta();
    return new MptcpTcpSock(cb.keys(), meta.window(), meta.fin(), services.counters(), first, 0);
  }

  private boolean roomForJoin() {
    boolean masterLives = subflows.size() > 0 && subflows.get(0).isMaster();
    int extra = subflows.size() - (masterLives ? 1 : 0);
    return extra < config.limits().maxSubflows()
        && subflows.joining() < config.limits().maxPendingJoins()
        && !cb.meta().closed();
  }

  private boolean register(Connection connection, Subflow subflow, StackServices services) {
    if (!services.addFlow(connection, subflow)) {
      subflow.tcp().release();
      return false;
    }
    subflows.add(subflow);
    return true;
  }

  /** RFC 8684 section 3.2: a random number that protects against replay. */
  private static int nonce(StackServices services) {
    int nonce = services.random().nextInt();
    return nonce == 0 ? 1 : nonce;
  }

  private int idOf(LocalAddress address) {
    // RFC 8684 section 3.2: the address of the first subflow has id 0.
    return address.address().equals(cb.paths().initialLocal()) ? 0 : address.id();
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
    Subflow carrier = subflows.anyUsable();
    if (carrier == null) {
      // One that waits for its echo goes out again when something can carry it.
      if (cb.announcements().awaitingEcho()) {
        timers.arm(Timer.ADD_ADDR, nowNs + config.addAddrTimeoutNs());
      }
      return;
    }
    AddAddr option = cb.announcements().next(cb.keys(), services.crypto());
    if (option == null) {
      return;
    }
    if (carrier.mptcp().addControl(option)) {
      carrier.tcp().requestAck();
    }
    timers.arm(Timer.ADD_ADDR, nowNs + config.addAddrTimeoutNs());
  }

  /** An address of this host is gone. */
  void localAddressGone(LocalAddress address) {
    withdraw(idOf(address));
    cb.paths().localAddressGone(address);
  }

  /** RFC 8684 section 3.4.2: tells the peer on every path that is left, and closes the others. */
  private void withdraw(int addressId) {
    cb.announcements().withdraw(addressId);
    for (Subflow s : subflows.view()) {
      if (s.mptcp().localId() == addressId) {
        transmitter.reinject(s);
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
    transmitter.reinject(s);
    s.markDraining();
    s.mptcp().resetReason(MpTcpRst.UNSPECIFIED);
    s.tcp().abort();
  }

  /** RFC 8684 section 3.3.8: asks the peer to use a subflow so. */
  void setPriority(int subflowId, Priority priority) {
    Subflow s = subflows.byId(subflowId);
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
