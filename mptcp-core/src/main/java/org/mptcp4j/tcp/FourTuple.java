package org.mptcp4j.tcp;

import java.util.Objects;
import org.mptcp4j.link.packet.IpAddress;

/**
 * The addresses and ports that name a TCP connection, as seen from this side.
 *
 * @param local our address
 * @param localPort our port, 0 to 65535
 * @param remote the peer's address, of the same family
 * @param remotePort the peer's port, 0 to 65535
 */
public record FourTuple(IpAddress local, int localPort, IpAddress remote, int remotePort) {

  /** Checks families and port ranges; throws {@link IllegalArgumentException}. */
  public FourTuple {
    Objects.requireNonNull(local, "local");
    Objects.requireNonNull(remote, "remote");
    checkPort(localPort);
    checkPort(remotePort);
    if (local.isV4() != remote.isV4()) {
      throw new IllegalArgumentException(
          "addresses of different families: " + local + " and " + remote);
    }
  }

  private static void checkPort(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
    }
  }

  /** The same connection from the peer's side. */
  public FourTuple reversed() {
    return new FourTuple(remote, remotePort, local, localPort);
  }
}
