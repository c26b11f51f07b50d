package org.mptcp4j.testkit;

import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.Priority;

/**
 * A host of a {@link SimWorld} that paths lead to: a {@link SimStack}, or a {@link
 * org.mptcp4j.testkit.peer.HandDrivenPeer}.
 */
public interface SimParty {
  /** Its host in the network. */
  SimHost host();

  /**
   * Gives it one more address. {@link SimWorld#path} does it for the addresses of a path.
   *
   * @param link one of the links of {@link #host}
   * @param addressAndPrefix for example {@code "10.0.1.2/24"}
   * @param priority whether its subflows begin as backup
   * @param mtu of the link in the direction away from this host, in bytes
   */
  void addAddress(SimLink link, String addressAndPrefix, Priority priority, int mtu);
}
