package org.mptcp4j.api;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket. Connections whose handshake is complete wait in its backlog until {@link
 * #accept()} takes them; {@link StackEvent.Type#ACCEPTABLE} says that there are some. Used on the
 * thread that drives the stack.
 */
public interface MptcpServerSocket extends AutoCloseable {

  /**
   * The address and port it listens on.
   *
   * @return the wildcard address when it listens on every address; the real port when 0 was asked
   *     for
   */
  InetSocketAddress localAddress();

  /**
   * Takes the oldest established connection.
   *
   * @return the socket, or {@code null} when none waits
   */
  @Nullable MptcpSocket accept();

  /**
   * Stops listening. Connections that were accepted go on; those still in the backlog are aborted.
   * Does nothing the second time.
   */
  @Override
  void close();

  /**
   * Whether it listens.
   *
   * @return {@code false} after {@link #close()}, or when the stack was closed
   */
  boolean isOpen();

  /**
   * Keeps one object of the application's with the server socket.
   *
   * @param attachment anything, or {@code null}
   */
  void setAttachment(@Nullable Object attachment);

  /**
   * The object given to {@link #setAttachment(Object)}.
   *
   * @return the object, or {@code null}
   */
  @Nullable Object attachment();
}
