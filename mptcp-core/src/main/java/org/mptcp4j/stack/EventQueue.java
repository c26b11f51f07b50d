package org.mptcp4j.stack;

import java.util.ArrayDeque;

/**
 * The sources that have something to report, each at most once: bounded by the number of sockets.
 */
final class EventQueue {
  private final ArrayDeque<EventSource> waiting = new ArrayDeque<>();

  /** Lets the source report; does nothing when it waits already. */
  void add(EventSource source) {
    if (!source.queued()) {
      source.queued(true);
      waiting.add(source);
    }
  }

  /**
   * Takes the next event of the source at the head.
   *
   * @param into filled when there was one
   * @return {@code false} when the head has none left, then {@link #removeHead()} is next, or there
   *     is no head
   */
  boolean poll(PolledEvent into) {
    return !waiting.isEmpty() && waiting.peek().nextEvent(into);
  }

  /** Removes the head, which has nothing left to report; {@code null} when nothing waits. */
  EventSource removeHead() {
    EventSource head = waiting.poll();
    if (head != null) {
      head.queued(false);
    }
    return head;
  }

  /** Forgets everything. */
  void clear() {
    waiting.forEach(source -> source.queued(false));
    waiting.clear();
  }
}
