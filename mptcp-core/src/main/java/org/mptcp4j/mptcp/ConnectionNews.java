package org.mptcp4j.mptcp;

import java.util.Optional;

/** What a connection has to tell of its paths, until it is asked. */
final class ConnectionNews {
  private static final int LIMIT = 64;

  private final MetaSock meta;
  private final Registration registration;
  private Chain<PathEvent> paths;
  private boolean endReported;

  /**
   * Nothing to tell yet.
   *
   * @param meta where it is said that there is something
   * @param registration is told at once
   */
  ConnectionNews(MetaSock meta, Registration registration) {
    this.meta = meta;
    this.registration = registration;
  }

  /** The end of the connection was reported: nothing that follows is of interest. */
  void endReported() {
    endReported = true;
  }

  /** Something happened that is for the log alone. */
  void log(PathEvent event) {
    registration.happened(event);
  }

  /** Something happened to the paths that the application is told of. */
  void path(PathEvent event) {
    log(event);
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
