package org.mptcp4j.pm;

/**
 * A subflow between every address of this host and every address of the peer, of one family, within
 * the limits of the connection. The end that opened the connection joins; the other announces all
 * of its addresses, whether they are configured to be announced or not. A pair that fails is tried
 * again after the waits of {@link PathRetries}; one that ended in order, or for good as the peer
 * says (RFC 8684 section 3.6), is not.
 */
public final class FullMesh implements PathManager {
  private final PathRetries retries = new PathRetries();

  /** Makes one for a connection. */
  public FullMesh() {}

  @Override
  public String name() {
    return "fullmesh";
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    view.localAddresses().forEach(local -> announce(view, commands, local));
    complete(view, commands);
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    retries.forget(address.address());
    announce(view, commands, address);
    complete(view, commands);
  }

  @Override
  public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {
    retries.retain(view);
  }

  @Override
  public void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {
    complete(view, commands);
  }

  @Override
  public void onAddAddrAgain(PmView view, PmCommands commands, RemoteAddress address) {
    retries.announcedAgain(view.nowNs(), address);
    complete(view, commands);
  }

  @Override
  public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {
    retries.withdrawn(view, remoteId);
    retries.retain(view);
  }

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    retries.up(view.nowNs(), subflow);
    complete(view, commands);
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow, SubflowEnd end) {
    retries.failed(view, subflow, end);
    retries.retain(view);
    complete(view, commands);
  }

  @Override
  public void onJoinNotStarted(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    retries.notStarted(view.nowNs(), local.address(), remote);
    commands.wakeAt(retries.nextNs(view.nowNs()));
  }

  @Override
  public void onTimeout(PmView view, PmCommands commands) {
    complete(view, commands);
  }

  private static void announce(PmView view, PmCommands commands, LocalAddress local) {
    boolean known =
        local.address().equals(view.initialLocal()) && !view.initialLocalWithdrawn()
            || view.subflows().stream().anyMatch(s -> s.local().equals(local.address()));
    if (view.passive() && !known) {
      commands.announce(local);
    }
  }

  /** Joins every pair that has no subflow and is not to rest. */
  private void complete(PmView view, PmCommands commands) {
    if (view.passive()) {
      return;
    }
    for (LocalAddress local : view.localAddresses()) {
      Mesh.join(view, commands, local, (from, to) -> retries.mayTry(view, from, to));
    }
    commands.wakeAt(retries.nextNs(view.nowNs()));
  }
}
