package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;

/** What a stack keeps of a connection that has no indexes; it remembers what it was told. */
class NoEntries implements Registration {
  /** What was told of paths. */
  final List<PathEvent> told = new ArrayList<>();

  @Override
  public boolean addToken(int token) {
    return true;
  }

  @Override
  public void removeToken(int token) {
    // None was kept.
  }

  @Override
  public boolean addFlow(Flow flow) {
    return true;
  }

  @Override
  public void replaceFlow(Flow by) {
    // None was kept.
  }

  @Override
  public void removeFlow(Flow flow) {
    // None was kept.
  }

  @Override
  public void path(PathEvent event) {
    told.add(event);
  }

  @Override
  public void log(PathEvent event) {
    // Nobody listens.
  }
}
