package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.PmCommands;
import org.mptcp4j.pm.PmFigures;
import org.mptcp4j.pm.PmLimits;
import org.mptcp4j.pm.PmSubflow;
import org.mptcp4j.pm.PmView;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.pm.SubflowEnd;
import org.mptcp4j.tcp.FourTuple;

/**
 * The path manager's session with one connection: what it sees, the events that wait for it and the
 * commands it gave. The typed form of the kernel's {@code mptcp_pm} area.
 */
final class PathSession implements PmView, PmCommands {
  /** More than announcing and joining every address that there may be takes. */
  private static final int COMMAND_LIMIT = 1024;

  /** More than a segment can cause; what comes when nobody listens any more is forgotten. */
  private static final int EVENT_LIMIT = 256;

  /**
   * RFC 8684 section 5: a peer must not make us send to as many hosts as it likes. Unless more may
   * be remembered at a time.
   */
  private static final int LIFETIME_ADDRESSES = 64;

  private PathManager manager;
  private final FourTuple initial;
  private final SessionKeys keys;
  private final ConnectionList subflows;
  private final SubflowFactory host;
  private List<RemoteAddress> remotes = List.of();
  private byte addressesTaken; // unsigned
  private Chain<Runnable> events;
  private Chain<PathCommand> commands;
  private Chain<MptcpTcpSock> removedByPeer; // not looked at yet
  private long nowNs;
  private boolean established;
  private boolean initialWithdrawn;
  private boolean ourInitialWithdrawn;
  private AddressAnnouncements announcements; // null until this end announces something

  PathSession(
      PathManager manager,
      FourTuple initial,
      SessionKeys keys,
      ConnectionList subflows,
      SubflowFactory host) {
    this.manager = manager;
    this.initial = initial;
    this.keys = keys;
    this.subflows = subflows;
    this.host = host;
  }

  /** Makes the flows that the path manager wants. */
  SubflowFactory host() {
    return host;
  }

  /** Keys of the connection. */
  SessionKeys keys() {
    return keys;
  }

  /** The subflows that it manages. */
  ConnectionList connectionList() {
    return subflows;
  }

  /** Name of the path manager. */
  String managerName() {
    return manager.name();
  }

  /** What is used of what may be used. */
  PathFigures figures() {
    return new PathFigures(
        subflows.beside(),
        announces() ? announcements.announced() : 0,
        manager.figures().orElseGet(this::figuresOfStack));
  }

  private PmFigures figuresOfStack() {
    List<LocalAddress> others = localAddresses().stream().filter(a -> idOf(a) != 0).toList();
    return new PmFigures(
        remotes.size(),
        subflows.localAddressesUsed(),
        limits().maxSubflows(),
        (int) others.stream().filter(LocalAddress::announce).count(),
        limits().maxRemoteAddresses(),
        others.size(),
        0,
        0);
  }

  // ---- what this end announces

  /** Whether this end ever announced an address, or withdrew one. */
  boolean announces() {
    return announcements != null;
  }

  /** What this end announces; made at the first call. */
  AddressAnnouncements announcements() {
    if (announcements == null) {
      announcements = new AddressAnnouncements(host.config().mptcp().addAddressRetries());
    }
    return announcements;
  }

  // ---- events

  /** Whether the path manager is told nothing more before it has heard what waits. */
  boolean isFull() {
    return Chain.size(events) >= EVENT_LIMIT;
  }

  private void event(Runnable tell) {
    if (!isFull()) {
      events = Chain.add(events, tell);
    }
  }

  void established() {
    established = true;
    event(() -> manager.onEstablished(this, this));
  }

  /** Whether the path manager was told that the connection is established. */
  boolean isEstablished() {
    return established;
  }

  /** Another path manager decides from now on: it finds what there is, and not how it came. */
  void manager(PathManager other) {
    manager = other;
    events = null;
    wakeAt(Long.MAX_VALUE);
    hostEvent(() -> manager.onEstablished(this, this));
  }

  /** What this host tells; the beginning shows the state that it has then. */
  private void hostEvent(Runnable tell) {
    if (established) {
      event(tell);
    }
  }

  void localAddress(LocalAddress address) {
    hostEvent(() -> manager.onLocalAddress(this, this, address));
  }

  void localAddressGone(LocalAddress address) {
    hostEvent(() -> manager.onLocalAddressGone(this, this, address));
  }

