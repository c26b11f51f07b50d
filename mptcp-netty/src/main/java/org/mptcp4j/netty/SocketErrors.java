package org.mptcp4j.netty;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.PacketText;

/** The exceptions that Netty's users know, for the errors of the stack. */
final class SocketErrors {
  private SocketErrors() {}

  /** Why a connection attempt failed. */
  static IOException connectException(SocketError error, InetSocketAddress remote) {
    String message = error.description() + ": " + text(remote);
    return switch (error) {
      case EHOSTUNREACH, ENETUNREACH -> new NoRouteToHostException(message);
      case EADDRINUSE, EADDRNOTAVAIL -> new BindException(message);
      default -> new ConnectException(message);
    };
  }

  /** Why a server socket could not be opened. */
  static IOException bindException(SocketError error, InetSocketAddress local) {
    return new BindException(error.description() + ": " + text(local));
  }

  private static String text(InetSocketAddress address) {
    return PacketText.endpoint(IpAddress.of(address.getAddress()), address.getPort());
  }

  /** Why an established connection ended. */
  static IOException ioException(SocketError error) {
    return new SocketException(error.description());
  }
}
