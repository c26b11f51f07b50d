package org.mptcp4j.stack;

import java.util.ArrayDeque;

/**
 * Connections that something happened to: those that may have something to send, in turn, and those
 * whose events are to be collected.
 */
final class RunQueue {
  private final ArrayDeque<ConnectionNode> ready = new ArrayDeque<>();
  private final ArrayDeque<ConnectionNode> touched = new ArrayDeque<>();
  private boolean closed;

  /** Something happened to the connection: it is polled for segments, its events are collected. */
  void touch(ConnectionNode node) {
    if (closed) {
      return;
    }
    if (!node.ready()) {
      node.ready(true);
      ready.add(node);
    }
    if (!node.touched()) {
      node.touched(true);
      touched.add(node);
    }
  }

  /** Whether no connection may have something to send. */
  boolean isIdle() {
    return ready.isEmpty();
  }

  /** Takes the next connection out that may have something to send; there must be one. */
  ConnectionNode takeReady() {
    return ready.remove();
  }

  /** It may have more to send: it is the turn of the others first. */
  void again(ConnectionNode node) {
    ready.add(node);
  }

  /** It has nothing more to send. */
  void dry(ConnectionNode node) {
    node.ready(false);
  }

  /** Takes the next connection out whose events are to be collected, or {@code null}. */
  ConnectionNode takeTouched() {
    ConnectionNode node = touched.poll();
    if (node != null) {
      node.touched(false);
    }
    return node;
  }

  /** Nothing is to be done any more. */
  void close() {
    closed = true;
    ready.clear();
    touched.clear();
  }
}
