package org.mptcp4j.pm;

import java.util.List;

/**
 * What a path manager may ask for. Commands are carried out after its method returns. One that
 * cannot be right whatever happens meanwhile throws {@link IllegalArgumentException} at once.
 */
public interface PmCommands {
  /** A local port, or the port of an announcement, that is left to the stack. */
  int ANY_PORT = 0;

  /**
   * Opens a subflow from any free port. Ignored when a limit of the connection is reached; {@link
   * PathManager#onJoinNotStarted} tells when there is no route or port.
   *
   * @param priority {@link Priority#BACKUP} sets the B flag: RFC 8684 section 3.2
   * @throws IllegalArgumentException when the addresses are of different families, or the remote
   *     port is none
   */
  default void join(LocalAddress local, RemoteAddress remote, Priority priority) {
    join(local, ANY_PORT, remote, priority);
  }

  /**
   * Opens a subflow as {@link #join(LocalAddress, RemoteAddress, Priority)} does, from a port of
   * choice.
   *
   * @param localPort 1 to 65535, or {@link #ANY_PORT}; when it is taken, {@link
   *     PathManager#onJoinNotStarted} tells
   */
  void join(LocalAddress local, int localPort, RemoteAddress remote, Priority priority);

  /**
   * Announces an address, to be joined at the connection's port, with ADD_ADDR, repeated until
   * echoed. RFC 8684 section 3.4.1.
   */
  default void announce(LocalAddress address) {
    announce(address, ANY_PORT);
  }

  /**
   * Announces an address and a port on which joins are accepted from then on. Announcing one again
   * asks the peer to try it again.
   *
   * @param port 1 to 65535, or {@link #ANY_PORT} for the connection's, which is not sent
   * @throws IllegalArgumentException when it is the initial address at the port of the connection
   *     and {@link PmView#initialLocalInUse}, which the peer knows
   */
  void announce(LocalAddress address, int port);

  /** Withdraws an address with REMOVE_ADDR and closes its subflows. RFC 8684 section 3.4.2. */
  default void withdraw(int addressId) {
    withdraw(List.of(addressId));
  }

  /**
   * Withdraws addresses with REMOVE_ADDR, eight with one as Linux takes no more, and closes their
   * subflows: those that work in order, others by a reset. RFC 8684 section 3.4.2.
   */
  void withdraw(List<Integer> addressIds);

  /**
   * Closes a subflow; what it still owed goes out on the others. Without another one, the
   * connection waits for a new one as long as its configuration says. One that is gone is ignored.
   *
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void close(int subflowId);

  /**
   * Resets a subflow and says why: MP_TCPRST, RFC 8684 section 3.6. What it still owed goes out on
   * the others, as with {@link #close}. One that is gone is ignored.
   *
   * @throws IllegalArgumentException when the connection never had one of that number, or the
   *     reason is not 0 to 255
   */
  void reset(int subflowId, PeerReset why);

  /**
   * Asks for {@link PathManager#onTimeout} at that time, on the scale of {@link PmView#nowNs}.
   * There is one such time: it replaces the one asked for before, and {@link Long#MAX_VALUE} takes
   * it back. It is forgotten when the connection falls back or ends.
   */
  void wakeAt(long timeNs);

  /**
   * Asks the peer with MP_PRIO to use a subflow so. RFC 8684 section 3.3.8. One that is gone is
   * ignored.
   *
   * @throws IllegalArgumentException when the connection never had one of that number
   */
  void setPriority(int subflowId, Priority priority);
}
