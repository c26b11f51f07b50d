package org.mptcp4j.pm;

import org.mptcp4j.wire.IpAddress;

/**
 * The active end joins from every further local address to the peer's initial address, unless the
 * peer forbids that, and from every local address to each address that the peer announces. The
 * passive end announces those of its further addresses that are configured so. Families are not
 * mixed; limits hold.
 */
public final class DefaultPathManager implements PathManager {
  /** Makes one; it keeps no state. */
  public DefaultPathManager() {}

  @Override
  public String name() {
    return "default";
  }

  @Override
  public void onEstablished(PmView view, PmCommands commands) {
    for (LocalAddress local : view.localAddresses()) {
      useLocal(view, commands, local);
    }
  }

  @Override
  public void onLocalAddress(PmView view, PmCommands commands, LocalAddress address) {
    useLocal(view, commands, address);
  }

  @Override
  public void onLocalAddressGone(PmView view, PmCommands commands, LocalAddress address) {}

  @Override
  public void onAddAddr(PmView view, PmCommands commands, RemoteAddress address) {
    if (view.passive()) {
      return;
    }
    for (LocalAddress local : view.localAddresses()) {
      joinUnlessPresent(view, commands, local, address);
    }
  }

  @Override
  public void onRemoveAddr(PmView view, PmCommands commands, int remoteId) {}

  @Override
  public void onSubflowUp(PmView view, PmCommands commands, PmSubflow subflow) {
    if (!view.passive()) {
      onEstablished(view, commands);
    }
  }

  @Override
  public void onSubflowDown(PmView view, PmCommands commands, PmSubflow subflow) {}

  @Override
  public void onBackupChange(
      PmView view, PmCommands commands, PmSubflow subflow, Priority priority) {}

  private void useLocal(PmView view, PmCommands commands, LocalAddress local) {
    if (view.passive()) {
      if (local.announce() && !local.address().equals(view.initialLocal())) {
        commands.announce(local);
      }
      return;
    }
    // RFC 8684 section 3.1: the C flag forbids joins to the peer's initial address and port.
    if (view.joinToInitialAllowed()) {
      joinUnlessPresent(view, commands, local, view.initialRemote());
    }
    for (RemoteAddress remote : view.remoteAddresses()) {
      joinUnlessPresent(view, commands, local, remote);
    }
  }

  private static void joinUnlessPresent(
      PmView view, PmCommands commands, LocalAddress local, RemoteAddress remote) {
    if (local.address().isV4() != remote.address().isV4()) {
      return;
    }
    for (PmSubflow s : view.subflows()) {
      if (samePath(s, local.address(), remote)) {
        return;
      }
    }
    commands.join(local, remote, local.priority());
  }

  private static boolean samePath(PmSubflow s, IpAddress local, RemoteAddress remote) {
    return s.local().equals(local)
        && s.remote().equals(remote.address())
        && s.remotePort() == remote.port();
  }
}
