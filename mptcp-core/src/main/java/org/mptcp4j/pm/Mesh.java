package org.mptcp4j.pm;

import java.util.function.BiPredicate;
import org.mptcp4j.link.packet.IpAddress;

/** Which addresses of both ends are joined when every one is to be joined with every other. */
final class Mesh {
  private Mesh() {}

  /**
   * Joins the peer's addresses, of one family, from an address that has no subflow to them.
   *
   * @param mayTry whether a pair may be tried now
   */
  static void join(
      PmView view,
      PmCommands commands,
      LocalAddress local,
      BiPredicate<IpAddress, RemoteAddress> mayTry) {
    // RFC 8684 section 3.1: the C flag forbids joins to the peer's initial address and port.
    if (view.joinToInitialAllowed()) {
      join(view, commands, local, view.initialRemote(), mayTry);
    }
    for (RemoteAddress remote : view.remoteAddresses()) {
      join(view, commands, local, remote, mayTry);
    }
  }

  /** Joins one address of the peer from one of this host, if that makes sense. */
  static void join(
      PmView view,
      PmCommands commands,
      LocalAddress local,
      RemoteAddress remote,
      BiPredicate<IpAddress, RemoteAddress> mayTry) {
    if (local.address().isV4() == remote.address().isV4()
        && !view.hasSubflow(local.address(), remote)
        && mayTry.test(local.address(), remote)) {
      commands.join(local, remote, local.priority());
    }
  }
}
