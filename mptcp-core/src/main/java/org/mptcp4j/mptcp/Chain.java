package org.mptcp4j.mptcp;

/**
 * An element of a queue that is empty nearly all the time. Who owns the queue holds its first
 * element, and {@code null} for an empty one, which therefore takes no memory. Not for what every
 * segment goes through: each item allocates, and adding one passes all others.
 */
final class Chain<T> {
  private final T item;
  private Chain<T> next;

  private Chain(T item) {
    this.item = item;
  }

  /** Puts an item behind all others. Returns the first element. */
  static <T> Chain<T> add(Chain<T> first, T item) {
    Chain<T> last = new Chain<>(item);
    if (first == null) {
      return last;
    }
    Chain<T> at = first;
    while (at.next != null) {
      at = at.next;
    }
    at.next = last;
    return first;
  }

  /** Whether an item is among those from an element on. */
  static <T> boolean has(Chain<T> first, T item) {
    for (Chain<T> at = first; at != null; at = at.next) {
      if (at.item == item) {
        return true;
      }
    }
    return false;
  }

  /** Items from an element on. */
  static int size(Chain<?> first) {
    int size = 0;
    for (Chain<?> at = first; at != null; at = at.next) {
      size++;
    }
    return size;
  }

  T item() {
    return item;
  }

  /** The element behind this one, which is the first when this one is taken; or null. */
  Chain<T> next() {
    return next;
  }
}
