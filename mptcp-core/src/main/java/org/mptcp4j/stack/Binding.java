package org.mptcp4j.stack;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.tcp.FourTuple;

/**
 * Turns the addresses that an application gives into a tuple to connect, or an address to listen
 * on.
 */
final class Binding {
  private final Services services;

  Binding(Services services) {
    this.services = services;
  }

  /**
   * Chooses the ends of a new connection.
   *
   * @throws IllegalArgumentException when the remote address cannot be one
   * @throws MptcpException when no local end can be found
   */
  FourTuple forConnect(long nowNs, InetSocketAddress remote, SocketOptions options)
      throws MptcpException {
    requireResolved(remote);
    if (remote.getPort() == 0 || remote.getAddress().isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "cannot connect to " + remote + "; give a host's address and a port");
    }
    IpAddress to = IpAddress.of(remote.getAddress());
    Supplier<String> what = () -> "connect to " + to + " port " + remote.getPort();
    require(
        services.routes().isDestination(to),
        SocketError.ENETUNREACH,
        () -> what.get() + ": no host's address");
    InetSocketAddress wanted = options.localAddress().orElse(null);
    IpAddress chosen = wanted == null ? null : specific(wanted);
    IpAddress from = chosen == null ? route(to, what) : usable(chosen, to, what);
    int port = wanted == null ? 0 : wanted.getPort();
    if (port == 0) {
      port = services.ephemeralPort(nowNs, from, to, remote.getPort());
      require(port != 0, SocketError.EADDRINUSE, () -> what.get() + ": no free local port");
    } else {
      boolean free = services.mayConnectFrom(nowNs, from, port, to, remote.getPort());
      require(
          free,
          SocketError.EADDRINUSE,
          () -> what.get() + " from " + from + " port " + wanted.getPort());
      services.flows().take(from, port, to, remote.getPort());
    }
    return new FourTuple(from, port, to, remote.getPort());
  }

  private IpAddress route(IpAddress to, Supplier<String> what) throws MptcpException {
    IpAddress from = services.routes().sourceFor(to);
    if (from == null) {
      boolean down = services.routes().hasFamilyOf(to);
      throw new MptcpException(
          down ? SocketError.EHOSTUNREACH : SocketError.ENETUNREACH, what.get());
    }
    return from;
  }

  private IpAddress usable(IpAddress from, IpAddress to, Supplier<String> what)
      throws MptcpException {
    Supplier<String> detail = () -> what.get() + " from " + from;
    require(services.routes().isUsable(from), SocketError.EADDRNOTAVAIL, detail);
    require(from.isV4() == to.isV4(), SocketError.ENETUNREACH, detail);
    return from;
  }

  /**
   * Checks where to listen, and chooses a port when none is given.
   *
   * @throws MptcpException when the address is not ours, or taken
   */
  InetSocketAddress forListen(InetSocketAddress local) throws MptcpException {
    requireResolved(local);
    IpAddress address = specific(local);
    String what = "listen on " + local.getAddress().getHostAddress() + " port " + local.getPort();
    if (address != null) {
      boolean ours = services.routes().linkOf(address.hi(), address.lo()) >= 0;
      require(ours, SocketError.EADDRNOTAVAIL, () -> what);
    }
    if (local.getPort() == 0) {
      return new InetSocketAddress(local.getAddress(), freePort(address, what));
    }
    boolean free = !services.listeners().conflicts(address, local.getPort());
    require(free, SocketError.EADDRINUSE, () -> what);
    return local;
  }

  private int freePort(IpAddress address, String what) throws MptcpException {
    int first = services.config().tcp().firstEphemeralPort();
    int count = services.config().tcp().lastEphemeralPort() - first + 1;
    int start = services.random().nextInt(count);
    for (int i = 0; i < count; i++) {
      int port = first + (start + i) % count;
      if (!services.listeners().conflicts(address, port)) {
        return port;
      }
    }
    throw new MptcpException(SocketError.EADDRINUSE, what + ": no free port");
  }

  /** The address of an end, or {@code null} for a wildcard. */
  static IpAddress specific(InetSocketAddress end) {
    requireResolved(end);
    return end.getAddress().isAnyLocalAddress() ? null : IpAddress.of(end.getAddress());
  }

  private static void requireResolved(InetSocketAddress end) {
    if (end.isUnresolved()) {
      throw new IllegalArgumentException(
          "address " + end + " is not resolved; look the host name up first");
    }
  }

  private static void require(boolean condition, SocketError otherwise, Supplier<String> what)
      throws MptcpException {
    if (!condition) {
      throw new MptcpException(otherwise, what.get());
    }
  }
}
