package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.wire.IpAddress;

/** Listeners by port and address: a hash table with chains, for few or very many of them. */
final class Listeners {
  private static final int BUCKETS = 256;

  private final ListenSocket[] buckets = new ListenSocket[BUCKETS];

  /** Adds a listener; {@link #conflicts} was asked before. */
  void add(ListenSocket listener) {
    int bucket = listener.port() % BUCKETS;
    listener.nextInBucket = buckets[bucket];
    buckets[bucket] = listener;
  }

  /** Removes a listener that is there. */
  void remove(ListenSocket listener) {
    int bucket = listener.port() % BUCKETS;
    if (buckets[bucket] == listener) {
      buckets[bucket] = listener.nextInBucket;
    } else {
      ListenSocket before = buckets[bucket];
      while (before.nextInBucket != listener) {
        before = before.nextInBucket;
      }
      before.nextInBucket = listener.nextInBucket;
    }
    listener.nextInBucket = null;
  }

  /**
   * The listener for a destination: one bound to the very address first, else one bound to all.
   *
   * @return {@code null} when there is none
   */
  ListenSocket find(long hi, long lo, int port) {
    ListenSocket wildcard = null;
    for (ListenSocket l = buckets[port % BUCKETS]; l != null; l = l.nextInBucket) {
      if (l.port() != port) {
        continue;
      }
      if (l.address() == null) {
        wildcard = l;
      } else if (l.address().lo() == lo && l.address().hi() == hi) {
        return l;
      }
    }
    return wildcard;
  }

  /**
   * Whether an address and port cannot be bound because of a listener there.
   *
   * @param address the address, or {@code null} for all
   */
  boolean conflicts(IpAddress address, int port) {
    for (ListenSocket l = buckets[port % BUCKETS]; l != null; l = l.nextInBucket) {
      if (l.port() == port
          && (address == null || l.address() == null || address.equals(l.address()))) {
        return true;
      }
    }
    return false;
  }

  /** All listeners, a copy. */
  List<ListenSocket> all() {
    List<ListenSocket> all = new ArrayList<>();
    for (ListenSocket head : buckets) {
      for (ListenSocket l = head; l != null; l = l.nextInBucket) {
        all.add(l);
      }
    }
    return all;
  }
}