  void linkUp(int linkIndex) {
    hostEvent(() -> manager.onLinkUp(this, this, linkIndex));
  }

  void linkDown(int linkIndex) {
    hostEvent(() -> manager.onLinkDown(this, this, linkIndex));
  }

  void news(PathNews news) {
    hostEvent(() -> manager.onNews(this, this, news));
  }

  void joinNotStarted(LocalAddress local, RemoteAddress remote) {
    event(() -> manager.onJoinNotStarted(this, this, local, remote));
  }

  void timeout() {
    event(() -> manager.onTimeout(this, this));
  }

  /**
   * The peer announced an address.
   *
   * @return whether it is new and was taken
   */
  boolean announced(RemoteAddress address) {
    if (address.id() == 0) {
      return initialAnnounced(address);
    }
    if (remotes.contains(address)) {
      event(() -> manager.onAddAddrAgain(this, this, address));
      return false;
    }
    // RFC 8684 section 3.4.1: an id stands for one address, and for the port that came last.
    List<RemoteAddress> others = remotesBeside(address.id());
    boolean conflict =
        remotes.stream()
            .anyMatch(a -> a.id() == address.id() && !a.address().equals(address.address()));
    int most = limits().maxRemoteAddresses();
    int ever = addressesTaken & 0xff;
    if (conflict) {
      return false;
    }
    if (others.size() >= most || ever >= Math.max(LIFETIME_ADDRESSES, most)) {
      host.services().counters().limitReached(Mib.ADD_ADDR_DROP);
      return false;
    }
    addressesTaken++;
    remotes = Stream.concat(others.stream(), Stream.of(address)).toList();
    event(() -> manager.onAddAddr(this, this, address));
    return true;
  }

  private List<RemoteAddress> remotesBeside(int id) {
    return remotes.stream().filter(a -> a.id() != id).toList();
  }

  /** RFC 8684 section 3.4.2: where the connection began can be withdrawn, and come back. */
  private boolean initialAnnounced(RemoteAddress address) {
    if (!address.equals(initialRemote())) {
      return false;
    }
    boolean again = initialWithdrawn;
    initialWithdrawn = false;
    event(() -> manager.onAddAddr(this, this, address));
    return again;
  }

  /** Whether a join of the peer, whose HMAC is right, becomes a subflow. */
  boolean admitsJoin() {
    return subflows.joins(Opener.PEER) < limits().maxAccepted()
        && subflows.beside() < limits().maxSubflows()
        && manager.admits(this);
  }

  /** Whether the peer may join at the port that the connection began on. */
  boolean listens() {
    return manager.listens(this);
  }

  /** An address of this host as the path manager knows it. */
  LocalAddress identify(LocalAddress address) {
    return manager.identify(address);
  }

  /** Whether subflows whose address the peer withdraws are probed before they are closed. */
  boolean probesBeforeRemove() {
    return manager.probesBeforeRemove();
  }

  /** The peer withdrew the address of a subflow, which may still work. */
  void removedByPeer(MptcpTcpSock subflow) {
    if (Chain.has(removedByPeer, subflow)) {
      return;
    }
    removedByPeer = Chain.add(removedByPeer, subflow);
  }

  /** The next one of those, or null. */
  MptcpTcpSock pollRemovedByPeer() {
    if (removedByPeer == null) {
      return null;
    }
    MptcpTcpSock subflow = removedByPeer.item();
    removedByPeer = removedByPeer.next();
    return subflow;
  }

  /**
   * The peer withdrew an address.
   *
   * @return the address, unless it was not known
   */
  Optional<RemoteAddress> withdrawn(int remoteId) {
    Optional<RemoteAddress> gone =
        remoteId == 0
            ? Optional.of(initialRemote()).filter(first -> !initialWithdrawn)
            : remotes.stream().filter(a -> a.id() == remoteId).findFirst();
    remotes = remotesBeside(remoteId);
    // RFC 8684 section 3.4.2: id 0 is the address that the connection began on.
    initialWithdrawn |= remoteId == 0;
    event(() -> manager.onRemoveAddr(this, this, remoteId));
    return gone;
  }

  void subflowUp(MptcpTcpSock subflow) {
    PmSubflow seen = PmSubflowView.of(subflow);
    event(() -> manager.onSubflowUp(this, this, seen));
  }

