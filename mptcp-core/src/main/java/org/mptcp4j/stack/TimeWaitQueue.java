package org.mptcp4j.stack;

/**
 * Flows in TIME-WAIT in the order in which they end. All wait equally long, so that a list is
 * enough: a new one, or one that starts again, goes to its tail.
 */
final class TimeWaitQueue {
  private FlowEntry.Waiting head;
  private FlowEntry.Waiting tail;
  private int size;

  int size() {
    return size;
  }

  /** Appends a flow that is not in the queue. */
  void add(FlowEntry.Waiting flow) {
    flow.previous = tail;
    flow.next = null;
    if (tail == null) {
      head = flow;
    } else {
      tail.next = flow;
    }
    tail = flow;
    size++;
  }

  /** Takes a flow out that is in the queue. */
  void remove(FlowEntry.Waiting flow) {
    if (flow.previous == null) {
      head = flow.next;
    } else {
      flow.previous.next = flow.next;
    }
    if (flow.next == null) {
      tail = flow.previous;
    } else {
      flow.next.previous = flow.previous;
    }
    flow.previous = null;
    flow.next = null;
    size--;
  }

  /** The flow that ends first, or {@code null}. */
  FlowEntry.Waiting oldest() {
    return head;
  }

  /** When the first one ends; {@link Long#MAX_VALUE} when there is none. */
  long nextTimeoutNs() {
    return head == null ? Long.MAX_VALUE : head.sock.expiryNs();
  }

  void clear() {
    head = null;
    tail = null;
    size = 0;
  }
}
