package org.mptcp4j.cc;

import org.mptcp4j.spi.Named;

/**
 * An algorithm: makes one {@link CongestionControl} for each socket. One factory serves all sockets
 * of all stacks, and so possibly several threads; what it makes belongs to one.
 *
 * <p>Chosen by name or by instance: {@code StackBuilder.congestionControl}, {@code
 * SocketOptions.congestionControl} for a socket or what a listener accepts, {@code
 * MptcpSocket.setCongestionControl} while a connection lives. A jar that names its class in {@code
 * META-INF/services/org.mptcp4j.cc.CongestionControlFactory} adds one to those that {@link
 * CongestionControls} finds by name.
 */
public interface CongestionControlFactory extends Named {
  /**
   * Makes the congestion control of a socket, whose window is {@link CcContext#cwndBytes()} at
   * first: the initial one, or that of its predecessor when the algorithm is changed.
   *
   * @param context the socket that it will serve, and its siblings; may be kept
   */
  CongestionControl create(CcContext context);
}
