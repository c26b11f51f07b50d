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
   * Goes on until the stack, which shuts down, is drained, and then stops and gives back what it
   * holds.
   *
   * @param stopped called once, when nothing uses the stack any more
   */
  void close(Runnable stopped);

  /**
   * As {@link #close}, when the event loop that would go on ends or has ended: the end is reached
   * before this returns. May follow {@link #close}, whose {@code stopped} is then not called.
   */
  void closeWithLoop(Runnable stopped);
}
