package org.mptcp4j.netty;

/** Who accepts the connections of a server socket: its attachment. */
interface Acceptor {
  /**
   * Accepts what waits, as far as it is wanted; called on the event loop of the socket's stack,
   * never from within a handler.
   */
  void acceptNow();
}
