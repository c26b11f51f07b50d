package org.mptcp4j.pm;

import java.util.function.Supplier;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.spi.Named;

/**
 * Makes the path managers of a name, one for each connection. A jar that names a class of this type
 * in {@code META-INF/services} adds a path manager to those that can be chosen by name.
 */
public interface PathManagerFactory extends Named, Supplier<PathManager> {
  /** The name that is chosen by: that of the path managers it makes. */
  @Override
  String name();

  /** A path manager for one connection. */
  @Override
  PathManager get();

  /**
   * Whether its connections are joined, but never opened, at an address and port of this host. By
   * default there is no such place.
   */
  default boolean takesJoinsOnly(IpAddress local, int port) {
    return false;
  }
}
