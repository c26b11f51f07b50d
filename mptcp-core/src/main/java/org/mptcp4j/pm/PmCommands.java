package org.mptcp4j.pm;

/** What a path manager may ask for. Commands are carried out after its method returns. */
public interface PmCommands {
  /** Opens a subflow. Ignored when a limit is reached or there is no route or port. */
  void join(LocalAddress local, RemoteAddress remote, Priority priority);

  /** Announces an address with ADD_ADDR, repeated until echoed. RFC 8684 section 3.4.1. */
  void announce(LocalAddress address);

  /** Withdraws an address with REMOVE_ADDR and closes its subflows. RFC 8684 section 3.4.2. */
  void withdraw(int addressId);

  /** Closes a subflow; what it still owed goes out on the others. */
  void close(int subflowId);

  /** Asks the peer with MP_PRIO to use a subflow so. RFC 8684 section 3.3.8. */
  void setPriority(int subflowId, Priority priority);
}
