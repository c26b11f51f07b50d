package org.mptcp4j.api;

/**
 * Why a socket could not be opened, or why it closed. These are outcomes that a correct program
 * must expect; misuse of the API throws instead.
 *
 * <p>The names are those of the POSIX errors that a kernel socket would report in the same
 * situation.
 */
public enum SocketError {
  /** No error: the socket is fine, or it closed in the orderly way. */
  NONE("No error"),
  /**
   * The peer answered the connection attempt with a reset, or somebody said that its port cannot be
   * reached: nothing listens there.
   */
  ECONNREFUSED("Connection refused"),
  /** The peer did not answer within the time allowed. */
  ETIMEDOUT("Connection timed out"),
  /** The peer aborted the connection, or every path to it was reset. */
  ECONNRESET("Connection reset by peer"),
  /** This side aborted the connection. */
  ECONNABORTED("Software caused connection abort"),
  /** No route to the host, or a router said that it or its network cannot be reached. */
  EHOSTUNREACH("No route to host"),
  /**
   * No local link carries an address of the remote's family, or the remote address cannot be a
   * host's.
   */
  ENETUNREACH("Network is unreachable"),
  /** The local address and port are taken, or no free local port is left. */
  EADDRINUSE("Address already in use"),
  /** The local address does not belong to this stack, or its link is down. */
  EADDRNOTAVAIL("Cannot assign requested address"),
  /** A configured limit (connections, half-open connections, ...) is reached. */
  ENOBUFS("No buffer space available: a limit of the stack is reached"),
  /** Not on a connection that is plain TCP, from the beginning or after a fallback. */
  EOPNOTSUPP("Operation not supported: the connection is plain TCP"),
  /** Not before the handshake is over, nor on a socket that is closed. */
  ENOTCONN("Transport endpoint is not connected"),
  /** Somebody said that the peer does not know TCP; {@link #EPROTO} over IPv6. */
  ENOPROTOOPT("Protocol not available"),
  /** The peer broke the protocol in a way that left nothing to continue with. */
  EPROTO("Protocol error"),
  /** The stack was closed, or an internal error closed this connection; the log has its state. */
  ESHUTDOWN("The stack closed the connection");

  private final String description;

  SocketError(String description) {
    this.description = description;
  }

  /**
   * What the C library says for the error, and therefore the JDK: programs look for these texts.
   *
   * @return the text, for example {@code "Connection refused"}
   */
  public String description() {
    return description;
  }
}
