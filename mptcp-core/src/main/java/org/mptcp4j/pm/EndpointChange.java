package org.mptcp4j.pm;

import java.util.List;
import org.mptcp4j.link.packet.IpAddress;

/**
 * What became of {@link Endpoints} at run time. The change has happened; connections that live hear
 * of it when it is given to {@code MptcpStack.tellPathManagers}.
 */
public sealed interface EndpointChange extends PathNews {
  /** The endpoints that changed: path managers of others ignore it. */
  Endpoints of();

  /** An endpoint is there, with its id. */
  record Added(Endpoints of, Endpoint endpoint) implements EndpointChange {}

  /** An endpoint is gone. */
  record Deleted(Endpoints of, Endpoint endpoint) implements EndpointChange {}

  /** Connections that began at this address shall not use it any more. */
  record InitialDeleted(Endpoints of, IpAddress address) implements EndpointChange {}

  /** An endpoint has other flags. */
  record Changed(Endpoints of, Endpoint before, Endpoint after) implements EndpointChange {}

  /** All endpoints are gone. */
  record Flushed(Endpoints of, List<Endpoint> endpoints) implements EndpointChange {}
}
