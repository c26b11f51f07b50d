package org.mptcp4j.mptcp;

/** The entries of a connection in a stack that has no indexes. */
final class NoEntries implements Registration {
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
}
