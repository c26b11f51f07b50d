package org.mptcp4j.tcp;

/**
 * The bound on half-open connections of one listener (or of the stack): how many SYNs were answered
 * and wait for the third packet of the handshake. The connections themselves are in the flow table;
 * this counts them. One thread.
 */
public final class SynTable {

  private final int limit;
  private int halfOpen;
  private long accepted;
  private long completed;
  private long refused;
  private long abandoned;

  /**
   * An empty table.
   *
   * @param limit half-open connections allowed, at least 1
   */
  public SynTable(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, not " + limit);
    }
    this.limit = limit;
  }

  /**
   * A SYN arrived: takes a place, or returns false (counted) when there is none and it is dropped.
   */
  public boolean tryAdd() {
    if (halfOpen >= limit) {
      refused++;
      return false;
    }
    halfOpen++;
    accepted++;
    return true;
  }

  /** The handshake of one of them completed. */
  public void onEstablished() {
    leave();
    completed++;
  }

  /** One of them was reset or timed out. */
  public void onAbandoned() {
    leave();
    abandoned++;
  }

  private void leave() {
    if (halfOpen == 0) {
      throw new IllegalStateException("no half-open connection is counted");
    }
    halfOpen--;
  }

  /** Half-open connections now. */
  public int halfOpen() {
    return halfOpen;
  }

  /** Half-open connections allowed. */
  public int limit() {
    return limit;
  }

  /** SYNs that found a place, since the beginning. */
  public long accepted() {
    return accepted;
  }

  /** Handshakes that completed, since the beginning. */
  public long completed() {
    return completed;
  }

  /** SYNs dropped because the table was full, since the beginning. */
  public long refused() {
    return refused;
  }

  /** Half-open connections that were reset or timed out, since the beginning. */
  public long abandoned() {
    return abandoned;
  }
}
