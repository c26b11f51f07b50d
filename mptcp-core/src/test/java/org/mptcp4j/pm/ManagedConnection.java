package org.mptcp4j.pm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mptcp4j.link.packet.IpAddress;

/** A connection as a path manager sees it, without one: three addresses here, one at the peer. */
final class ManagedConnection implements PmView, PmCommands {
  static final long S = 1_000_000_000L;
  static final LocalAddress FIRST = local(1, "10.0.0.1");
  static final LocalAddress SECOND = local(2, "10.0.1.1");
  static final LocalAddress SIX = local(3, "fd00::1");
  static final RemoteAddress INITIAL = new RemoteAddress(0, IpAddress.parse("10.0.0.2"), 80);
  static final RemoteAddress ANNOUNCED = new RemoteAddress(4, IpAddress.parse("10.0.1.2"), 80);

  final List<RemoteAddress> remotes = new ArrayList<>();
  final List<LocalAddress> locals = new ArrayList<>(List.of(FIRST, SECOND, SIX));
  final List<PmSubflow> subflows = new ArrayList<>();
  final List<PmSubflow> closing = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  private int created;
  long nowNs = 5 * S;
  long wakeAtNs = Long.MAX_VALUE;
  boolean passive;
  boolean initialWithdrawn;
  boolean joinToInitial = true;
  int joinsLeft = PmLimits.DEFAULT.maxOpened();

  ManagedConnection() {
    subflow(FIRST, INITIAL);
  }

  static LocalAddress local(int id, String address) {
    return new LocalAddress(id, IpAddress.parse(address), id, Priority.NORMAL, false);
  }

  /** A subflow that is established. */
  static PmSubflow subflow(int id, LocalAddress local, RemoteAddress remote) {
    return subflow(id, local, remote, 20_000_000L);
  }

  /** One whose SYN nobody has answered. */
  static PmSubflow unanswered(int id, LocalAddress local, RemoteAddress remote) {
    return subflow(id, local, remote, 0);
  }

  private static PmSubflow subflow(int id, LocalAddress local, RemoteAddress remote, long srttNs) {
    return new PmSubflow(
        id,
        local.address().equals(FIRST.address()) ? 0 : local.id(),
        local.address(),
        40_000 + id,
        remote.id(),
        remote.address(),
        remote.port(),
        srttNs > 0,
        false,
        srttNs,
        Priority.NORMAL,
        Priority.NORMAL);
  }

  /** One more subflow, which is established. */
  PmSubflow subflow(LocalAddress local, RemoteAddress remote) {
    PmSubflow subflow = subflow(created++, local, remote);
    subflows.add(subflow);
    return subflow;
  }

  /** What was asked for since the last call. */
  List<String> asked() {
    List<String> before = List.copyOf(asked);
    asked.clear();
    return before;
  }

  /** The peer closes a subflow, which is not over yet. */
  void closing(PmSubflow subflow) {
    subflows.remove(subflow);
    closing.add(subflow);
  }

  /** A subflow is over. */
  void down(PathManager manager, PmSubflow subflow, SubflowEnd end) {
    subflows.remove(subflow);
    closing.remove(subflow);
    manager.onSubflowDown(this, this, subflow, end);
  }

  /** Joins that were asked for fail, all of them. */
  void timedOut(PathManager manager, LocalAddress local, RemoteAddress remote) {
    down(manager, subflow(local, remote), SubflowEnd.of(SubflowEnd.Cause.TIMED_OUT));
  }

  static SubflowEnd resetWith(int flags, int reason) {
    return new SubflowEnd(
        SubflowEnd.Cause.RESET, Optional.of(new PeerReset(reason, (flags & 1) != 0)));
  }

  /** Lets the time pass until the manager wants to be woken, and wakes it; seconds that took. */
  long sleep(PathManager manager) {
    long seconds = (wakeAtNs - nowNs) / S;
    nowNs = wakeAtNs;
    wakeAtNs = Long.MAX_VALUE;
    manager.onTimeout(this, this);
    return seconds;
  }

  @Override
  public long nowNs() {
    return nowNs;
  }

  @Override
  public boolean passive() {
    return passive;
  }

  @Override
  public boolean joinToInitialAllowed() {
    return joinToInitial;
  }

  @Override
  public IpAddress initialLocal() {
    return FIRST.address();
  }

  @Override
  public int initialLocalPort() {
    return 40_000;
  }

  @Override
  public boolean initialLocalWithdrawn() {
    return initialWithdrawn;
  }

  @Override
  public RemoteAddress initialRemote() {
    return INITIAL;
  }

  @Override
  public List<LocalAddress> localAddresses() {
    return locals;
  }

  @Override
  public Optional<LocalAddress> localFor(IpAddress remote) {
    return locals.stream().filter(a -> a.address().isV4() == remote.isV4()).findFirst();
  }

  @Override
  public List<RemoteAddress> remoteAddresses() {
    return remotes;
  }

  @Override
  public List<PmSubflow> subflows() {
    return subflows;
  }

  @Override
  public List<PmSubflow> closing() {
    return closing;
  }

  @Override
  public PmLimits limits() {
    return PmLimits.DEFAULT;
  }

  @Override
  public int joinsLeft() {
    return joinsLeft;
  }

  @Override
  public void join(LocalAddress local, int localPort, RemoteAddress remote, Priority priority) {
    asked.add(local.id() + " to " + remote.id());
  }

  @Override
  public void announce(LocalAddress address, int port) {
    asked.add("announce " + address.id());
  }

  @Override
  public void withdraw(List<Integer> addressIds) {
    addressIds.forEach(id -> asked.add("withdraw " + id));
    initialWithdrawn |= addressIds.contains(0);
  }

  @Override
  public void close(int subflowId) {
    asked.add("close " + subflowId);
  }

  @Override
  public void setPriority(int subflowId, Priority priority) {
    asked.add("priority " + subflowId);
  }

  @Override
  public void reset(int subflowId, PeerReset why) {
    asked.add("reset " + subflowId + " " + why.reason());
  }

  @Override
  public void wakeAt(long timeNs) {
    wakeAtNs = timeNs;
  }
}
