package org.mptcp4j.mptcp;

import java.util.Optional;

/** What a connection has to tell of its paths, until it is asked. */
final class ConnectionNews {
  private static final int LIMIT = 64;

  private final MetaSock meta;
  private Chain<PathEvent> paths;
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

  /** Something happened to the paths. */
  void path(PathEvent event) {
    if (endReported) {
      return;
    }
    if (Chain.size(paths) < LIMIT) {
      paths = Chain.add(paths, event);
    }
    meta.event(ConnectionEvents.PATHS_CHANGED);
  }

  /** Both ends know that they speak MPTCP. */
  void established() {
    meta.event(ConnectionEvents.ESTABLISHED);
  }

  Optional<PathEvent> poll() {
    if (paths == null) {
      return Optional.empty();
    }
    PathEvent event = paths.item();
    paths = paths.next();
    return Optional.of(event);
  }
}
