package org.mptcp4j.stack;

import java.util.LinkedHashSet;

/**
 * Passive connections whose handshake is not complete, in the order of their SYNs and up to a
 * limit. All listeners of a stack share it. Adding, removing and the oldest cost O(1).
 */
final class SynQueue {
  private final int limit;
  private final LinkedHashSet<ConnectionNode> nodes = new LinkedHashSet<>();

  /**
   * Makes an empty queue.
   *
   * @param limit connections in it at most, at least 1
   */
  SynQueue(int limit) {
    this.limit = limit;
  }

  int size() {
    return nodes.size();
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  boolean isFull() {
    return nodes.size() >= limit;
  }

  /** Appends a connection whose SYN has just come, when the queue is not full. */
  void add(ConnectionNode node) {
    if (isFull()) {
      throw new IllegalStateException("the queue is full; take the oldest out first");
    }
    nodes.add(node);
  }

  /** Takes a connection out, whose handshake is complete or which is over. */
  void remove(ConnectionNode node) {
    if (!nodes.remove(node)) {
      throw new IllegalStateException(node + " is not half open");
    }
  }

  /** The connection whose SYN came first; there must be one. */
  ConnectionNode oldest() {
    return nodes.iterator().next();
  }
}
