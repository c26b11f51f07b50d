package org.mptcp4j.pm;

/** What a path manager may ask for. Commands are carried out after its method returns. */
public interface PmCommands {
  /**
   * Opens a subflow. Ignored when a limit of the connection is reached; {@link
   * PathManager#onJoinNotStarted} tells when there is no route or port.
   */
  void join(LocalAddress local, RemoteAddress remote, Priority priority);

  /** Announces an address with ADD_ADDR, repeated until echoed. RFC 8684 section 3.4.1. */
  void announce(LocalAddress address);

  /** Withdraws an address with REMOVE_ADDR and closes its subflows. RFC 8684 section 3.4.2. */
  void withdraw(int addressId);

  /** Closes a subflow; what it still owed goes out on the others. */
  void close(int subflowId);

  /**
   * Asks for {@link PathManager#onTimeout} at that time, on the scale of {@link PmView#nowNs}.
   * There is one such time: it replaces the one asked for before, and {@link Long#MAX_VALUE} takes
   * it back. It is forgotten when the connection falls back or ends.
   */
  void wakeAt(long timeNs);

  /** Asks the peer with MP_PRIO to use a subflow so. RFC 8684 section 3.3.8. */
  void setPriority(int subflowId, Priority priority);
}
