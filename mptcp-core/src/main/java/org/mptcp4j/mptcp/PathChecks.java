package org.mptcp4j.mptcp;

import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.PmCommands;

/** What can be said of a path before anything is known of the connection. */
final class PathChecks {
  private PathChecks() {}

  /**
   * Whether such a subflow can be thought of at all.
   *
   * @throws IllegalArgumentException when not
   */
  static void requireJoinable(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(
          "no subflow goes from " + local + " to " + remote + "; choose addresses of one family");
    }
    requirePort("remote", remotePort, 1);
    requirePort("local", localPort, PmCommands.ANY_PORT);
  }

  /**
   * Whether a port is one.
   *
   * @throws IllegalArgumentException when not
   */
  static void requirePort(String which, int port, int least) {
    if (port < least || port > 65_535) {
      throw new IllegalArgumentException(
          which + " port is " + port + "; choose one of " + least + " to 65535");
    }
  }
}
