package org.mptcp4j.netty;

/**
 * What moves the packets of one {@link MptcpHost}: the devices of an event loop, or a simulated
 * network. Used on the event loop.
 */
interface Drive {
  /** The time of the event loop, the only clock the stack sees. */
  long nowNs();

  /**
   * The stack was used outside a turn of the drive: packets may have to go out and events to be
   * handed on, at the end of what the event loop is doing now at the latest.
   */
  void touched();

  /**
   * Stops once what the stack has to send is sent, and gives back what it holds. Called once.
   *
   * @param stopped called when nothing uses the stack any more
   */
  void close(Runnable stopped);
}
