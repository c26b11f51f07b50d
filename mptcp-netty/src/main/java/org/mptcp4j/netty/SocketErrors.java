package org.mptcp4j.netty;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.mptcp4j.api.SocketError;

/**
 * The exceptions for the errors of the stack: types and texts are those that a program finds which
 * was written for a kernel socket.
 */
final class SocketErrors {
  private SocketErrors() {}

  /** Why a connection attempt failed. */
  static IOException connectException(SocketError error, InetSocketAddress remote) {
    String message = error.description() + ": " + remote;
    return switch (error) {
      case ECONNREFUSED, ETIMEDOUT -> new ConnectException(message);
      case EHOSTUNREACH, ENETUNREACH -> new NoRouteToHostException(message);
      case EADDRINUSE, EADDRNOTAVAIL -> new BindException(message);
      default -> new SocketException(message);
    };
  }

  /** Why a server socket could not be opened. */
  static IOException bindException(SocketError error, InetSocketAddress local) {
    return new BindException(error.description() + ": " + local);
  }

  /** Why an established connection ended. */
  static IOException ioException(SocketError error) {
    return new SocketException(error.description());
  }
}
