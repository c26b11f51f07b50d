package org.mptcp4j.mptcp;

import org.mptcp4j.api.MptcpException;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.PathNews;
import org.mptcp4j.pm.PeerReset;
import org.mptcp4j.pm.Priority;

/**
 * What an application may do with the paths of an MPTCP connection, beside its path manager.
 * Numbers of subflows that the connection never had throw {@link IllegalArgumentException};
 * subflows that are gone are ignored, for the peer may end one at any time.
 */
public interface Paths {
  /**
   * Opens a subflow.
   *
   * @param localPort 0 for any
   * @return its number; whether it will be established is told by {@link PathEvent}
   * @throws MptcpException when it cannot be tried
   */
  int open(
      long nowNs,
      IpAddress local,
      int localPort,
      IpAddress remote,
      int remotePort,
      Priority priority)
      throws MptcpException;

  /** Closes a subflow; what it still owed goes out on the others. */
  void close(int subflowId);

  /** Resets a subflow and says why; what it still owed goes out on the others. */
  void reset(int subflowId, PeerReset why);

  /**
   * Announces an address.
   *
   * @param port on which it may be joined; 0 for the connection's
   * @throws MptcpException when it is no address of this host
   */
  void announce(IpAddress address, int port) throws MptcpException;

  /**
   * Withdraws an address and closes its subflows.
   *
   * @throws MptcpException when it is no address of this host
   */
  void withdraw(IpAddress address) throws MptcpException;

  /** Asks the peer to use a subflow so. */
  void setPriority(int subflowId, Priority priority);

  /** Tells the path manager what who configured it says. */
  void news(PathNews news);

  /** From now on another path manager decides. */
  void manager(PathManager manager);
}
