package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.mptcp.Connection;

/** All connections of a stack, numbered in the order in which they began. */
final class ConnectionNodes {
  private final Map<Connection, ConnectionNode> byConnection = new IdentityHashMap<>();
  private ConnectionNode head;
  private ConnectionNode tail;
  private long lastId;

  int size() {
    return byConnection.size();
  }

  /** The node of a connection, made at the first call. */
  ConnectionNode of(Connection connection) {
    ConnectionNode node = byConnection.get(connection);
    if (node == null) {
      node = new ConnectionNode(++lastId, connection);
      byConnection.put(connection, node);
      node.previous = tail;
      if (tail == null) {
        head = node;
      } else {
        tail.next = node;
      }
      tail = node;
    }
    return node;
  }

  /** The node of a connection, or {@code null}. */
  ConnectionNode find(Connection connection) {
    return byConnection.get(connection);
  }

  /** Forgets a connection; does nothing the second time. */
  void remove(ConnectionNode node) {
    if (byConnection.remove(node.connection()) == null) {
      return;
    }
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
