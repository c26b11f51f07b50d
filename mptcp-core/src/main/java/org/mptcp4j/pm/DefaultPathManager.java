package org.mptcp4j.pm;

import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.IpAddress;

/**
 * The active end joins from every further local address to the peer's initial address, unless the
 * peer forbids that, and from every local address to each address that the peer announces. The
 * passive end announces those of its further addresses that are configured so, once the connection
 * has lived for 20 ms. Families are not mixed; limits hold.
 *
 * <p>A path that failed is tried again 1 s later, then 2, 4, 8, 16, 32, and from then on 60 s after
 * each failure; at once when its link comes up or its address is added. Where nothing answered, or
 * only a router did, it is searched for: 1 s after the first failure and 2 s after each further
 * one, so that it is found within 4 s and a round trip when it works again. The wait begins anew
 * with 1 s when the path has worked for 60 s. A path is not tried again when the peer said that its
 * reason is permanent (RFC 8684 section 3.6; unless it is a middlebox and no path is left) or ended
 * the subflow in order, and only every 60 s when the peer lacked resources or a policy of it
 * forbade the subflow. A peer that announces an address again asks for another try, at once, but at
 * most each second.
 */
public final class DefaultPathManager implements PathManager {
  /**
   * How long a connection lives before the passive end announces further addresses: one that ends
   * before, after a question and its answer, spares both ends paths that would never be used.
   */
  static final long SETTLED_NS = 20_000_000L;

  private @Nullable PathRetries retries; // null as long as no path failed

  /** Makes one for a connection. */
  public DefaultPathManager() {}

  @Override
  public String name() {
    return "default";
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    if (!view.passive()) {
      useAll(view, commands);
    } else if (announcesAny(view)) {
      commands.wakeAt(view.nowNs() + SETTLED_NS);
    }
  }

  private static boolean announcesAny(PmView view) {
    for (LocalAddress local : view.localAddresses()) {
      if (isAnnounced(view, local)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    beginAnew(view, commands, address);
  }

  @Override
  public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {
    forget(view, commands);
  }

  @Override
  public void onLinkUp(PmView view, PmCommands commands, int linkIndex) {
    for (LocalAddress local : view.localAddresses()) {
      // What joined an announced address still knows it.
      boolean known = view.passive() && isUsed(view, local.address());
      if (local.linkIndex() == linkIndex && !known) {
        beginAnew(view, commands, local);
      }
    }
  }

  @Override
  public void onLinkDown(PmView view, PmCommands commands, int linkIndex) {
    forget(view, commands);
  }

  @Override
  public void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {
    if (view.passive()) {
      return;
    }
    for (LocalAddress local : view.localAddresses()) {
      Mesh.join(view, commands, local, address, (from, to) -> mayTry(view, from, to));
    }
  }

  @Override
  public void onAddAddrAgain(PmView view, PmCommands commands, RemoteAddress address) {
    if (retries != null) {
      retries.announcedAgain(view.nowNs(), address);
      joinMissing(view, commands);
    }
  }

  @Override
  public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {
    if (!view.passive()) {
      retries().withdrawn(view, remoteId);
    }
    forget(view, commands);
  }

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    if (retries != null) {
      retries.up(view.nowNs(), subflow);
    }
    joinMissing(view, commands);
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    if (view.passive()) {
      return;
    }
    RemoteAddress remote =
        new RemoteAddress(subflow.remoteId(), subflow.remote(), subflow.remotePort());
    if (!view.hasSubflow(subflow.local(), remote)) {
      retries().failed(view, subflow, end);
      forget(view, commands);
    }
    joinMissing(view, commands);
  }

  @Override
  public void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    retries().notStarted(view.nowNs(), local.address(), remote);
    scheduleRetry(retries(), view, commands);
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    if (view.passive()) {
      useAll(view, commands);
    } else {
      joinMissing(view, commands);
    }
  }

  private void useAll(PmView view, PmCommands commands) {
    for (LocalAddress local : view.localAddresses()) {
      useLocal(view, commands, local);
    }
  }

  private void beginAnew(PmView view, PmCommands commands, LocalAddress local) {
    if (retries != null) {
      retries.forget(local.address());
    }
    useLocal(view, commands, local);
  }

  private PathRetries retries() {
    if (retries == null) {
      retries = new PathRetries();
    }
    return retries;
  }

  private void forget(PmView view, PmCommands commands) {
    PathRetries all = retries;
    if (all != null) {
      all.retain(view);
      scheduleRetry(all, view, commands);
      retries = all.isEmpty() ? null : all;
    }
  }

  private static void scheduleRetry(PathRetries retries, PmView view, PmCommands commands) {
    commands.wakeAt(retries.nextNs(view.nowNs()));
  }

  /** Joins what has no subflow and may be tried now. */
  void onSubflowsMissing(PmView view, PmCommands commands) {
    joinMissing(view, commands);
  }

  private void joinMissing(PmView view, PmCommands commands) {
    if (view.passive()) {
      return;
    }
    useAll(view, commands);
    if (retries != null) {
      scheduleRetry(retries, view, commands);
    }
  }

  private void useLocal(PmView view, PmCommands commands, LocalAddress local) {
    if (view.passive()) {
      if (isAnnounced(view, local)) {
        commands.announce(local);
      }
      return;
    }
    Mesh.join(view, commands, local, (from, to) -> mayTry(view, from, to));
  }

  private static boolean isAnnounced(PmView view, LocalAddress local) {
    // Where the connection began is known, unless it was withdrawn: then it has to be said.
    boolean initial = local.address().equals(view.initialLocal());
    return initial ? view.initialLocalWithdrawn() : local.announce();
  }

  private boolean mayTry(PmView view, IpAddress local, RemoteAddress remote) {
    return retries == null || retries.mayTry(view, local, remote);
  }

  private static boolean isUsed(PmView view, IpAddress local) {
    return view.subflows().stream().anyMatch(s -> s.local().equals(local));
  }
}
