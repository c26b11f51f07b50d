package org.mptcp4j.stack;

import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Listeners by port and address: a hash table with chains, for few or very many of them.
 *
 * @param <L> what a listener is to who keeps the table
 */
final class ListenTable<L extends ListenTable.Entry<L>> {
  private static final int BUCKETS = 256;

  /**
   * What a listener has to be.
   *
   * @param <L> itself
   */
  abstract static class Entry<L> {
    final IpAddress address;
    final int port;
    L nextInBucket;

    /**
     * Makes one.
     *
     * @param address the address it is bound to, or {@code null} for all
     */
    Entry(IpAddress address, int port) {
      this.address = address;
      this.port = port;
    }
  }

  private final List<L> heads = new ArrayList<>();

  ListenTable() {
    for (int i = 0; i < BUCKETS; i++) {
      heads.add(null);
    }
  }

  /** Adds a listener; {@link #conflicts} was asked before. */
  void add(L listener) {
    int bucket = listener.port % BUCKETS;
    listener.nextInBucket = heads.get(bucket);
    heads.set(bucket, listener);
  }

  /** Removes a listener that is there. */
  void remove(L listener) {
    int bucket = listener.port % BUCKETS;
    if (heads.get(bucket) == listener) {
      heads.set(bucket, listener.nextInBucket);
    } else {
      L before = heads.get(bucket);
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
  L find(long hi, long lo, int port) {
    L wildcard = null;
    for (L l = heads.get(port % BUCKETS); l != null; l = l.nextInBucket) {
      if (l.port != port) {
        continue;
      }
      IpAddress address = l.address;
      if (address == null) {
        wildcard = l;
      } else if (address.lo() == lo && address.hi() == hi) {
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
    for (L l = heads.get(port % BUCKETS); l != null; l = l.nextInBucket) {
      if (l.port == port && (address == null || l.address == null || address.equals(l.address))) {
        return true;
      }
    }
    return false;
  }

  /** All listeners, a copy. */
  List<L> all() {
    List<L> all = new ArrayList<>();
    for (L head : heads) {
      for (L l = head; l != null; l = l.nextInBucket) {
        all.add(l);
      }
    }
    return all;
  }
}
