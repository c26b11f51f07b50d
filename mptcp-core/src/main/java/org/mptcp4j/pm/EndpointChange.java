package org.mptcp4j.pm;

import java.util.List;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.spi.Named;

/**
 * What became of {@link Endpoints} at run time. The change has happened; connections that live hear
 * of it when it is given to {@code MptcpStack.tellPathManagers}.
 */
public sealed interface EndpointChange extends PathNews {
  /** The {@link Endpoints} that changed: path managers of others ignore it. */
  Named of();

  /** An endpoint is there, with its id. */
  record Added(Named of, Endpoint endpoint) implements EndpointChange {}

  /** An endpoint is gone. */
  record Deleted(Named of, Endpoint endpoint) implements EndpointChange {}

  /** Connections that began at this address shall not use it any more. */
  record InitialDeleted(Named of, IpAddress address) implements EndpointChange {}

  /** An endpoint has other flags. */
  record Changed(Named of, Endpoint before, Endpoint after) implements EndpointChange {}

  /** All endpoints are gone. */
  record Flushed(Named of, List<Endpoint> endpoints) implements EndpointChange {}
}