  void subflowStale(MptcpTcpSock subflow) {
    PmSubflow seen = PmSubflowView.of(subflow);
    hostEvent(() -> manager.onSubflowStale(this, this, seen));
  }

  void subflowDown(MptcpTcpSock subflow) {
    PmSubflow seen = PmSubflowView.of(subflow);
    SubflowEnd end = PmSubflowView.end(subflow);
    event(() -> manager.onSubflowDown(this, this, seen, end));
  }

  void priorityChanged(MptcpTcpSock subflow, boolean backup) {
    PmSubflow seen = PmSubflowView.of(subflow);
    event(() -> manager.onBackupChange(this, this, seen, PmSubflowView.priority(backup)));
  }

  /** Events that wait for the path manager. */
  int waiting() {
    return Chain.size(events);
  }

  /** Whether events or commands wait. */
  boolean busy() {
    return events != null || commands != null;
  }

  /** Shows the path manager the next thing that happened; its commands are queued. */
  void runNext(long timeNs) {
    nowNs = timeNs;
    if (events != null) {
      Runnable event = events.item();
      events = events.next();
      event.run();
    }
  }

  /** Next command, or null. */
  PathCommand poll() {
    if (commands == null) {
      return null;
    }
    PathCommand command = commands.item();
    commands = commands.next();
    return command;
  }

  // ---- view

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public boolean passive() {
    return subflows.master().tcp().isPassive();
  }

  @Override
  public boolean joinToInitialAllowed() {
    return !keys.remoteDeniesJoin() && !initialWithdrawn;
  }

  @Override
  public IpAddress initialLocal() {
    return initial.local();
  }

  @Override
  public int initialLocalPort() {
    return initial.localPort();
  }

  @Override
  public RemoteAddress initialRemote() {
    return new RemoteAddress(0, initial.remote(), initial.remotePort());
  }

  @Override
  public List<LocalAddress> localAddresses() {
    return host.services().localAddresses();
  }

  @Override
  public Optional<LocalAddress> localFor(IpAddress remote) {
    return host.services().localFor(remote);
  }

  @Override
  public List<RemoteAddress> remoteAddresses() {
    return remotes;
  }

  @Override
  public List<PmSubflow> subflows() {
    // One that failed is seen until it is said why: else its path would be tried again at once.
    return seen(s -> !s.state().isClosing() || s.error() != SocketError.NONE);
  }

  @Override
  public List<PmSubflow> closing() {
    return seen(
        s -> s.state().isClosing() && s.error() == SocketError.NONE && !s.reason().isWithdrawal());
  }

  private List<PmSubflow> seen(Predicate<MptcpTcpSock> which) {
    List<PmSubflow> seen = new ArrayList<>(subflows.size());
    for (MptcpTcpSock s : subflows.live()) {
      if (s.state() != SubflowState.JOIN_SYN_RECEIVED && which.test(s)) {
        seen.add(PmSubflowView.of(s));
      }
    }
    return seen;
  }

  @Override
  public PmLimits limits() {
    return host.config().pathLimits();
  }

  @Override
  public int joinsLeft() {
    PmLimits limits = limits();
    int opened = limits.maxOpened() - subflows.joins(Opener.US);
    int pending = limits.maxPendingJoins() - subflows.joining(Opener.US);
    return Math.max(
        0, Math.min(limits.maxSubflows() - subflows.beside(), Math.min(opened, pending)));
  }

  // ---- commands

  private void command(PathCommand command) {
    if (Chain.size(commands) < COMMAND_LIMIT) {
      commands = Chain.add(commands, command);
    }
  }

  @Override
  public void join(LocalAddress local, int localPort, RemoteAddress remote, Priority priority) {
    PathChecks.requireJoinable(local.address(), localPort, remote.address(), remote.port());
    Objects.requireNonNull(priority, "priority");
    command(new PathCommand.Join(local, localPort, remote, priority));
  }

  @Override
  public void announce(LocalAddress address, int port) {
    requireAnnounceable(address.address(), port);
    command(new PathCommand.Announce(address, port));
  }

  /**
   * Whether such an announcement makes sense.
   *
   * @throws IllegalArgumentException when not
   */
  void requireAnnounceable(IpAddress address, int port) {
    // RFC 8684 section 3.2: the address of the first subflow has id 0, and is known.
    if (isInitial(address, port) && initialLocalInUse()) {
      throw new IllegalArgumentException(
          address + " is where the connection began, which the peer knows; announce another one");
    }
    PathChecks.requirePort("announced", port, ANY_PORT);
  }

