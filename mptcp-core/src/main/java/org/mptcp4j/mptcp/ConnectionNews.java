package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.pm.RemoteAddress;

/** What a connection has to tell of its subflows and of the peer's addresses, until it is asked. */
final class ConnectionNews {
  private static final int LIMIT = 64;

  private final MetaSock meta;
  private Chain<SubflowEvent> subflows;
  private Chain<RemoteAddress> announcements;
  private boolean endReported;

  /**
   * Nothing to tell yet.
   *
   * @param meta where it is said that there is something
   */
  ConnectionNews(MetaSock meta) {
    this.meta = meta;
  }

  /** The end of the connection was reported: nothing that follows is of interest. */
  void endReported() {
    endReported = true;
  }

  /** A subflow came or went. */
  void subflow(SubflowEvent.Kind kind, SubflowInfo info) {
    if (endReported) {
      return;
    }
    if (Chain.size(subflows) < LIMIT) {
      subflows = Chain.add(subflows, new SubflowEvent(kind, info));
    }
    meta.event(ConnectionEvents.SUBFLOWS_CHANGED);
  }

  /** The peer announced an address. */
  void announced(RemoteAddress address) {
    if (Chain.size(announcements) < LIMIT) {
      announcements = Chain.add(announcements, address);
    }
    meta.event(ConnectionEvents.ADDRESS_ANNOUNCED);
  }

  Optional<SubflowEvent> pollSubflow() {
    if (subflows == null) {
      return Optional.empty();
    }
    SubflowEvent event = subflows.item();
    subflows = subflows.next();
    return Optional.of(event);
  }

  Optional<RemoteAddress> pollAnnouncement() {
    if (announcements == null) {
      return Optional.empty();
    }
    RemoteAddress address = announcements.item();
    announcements = announcements.next();
    return Optional.of(address);
  }
}
