package org.mptcp4j.stack;

import java.util.ArrayDeque;

/**
 * How many connections of a listener were opened by their SYN and not confirmed by a third ACK: RFC
 * 7413 section 5.1. One that is reset counts for a while longer, so that an attacker who knows a
 * cookie of another host gains nothing by the resets of that host.
 */
final class FastOpenQueue {
  private static final long RESET_NS = 60_000_000_000L; // as Linux

  private final ArrayDeque<Long> resetUntilNs = new ArrayDeque<>();
  private int pending;

  /** Whether there is room for another one. */
  boolean hasRoom(long nowNs, int limit) {
    while (!resetUntilNs.isEmpty() && nowNs >= resetUntilNs.peek()) {
      resetUntilNs.remove();
    }
    return pending + resetUntilNs.size() < limit;
  }

  void add() {
    pending++;
  }

  /** One is confirmed, or over. */
  void remove() {
    pending--;
  }

  /** One was reset. */
  void reset(long nowNs) {
    pending--;
    resetUntilNs.add(nowNs + RESET_NS);
  }
}
