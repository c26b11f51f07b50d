package org.mptcp4j.mptcp;

/** Is told what happens to a connection, when it happens. Called on the stack's thread only. */
public interface ConnectionNews {
  /** Something happened to the paths that the application is told of, and the log. */
  void path(PathEvent event);

  /** Something happened that is for the log alone. */
  void log(PathEvent event);
}
