package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Endpoint.Flag;

/**
 * The path manager of the Linux kernel, for one connection: it announces {@link Endpoints} that are
 * to be announced, opens subflows from those that are for that, and joins what the peer announces
 * as long as the limits admit. Each endpoint is used once for a connection; what failed is not
 * tried again unless {@link Endpoints.Builder#retry} asks for it. Both ends do the same, whichever
 * opened the connection.
 */
public final class KernelPathManager implements PathManager {
  static final String NAME = "kernel";

  private final Endpoints endpoints;
  private final BitSet used = new BitSet(); // ids of endpoints that had their turn
  private final BitSet announced = new BitSet();
  private final BitSet closed = new BitSet(); // subflows that it closed
  private final BitSet accepted = new BitSet(); // the peer's ids that were joined
  private final Set<IpAddress> away = new HashSet<>(); // this host lost them
  private final @Nullable EndpointRetries retries;
  private @Nullable IpAddress initialLocal; // null before both ends have agreed
  private int initialLocalPort;
  private int localsUsed;
  private int initialId; // of the endpoint at the initial address, 0 when there is none

  /**
   * Makes one for a connection.
   *
   * @param endpoints what it works with
   */
  public KernelPathManager(Endpoints endpoints) {
    this.endpoints = endpoints;
    retries = endpoints.retry() ? new EndpointRetries() : null;
  }

  @Override
  public String name() {
    return NAME;
  }

  // ---- what the connection asks

  @Override
  public boolean admits(PmView view) {
    return left(view) > 0;
  }

  /** Who opened a connection does not listen where it came from. */
  @Override
  public boolean listens(PmView view) {
    return view.passive();
  }

  @Override
  public LocalAddress identify(LocalAddress address) {
    // Where the connection began has id 0 whether it is an endpoint or not.
    Optional<Endpoint> endpoint =
        initialLocal != null && address.address().equals(initialLocal)
            ? initial()
            : endpoints.identify(address.address());
    return endpoint
        .map(e -> new LocalAddress(e.id(), e.address(), address.linkIndex(), e.priority(), false))
        .orElse(address);
  }

  @Override
  public boolean probesBeforeRemove() {
    return endpoints.probeBeforeRemove();
  }

  @Override
  public Optional<PmFigures> figures() {
    return Optional.of(
        new PmFigures(
            accepted.cardinality(),
            localsUsed,
            endpoints.maxSubflows(),
            endpoints.count(Flag.SIGNAL),
            endpoints.maxAddAddrAccepted(),
            endpoints.count(Flag.SUBFLOW),
            endpoints.count(Flag.LAMINAR),
            endpoints.count(Flag.FULLMESH)));
  }

