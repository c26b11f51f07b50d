package org.mptcp4j.mptcp;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/**
 * A queue that is empty nearly all the time, and takes next to no memory then. Not for what every
 * segment goes through: it allocates when it stops being empty.
 */
final class RareQueue<T> {
  private ArrayDeque<T> items;

  boolean isEmpty() {
    return items == null;
  }

  int size() {
    return items == null ? 0 : items.size();
  }

  void add(T item) {
    if (items == null) {
      items = new ArrayDeque<>(1);
    }
    items.add(item);
  }

  /** Takes the first item, or null when there is none. */
  T poll() {
    if (items == null) {
      return null;
    }
    T first = items.poll();
    dropWhenEmpty();
    return first;
  }

  boolean contains(T item) {
    return items != null && items.contains(item);
  }

  void removeIf(Predicate<T> unwanted) {
    if (items != null) {
      items.removeIf(unwanted);
      dropWhenEmpty();
    }
  }

  void clear() {
    items = null;
  }

  private void dropWhenEmpty() {
    if (items.isEmpty()) {
      items = null;
    }
  }
}
