package org.mptcp4j.pm;

/**
 * Does nothing by itself: the application opens and closes subflows, announces and withdraws
 * addresses and sets priorities, by the verbs of its socket. "An Enhanced Socket API for Multipath
 * TCP" (ANRW 2016). Joins of the peer are accepted as ever.
 */
public final class ApplicationPathManager implements PathManager {
  static final String NAME = "application";

  /** It keeps no state, so one serves all connections. */
  static final ApplicationPathManager INSTANCE = new ApplicationPathManager();

  /** Makes one. */
  public ApplicationPathManager() {}

  @Override
  public String name() {
    return NAME;
  }
}