  // ---- what it is told

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    initialLocal = view.initialLocal();
    initialLocalPort = view.initialLocalPort();
    initial().ifPresent(e -> takeInitial(view, commands, e));
    useEndpoints(view, commands);
  }

  /** The endpoint of the address that the connection began on. */
  private Optional<Endpoint> initial() {
    return endpoints.list().stream().filter(this::isInitial).findFirst();
  }

  private boolean isInitial(Endpoint endpoint) {
    return initialLocal != null && endpoint.isAt(initialLocal, initialLocalPort);
  }

  /** Its subflow is there: it is neither announced nor joined from, unless it was given up. */
  private void takeInitial(PmView view, PmCommands commands, Endpoint endpoint) {
    initialId = endpoint.id();
    if (view.initialLocalInUse() && endpoint.has(Flag.BACKUP)) {
      commands.setPriority(0, Priority.BACKUP);
    }
  }

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    if (retries != null) {
      retries.up(view.nowNs(), subflow);
    }
    useEndpoints(view, commands);
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    if (retries != null) {
      retries.down(view, commands, subflow, end);
    }
    useEndpoints(view, commands);
  }

  @Override
  public void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    if (view.subflows().stream().noneMatch(s -> s.remoteId() == remote.id())) {
      accepted.clear(remote.id());
    }
    if (retries != null) {
      retries.notStarted(view, commands, local, remote);
    }
    useEndpoints(view, commands);
  }

  @Override
  public void onAddAddr(PmView view, PmCommands commands, RemoteAddress remote) {
    boolean wanted = remote.id() == 0 || acceptsAddresses(view) || isDeniedOnly(view);
    boolean joined =
        view.subflows().stream()
            .anyMatch(s -> s.remote().equals(remote.address()) && s.remotePort() == remote.port());
    if (!wanted || joined) {
      return;
    }
    List<LocalAddress> from = localsFor(view, remote);
    from.forEach(local -> join(view, commands, local, remote));
    if (!from.isEmpty() && remote.id() != 0) {
      accepted.set(remote.id());
    }
  }

  @Override
  public void onAddAddrAgain(PmView view, PmCommands commands, RemoteAddress remote) {
    onAddAddr(view, commands, remote);
  }

  @Override
  public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {
    accepted.clear(remoteId);
    if (retries != null) {
      retries.forgetRemote(remoteId);
    }
    useEndpoints(view, commands);
  }

  /** As if its endpoints had been deleted: whoever manages the host does both on Linux. */
  @Override
  public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {
    away.add(address.address());
    for (Endpoint e : endpoints.list()) {
      if (e.isAt(address.address())) {
        release(e, idOf(e));
      }
    }
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    away.remove(address.address());
    if (retries != null) {
      retries.again(view, commands, address.address(), roomFor(view));
    }
    useEndpoints(view, commands);
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    if (retries != null) {
      retries.run(view, commands, roomFor(view));
    }
  }

  @Override
  public void onNews(PmView view, PmCommands commands, PathNews news) {
    if (!(news instanceof EndpointChange change) || change.of() != endpoints) {
      return;
    }
    if (change instanceof EndpointChange.Added added) {
      added(view, commands, added.endpoint());
    } else if (change instanceof EndpointChange.Deleted deleted) {
      deleted(view, commands, deleted.endpoint());
    } else if (change instanceof EndpointChange.InitialDeleted initial) {
      if (initial.address().equals(view.initialLocal())) {
        commands.withdraw(0);
      }
    } else if (change instanceof EndpointChange.Changed changed) {
      changed(view, commands, changed.before(), changed.after());
    } else if (change instanceof EndpointChange.Flushed flushed) {
      flushed(view, commands, flushed.endpoints());
    }
  }

  // ---- changes

  private void added(PmView view, PmCommands commands, Endpoint endpoint) {
    if (isInitial(endpoint)) {
      takeInitial(view, commands, endpoint);
    }
    useEndpoints(view, commands);
  }

  private void deleted(PmView view, PmCommands commands, Endpoint endpoint) {
    int id = idOf(endpoint);
    if (announced.get(endpoint.id()) || uses(view, endpoint) && !endpoint.has(Flag.IMPLICIT)) {
      commands.withdraw(id);
    } else {
      closeSubflows(view, commands, endpoint);
    }
    forget(endpoint, id);
  }

  private void forget(Endpoint endpoint, int idInConnection) {
    release(endpoint, idInConnection);
    if (endpoint.id() == initialId) {
      initialId = 0;
    }
  }

  /** Nothing is left of what was done for an endpoint. */
  private void release(Endpoint endpoint, int idInConnection) {
    announced.clear(endpoint.id());
    takeBack(endpoint, idInConnection);
    if (retries != null) {
      retries.forgetLocal(endpoint.address());
    }
  }

  /** An endpoint may have its turn again. */
  private void takeBack(Endpoint endpoint, int idInConnection) {
    if (endpoint.has(Flag.SUBFLOW) && idInConnection != 0 && used.get(endpoint.id())) {
      localsUsed = Math.max(0, localsUsed - 1);
    }
    used.clear(endpoint.id());
  }

  /** Those that live, without what is about to be closed. */
  private List<PmSubflow> subflows(PmView view) {
    return view.subflows().stream().filter(s -> !closed.get(s.id())).toList();
  }

  private void changed(PmView view, PmCommands commands, Endpoint before, Endpoint after) {
    if (before.has(Flag.BACKUP) != after.has(Flag.BACKUP)) {
      for (PmSubflow s : view.subflows()) {
        if (isOf(after, s)) {
          commands.setPriority(s.id(), after.priority());
        }
      }
    }
    if (after.has(Flag.SUBFLOW) && before.has(Flag.FULLMESH) != after.has(Flag.FULLMESH)) {
      closeSubflows(view, commands, after);
      takeBack(after, idOf(after));
      useEndpoints(view, commands);
    }
  }

  private void flushed(PmView view, PmCommands commands, List<Endpoint> gone) {
    List<Integer> withdrawn = new ArrayList<>();
    for (Endpoint e : gone) {
      if (announced.get(e.id())) {
        withdrawn.add(idOf(e));
      } else {
        closeSubflows(view, commands, e);
      }
      forget(e, idOf(e));
    }
    if (!withdrawn.isEmpty()) {
      commands.withdraw(withdrawn);
    }
    used.clear();
    localsUsed = 0;
    initialId = 0;
  }

  private void closeSubflows(PmView view, PmCommands commands, Endpoint endpoint) {
    for (PmSubflow s : subflows(view)) {
      if (isOf(endpoint, s)) {
        commands.close(s.id());
        closed.set(s.id());
      }
    }
  }

  private static boolean uses(PmView view, Endpoint endpoint) {
    return view.subflows().stream().anyMatch(s -> isOf(endpoint, s));
  }

  private static boolean isOf(Endpoint endpoint, PmSubflow subflow) {
    return endpoint.isAt(subflow.local(), subflow.localPort());
  }

  // ---- endpoints that wait for their turn

  private void useEndpoints(PmView view, PmCommands commands) {
    passOverInitial(view);
    List<Endpoint> both = announce(view, commands);
    // There is no other way to the peer than the addresses that it will announce.
    if (isDeniedOnly(view)) {
      return;
    }
    int most = endpoints.count(Flag.SUBFLOW);
    int room = roomFor(view);
    for (Endpoint e : endpoints.list()) {
      if (localsUsed >= most || room <= 0) {
        return;
      }
      if (both.contains(e) || isFreeToJoinFrom(e)) {
        room -= open(view, commands, e, room);
      }
    }
  }

  private boolean isFreeToJoinFrom(Endpoint endpoint) {
    return endpoint.has(Flag.SUBFLOW) && !used.get(endpoint.id()) && !isAway(endpoint);
  }

  private boolean isAway(Endpoint endpoint) {
    return away.contains(endpoint.address());
  }

  /** The peer knows what it uses already; to its other addresses FULLMESH may go from there. */
  private void passOverInitial(PmView view) {
    boolean inUse =
        !view.initialLocalWithdrawn() && subflows(view).stream().anyMatch(s -> s.localId() == 0);
    for (Endpoint e : endpoints.list()) {
      if (inUse && isInitial(e) && !e.has(Flag.FULLMESH)) {
        used.set(e.id());
      }
    }
  }

  /** Announces what was not announced yet; what is to be joined from as well. */
  private List<Endpoint> announce(PmView view, PmCommands commands) {
    List<Endpoint> both = List.of();
    for (Endpoint e : endpoints.list()) {
      boolean known = isInitial(e) && view.initialLocalInUse();
      if (!e.has(Flag.SIGNAL) || used.get(e.id()) || known || isAway(e)) {
        continue;
      }
      used.set(e.id());
      announced.set(e.id());
      LocalAddress address = new LocalAddress(idOf(e), e.address(), e.linkIndex());
      commands.announce(address, e.port());
      if (e.has(Flag.SUBFLOW)) {
        both = both.isEmpty() ? new ArrayList<>() : both;
        both.add(e);
      }
    }
    return both;
  }

  /** Opens the subflows of an endpoint; how many. */
  private int open(PmView view, PmCommands commands, Endpoint endpoint, int room) {
    used.set(endpoint.id());
    localsUsed += idOf(endpoint) == 0 ? 0 : 1;
    Optional<LocalAddress> from = local(view, endpoint);
    if (from.isEmpty()) {
      return 0;
    }
    List<RemoteAddress> to =
        endpoint.has(Flag.FULLMESH)
            ? mesh(view, endpoint, from.get(), room)
            : initial(view, endpoint);
    to.forEach(remote -> join(view, commands, from.get(), remote));
    return to.size();
  }

  private static List<RemoteAddress> initial(PmView view, Endpoint endpoint) {
    RemoteAddress remote = view.initialRemote();
    boolean possible =
        view.joinToInitialAllowed() && isPair(view, endpoint.address(), remote.address());
    return possible ? List.of(remote) : List.of();
  }

  /** As Linux: a connection that was opened by IPv4 takes no address of IPv6. */
  private static boolean isPair(PmView view, IpAddress local, IpAddress remote) {
    return local.isV4() == remote.isV4() && (local.isV4() || !view.initialLocal().isV4());
  }

  /** The peer's addresses in use to which there is no subflow from that address yet. */
  private List<RemoteAddress> mesh(PmView view, Endpoint endpoint, LocalAddress from, int room) {
    if (view.subflows().isEmpty()) {
      return initial(view, endpoint);
    }
    BitSet taken = new BitSet();
    for (PmSubflow s : subflows(view)) {
      if (s.local().equals(from.address())) {
        taken.set(s.remoteId());
      }
    }
    List<RemoteAddress> free = new ArrayList<>();
    for (PmSubflow s : subflows(view)) {
      boolean open =
          !taken.get(s.remoteId())
              && (s.remoteId() != 0 || view.joinToInitialAllowed())
              && isPair(view, from.address(), s.remote());
      if (open && free.size() < room) {
        taken.set(s.remoteId());
        free.add(new RemoteAddress(s.remoteId(), s.remote(), s.remotePort()));
      }
    }
    return free;
  }

  // ---- what the peer announces

  private boolean acceptsAddresses(PmView view) {
    return accepted.cardinality() < endpoints.maxAddAddrAccepted() && roomFor(view) > 0;
  }

  /**
   * Whether the peer forbids joins to its initial address and nothing it announces would be joined:
   * then its first announcement is, whatever the limit.
   */
  private boolean isDeniedOnly(PmView view) {
    return !view.joinToInitialAllowed()
        && localsUsed == 0
        && endpoints.maxAddAddrAccepted() == 0
        && roomFor(view) > 0;
  }

  /** Where an address of the peer is joined from. */
  private List<LocalAddress> localsFor(PmView view, RemoteAddress remote) {
    int room = roomFor(view);
    List<LocalAddress> from = new ArrayList<>();
    if (endpoints.count(Flag.FULLMESH) > 0) {
      for (Endpoint e : endpoints.list()) {
        if (from.size() < room && e.has(Flag.FULLMESH)) {
          local(view, e)
              .filter(l -> isPair(view, l.address(), remote.address()))
              .ifPresent(from::add);
        }
      }
      if (!from.isEmpty()) {
        return from;
      }
    }
    if (endpoints.count(Flag.LAMINAR) > 0) {
      return laminar(view, remote).filter(l -> room > 0).map(List::of).orElse(List.of());
    }
    if (remote.id() != 0 && isDeniedOnly(view)) {
      return fromSubflowEndpoints(view, remote, room);
    }
    return room > 0 ? byRoute(view, remote) : List.of();
  }

  /** The address that the host's routes would choose. */
  private List<LocalAddress> byRoute(PmView view, RemoteAddress remote) {
    return view
        .localFor(remote.address())
        .filter(local -> isPair(view, local.address(), remote.address()))
        .map(this::identify)
        .stream()
        .toList();
  }

  private Optional<LocalAddress> laminar(PmView view, RemoteAddress remote) {
    for (Endpoint e : endpoints.list()) {
      if (!e.has(Flag.LAMINAR) || uses(view, e)) {
        continue;
      }
      Optional<LocalAddress> found =
          local(view, e).filter(l -> isPair(view, l.address(), remote.address()));
      if (found.isPresent()) {
        if (e.has(Flag.SUBFLOW) && !used.get(e.id())) {
          used.set(e.id());
          localsUsed++;
        }
        return found;
      }
    }
    return Optional.empty();
  }

  private List<LocalAddress> fromSubflowEndpoints(PmView view, RemoteAddress remote, int room) {
    List<LocalAddress> from = new ArrayList<>();
    for (Endpoint e : endpoints.list()) {
      if (from.size() < room && isFreeToJoinFrom(e)) {
        used.set(e.id());
        local(view, e)
            .filter(l -> isPair(view, l.address(), remote.address()) && e.id() != initialId)
            .ifPresent(from::add);
      }
    }
    localsUsed += from.size();
    return from.isEmpty() && room > 0 ? byRoute(view, remote) : from;
  }

  // ---- small things

  private void join(PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    commands.join(local, remote, local.priority());
    if (retries != null) {
      retries.opened(local, remote);
    }
  }

  /** Subflows that may still be opened: the stack has limits of its own. */
  private int roomFor(PmView view) {
    return Math.min(left(view), view.joinsLeft());
  }

  /** Subflows that the endpoints' limit leaves, whoever opens them. */
  private int left(PmView view) {
    int extra = 0;
    for (PmSubflow s : subflows(view)) {
      extra += s.id() == 0 ? 0 : 1;
    }
    return endpoints.maxSubflows() - extra;
  }

  /** RFC 8684 section 3.2: the address of the first subflow has id 0. */
  private int idOf(Endpoint endpoint) {
    return endpoint.id() == initialId ? 0 : endpoint.id();
  }

  /** The address of an endpoint as one of this host; none when it is on another link. */
  private Optional<LocalAddress> local(PmView view, Endpoint endpoint) {
    int link = endpoint.linkIndex();
    for (LocalAddress a : view.localAddresses()) {
      if (endpoint.isAt(a.address())) {
        return link == Endpoint.ANY_LINK || link == a.linkIndex()
            ? Optional.of(toLocal(endpoint, a.linkIndex()))
            : Optional.empty();
      }
    }
    // It is not there now: the join will say so.
    return Optional.of(toLocal(endpoint, link));
  }

  private LocalAddress toLocal(Endpoint endpoint, int link) {
    return new LocalAddress(idOf(endpoint), endpoint.address(), link, endpoint.priority(), false);
  }
}
