package org.mptcp4j.mptcp;

import org.mptcp4j.link.packet.IpAddress;

/** Where this host's joins may go: the stack, which has the links and addresses, decides. */
@FunctionalInterface
public interface Destinations {
  /**
   * Whether an address that a peer announces may be one of its own.
   *
   * @param announced what ADD_ADDR says
   * @param initialRemote where the connection was opened to, or from
   */
  boolean mayBelongToPeer(IpAddress announced, IpAddress initialRemote);
}
