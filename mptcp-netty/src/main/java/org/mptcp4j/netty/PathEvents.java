package org.mptcp4j.netty;

import org.mptcp4j.api.StackEvent;

/** What happens to the paths of a connection, as user events of its channel. */
final class PathEvents {
  private PathEvents() {}

  static Object of(StackEvent event) {
    return switch (event.type()) {
      case ESTABLISHED -> MptcpEstablished.INSTANCE;
      case SUB_ESTABLISHED -> new SubflowUp(event.subflow());
      case SUB_CLOSED -> new SubflowDown(event.subflow());
      case SUB_PRIORITY -> new SubflowPriority(event.subflow());
      case ANNOUNCED -> new AddressAnnounced(event.address());
      case REMOVED -> new AddressRemoved(event.address());
      default -> throw new IllegalStateException(event + " is no event of a path");
    };
  }
}
