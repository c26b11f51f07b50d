package org.mptcp4j.stack;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import org.mptcp4j.mptcp.ConnectionMemory;

/**
 * The connections that hold the most of what their end would give back. Looking at all of them is
 * dear, and packets of a peer may ask for it again and again: so many are remembered, and looked
 * for so seldom, that it never costs more than a part of the time.
 */
final class LargestHolders {
  /** Of so many connections one is remembered. */
  private static final int ONE_OF = 16;

  private static final int FEWEST = 64;

  /** The time that must pass for each connection that is looked at, and at least. */
  private static final long LOOK_NS = 1_000;

  private static final long SHORTEST_NS = 1_000_000;

  private record Holder(ConnectionNode node, long bytes) {}

  private final ConnectionNodes nodes;
  private final ArrayDeque<ConnectionNode> largest = new ArrayDeque<>();
  private long nextLookNs = Long.MIN_VALUE;

  LargestHolders(ConnectionNodes nodes) {
    this.nodes = nodes;
  }

  /** Whether enough time has passed since the last look at all connections. */
  boolean isDue(long nowNs) {
    return nowNs >= nextLookNs;
  }

  /** Looks at all connections. */
  void look(long nowNs) {
    nextLookNs = nowNs + Math.max(SHORTEST_NS, nodes.size() * LOOK_NS);
    int most = Math.max(FEWEST, nodes.size() / ONE_OF);
    PriorityQueue<Holder> found = new PriorityQueue<>(Comparator.comparingLong(Holder::bytes));
    for (ConnectionNode node : nodes.all()) {
      long bytes = bytes(node);
      if (bytes > 0) {
        found.add(new Holder(node, bytes));
      }
      if (found.size() > most) {
        found.remove();
      }
    }
    largest.clear();
    while (!found.isEmpty()) {
      largest.addFirst(found.remove().node());
    }
  }

  /** Takes the largest out that was found and still holds something. */
  Optional<ConnectionNode> take() {
    while (!largest.isEmpty()) {
      ConnectionNode node = largest.remove();
      if (bytes(node) > 0) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  private static long bytes(ConnectionNode node) {
    return node.receivedBytes() == 0 || node.done()
        ? 0
        : ConnectionMemory.lingeringBytes(node.connection().meta(), node.connection().flows());
  }

  /** Forgets all of them. */
  void clear() {
    largest.clear();
  }
}
