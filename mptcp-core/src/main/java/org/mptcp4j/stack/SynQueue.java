package org.mptcp4j.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Passive connections whose handshake is not complete, in the order of their SYNs and up to a
 * limit. All listeners of a stack share it. Adding, removing and the oldest cost O(1).
 *
 * @param <L> a listener
 */
final class SynQueue<L> {
  private final int limit;
  private final Map<ConnectionNode, L> listeners = new LinkedHashMap<>();

  /**
   * Makes an empty queue.
   *
   * @param limit connections in it at most, at least 1
   */
  SynQueue(int limit) {
    this.limit = limit;
  }

  int size() {
    return listeners.size();
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  boolean isFull() {
    return listeners.size() >= limit;
  }

  /** Appends a connection whose SYN to a listener has just come, when the queue is not full. */
  void add(ConnectionNode node, L listener) {
    if (isFull()) {
      throw new IllegalStateException("the queue is full; take the oldest out first");
    }
    listeners.put(node, listener);
  }

  /** Takes a connection out, whose handshake is complete or which is over; its listener. */
  L remove(ConnectionNode node) {
    L listener = listeners.remove(node);
    if (listener == null) {
      throw new IllegalStateException(node + " is not half open");
    }
    return listener;
  }

  /** Connections that a listener has in it, a copy in their order. */
  List<ConnectionNode> of(L listener) {
    return listeners.entrySet().stream()
        .filter(entry -> entry.getValue() == listener)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The connection whose SYN came first; there must be one. */
  ConnectionNode oldest() {
    return listeners.keySet().iterator().next();
  }
}
