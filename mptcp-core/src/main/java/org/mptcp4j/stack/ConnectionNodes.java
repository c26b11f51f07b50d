package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.mptcp.Connection;

/** All connections of a stack, numbered in the order in which they began. */
final class ConnectionNodes {
  private ConnectionNode head;
  private ConnectionNode tail;
  private long lastId;
  private int size;

  int size() {
    return size;
  }

  /** Appends a node, for a connection that is registered. */
  void add(ConnectionNode node, Connection connection) {
    node.begin(++lastId, connection);
    node.previous = tail;
    if (tail == null) {
      head = node;
    } else {
      tail.next = node;
    }
    tail = node;
    size++;
  }

  /** Forgets a connection; does nothing the second time. */
  void remove(ConnectionNode node) {
    if (node != head && node.previous == null) {
      return;
    }
    size--;
    if (node.previous == null) {
      head = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next == null) {
      tail = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    node.previous = null;
    node.next = null;
  }

  /** A copy of the list, in order, which may be worked through while connections come and go. */
  List<ConnectionNode> all() {
    List<ConnectionNode> all = new ArrayList<>(size());
    for (ConnectionNode node = head; node != null; node = node.next) {
      all.add(node);
    }
    return all;
  }
}