  /** RFC 8684 section 3.4.1: the same address with another port is another path. */
  private boolean isInitial(IpAddress address, int port) {
    return address.equals(initialLocal()) && (port == ANY_PORT || port == initialLocalPort());
  }

  /**
   * Whether there is or was a subflow of that number.
   *
   * @throws IllegalArgumentException when there never was
   */
  void requireKnown(int subflowId) {
    if (subflowId < 0 || subflowId >= subflows.created()) {
      throw new IllegalArgumentException(
          "there never was a subflow "
              + subflowId
              + "; choose one of "
              + subflows.live().stream().map(MptcpTcpSock::id).toList());
    }
  }

  @Override
  public void withdraw(List<Integer> addressIds) {
    if (!addressIds.isEmpty()) {
      command(new PathCommand.Withdraw(List.copyOf(addressIds)));
    }
  }

  /** This end withdrew the address that the connection began on. */
  void ourInitialWithdrawn() {
    ourInitialWithdrawn = true;
  }

  @Override
  public boolean initialLocalWithdrawn() {
    return ourInitialWithdrawn;
  }

  /** The address of this host that is equal to one. */
  Optional<LocalAddress> localAddress(IpAddress address) {
    for (LocalAddress candidate : host.services().localAddresses()) {
      if (candidate.address().equals(address)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The same; there has to be one. */
  LocalAddress requireLocal(IpAddress address, String what) throws MptcpException {
    Optional<LocalAddress> local = localAddress(address);
    if (local.isEmpty()) {
      throw new MptcpException(
          SocketError.EADDRNOTAVAIL,
          what
              + ": use one of "
              + host.services().localAddresses().stream().map(LocalAddress::address).toList());
    }
    return local.get();
  }

  /** An address of the peer. Its id is known when the peer announced it, else the SYN/ACK tells. */
  RemoteAddress requireRemote(IpAddress address, int port, String what) throws MptcpException {
    Optional<RemoteAddress> known =
        remotes.stream().filter(a -> a.address().equals(address)).findFirst();
    RemoteAddress remote = new RemoteAddress(known.map(RemoteAddress::id).orElse(0), address, port);
    boolean first = address.equals(initial.remote()) && port == initial.remotePort();
    if (first && keys.remoteDeniesJoin() && !remotes.contains(remote)) {
      // RFC 8684 section 3.1: flag C.
      throw new MptcpException(
          SocketError.ECONNREFUSED,
          what + ": the peer takes no more there; use one of " + remotes + ", which it announced");
    }
    return remote;
  }

  /** The id of an address of this host: RFC 8684 section 3.2, that of the first subflow has 0. */
  int idOf(LocalAddress address) {
    return address.address().equals(initialLocal()) ? 0 : address.id();
  }

  /** The same for one that is joined at a port: RFC 8684 section 3.4.1, a port has its own id. */
  int idAt(LocalAddress address, int port) {
    return announces() && port != initialLocalPort()
        ? announcements.idAt(address.address(), port).orElse(idOf(address))
        : idOf(address);
  }

  /** An address of this host as the peer is told of it, from now on. */
  LocalAddress asAnnounced(LocalAddress address, int port) {
    int id = isInitial(address.address(), port) ? 0 : address.id();
    ourInitialWithdrawn &= id != 0;
    return new LocalAddress(
        id, address.address(), address.linkIndex(), address.priority(), address.announce());
  }

  /** The peer is joined from an address: what was withdrawn before is back. */
  void inUse(int addressId) {
    ourInitialWithdrawn &= addressId != 0;
    if (announces()) {
      announcements.used(addressId);
    }
  }

  @Override
  public void close(int subflowId) {
    requireKnown(subflowId);
    command(new PathCommand.Close(subflowId));
  }

  @Override
  public void reset(int subflowId, PeerReset why) {
    requireKnown(subflowId);
    command(new PathCommand.Reset(subflowId, Objects.requireNonNull(why, "why")));
  }

  @Override
  public void wakeAt(long timeNs) {
    command(new PathCommand.WakeAt(timeNs));
  }

  @Override
  public void setPriority(int subflowId, Priority priority) {
    requireKnown(subflowId);
    Objects.requireNonNull(priority, "priority");
    command(new PathCommand.SetPriority(subflowId, priority));
  }
}
