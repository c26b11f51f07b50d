package org.mptcp4j.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.mptcp4j.link.packet.IpAddress;

/**
 * Passive connections whose handshake is not complete, in the order of their SYNs and up to a
 * limit. All listeners of a stack share it, and so do all networks: one of them has a part of it at
 * most. Adding, removing and the oldest cost O(1).
 *
 * @param <L> a listener
 */
final class SynQueue<L> {
  /** A network has one part in so many of the places. */
  private static final int SHARES = 8;

  /** Where parts would be smaller there are none: an address translator is no attack. */
  private static final int LEAST_PART = 16;

  private static final int BUCKETS = 1024;

  /**
   * What is known of one.
   *
   * @param placed whether it was asked if there is a place for it
   */
  private record Entry<L>(L listener, long sinceNs, boolean placed) {}

  private final int limit;
  private final LongUnaryOperator hash;
  private final int networkLimit;
  private final Map<ConnectionNode, Entry<L>> entries = new LinkedHashMap<>();

  /** By a hash of the network: two that share a place there also share their part. */
  private final int[] perNetwork = new int[BUCKETS];

  /**
   * Makes an empty queue.
   *
   * @param limit connections in it at most, at least 1
   * @param hash nobody outside knows it, so that nobody can crowd the place of another network
   */
  SynQueue(int limit, LongUnaryOperator hash) {
    this.limit = limit;
    this.hash = hash;
    networkLimit = limit < SHARES * LEAST_PART ? Integer.MAX_VALUE : limit / SHARES;
  }

  int size() {
    return entries.size();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean isFull() {
    return entries.size() >= limit;
  }

  /** Whether the network of an address has its part of the queue. */
  boolean isCrowded(long hi, long lo, boolean v4) {
    return perNetwork[bucket(hi, lo, v4)] >= networkLimit;
  }

  private int bucket(long hi, long lo, boolean v4) {
    return (int) hash.applyAsLong(SourceNetwork.of(hi, lo, v4)) & BUCKETS - 1;
  }

  private int bucketOf(ConnectionNode node) {
    IpAddress remote = node.connection().tuple().remote();
    return bucket(remote.hi(), remote.lo(), remote.isV4());
  }

  /** Appends a connection whose SYN to a listener has just come, when the queue is not full. */
  void add(long nowNs, ConnectionNode node, L listener) {
    if (isFull()) {
      throw new IllegalStateException("the queue is full; take the oldest out first");
    }
    add(node, new Entry<>(listener, nowNs, true));
  }

  /**
   * Appends a connection whose handshake is over when its segment has been read: soon it leaves.
   */
  void addAcknowledged(long nowNs, ConnectionNode node, L listener) {
    add(node, new Entry<>(listener, nowNs, false));
  }

  private void add(ConnectionNode node, Entry<L> entry) {
    entries.put(node, entry);
    perNetwork[bucketOf(node)]++;
  }

  /**
   * Whether a connection in it may stay although its handshake is complete: it has a place, and
   * neither the queue nor the part of its network is used up, so that others find one too.
   */
  boolean mayStay(ConnectionNode node) {
    boolean placed = entries.get(node).placed();
    return placed && !isFull() && perNetwork[bucketOf(node)] < networkLimit;
  }

  /** When the SYN of a connection that is in it came. */
  long sinceNs(ConnectionNode node) {
    return entries.get(node).sinceNs();
  }

  /** The listener of a connection that is in it. */
  L listenerOf(ConnectionNode node) {
    return entries.get(node).listener();
  }

  /** Takes a connection out, whose handshake is complete or which is over; its listener. */
  L remove(ConnectionNode node) {
    Entry<L> entry = entries.remove(node);
    if (entry == null) {
      throw new IllegalStateException(node + " is not half open");
    }
    perNetwork[bucketOf(node)]--;
    return entry.listener();
  }

  /** Connections that a listener has in it, a copy in their order. */
  List<ConnectionNode> of(L listener) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().listener() == listener)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The connection whose SYN came first; there must be one. */
  ConnectionNode oldest() {
    return entries.keySet().iterator().next();
  }

  /** When the SYN of {@link #oldest()} came. */
  long oldestSinceNs() {
    return entries.values().iterator().next().sinceNs();
  }
}
