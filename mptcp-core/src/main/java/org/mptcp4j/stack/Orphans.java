package org.mptcp4j.stack;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Connections that the application has closed and whose peers have not: nobody waits for them, and
 * a peer decides how long they last. There is a limit to how many there are.
 */
final class Orphans {
  /** The slowest of all are looked for at once, since that takes a look at all. */
  private static final int AT_ONCE = 64;

  private static final long SEGMENT_BYTES = 1448;

  /** What is known of one of them; its node holds it as long as it is one. */
  static final class Orphan {
    private final ConnectionNode node;
    private final long sinceNs;
    private final long ackedBytes;
    private int place;

    private Orphan(ConnectionNode node, long sinceNs, int place) {
      this.node = node;
      this.sinceNs = sinceNs;
      this.place = place;
      ackedBytes = node.connection().meta().bytesAcked();
    }

    /** Time for each segment that was acknowledged since it was closed, and one more. */
    private long slowness(long nowNs) {
      long acked = node.connection().meta().bytesAcked() - ackedBytes;
      return (nowNs - sinceNs) / (1 + acked / SEGMENT_BYTES);
    }
  }

  private final int limit;
  private final List<Orphan> all = new ArrayList<>();
  private final ArrayDeque<Orphan> slowest = new ArrayDeque<>();

  Orphans(int limit) {
    this.limit = limit;
  }

  int size() {
    return all.size();
  }

  /** Whether there are too many. */
  boolean isOver() {
    return all.size() > limit;
  }

  /** A connection is one, perhaps for long. */
  void add(long nowNs, ConnectionNode node) {
    if (node.asOrphan() == null) {
      Orphan orphan = new Orphan(node, nowNs, all.size());
      node.asOrphan(orphan);
      all.add(orphan);
    }
  }

  /** It is over. */
  void remove(ConnectionNode node) {
    Orphan orphan = node.asOrphan();
    if (orphan != null) {
      node.asOrphan(null);
      Orphan last = all.remove(all.size() - 1);
      if (last != orphan) {
        last.place = orphan.place;
        all.set(orphan.place, last);
      }
    }
  }

  /** Takes that one out to which the peer took the longest for what it has acknowledged. */
  Optional<ConnectionNode> takeSlowest(long nowNs) {
    while (!all.isEmpty()) {
      if (slowest.isEmpty()) {
        all.stream()
            .sorted(Comparator.comparingLong(orphan -> -orphan.slowness(nowNs)))
            .limit(AT_ONCE)
            .forEach(slowest::add);
      }
      Orphan orphan = slowest.remove();
      if (orphan.node.asOrphan() == orphan) {
        remove(orphan.node);
        return Optional.of(orphan.node);
      }
    }
    return Optional.empty();
  }

  void clear() {
    all.forEach(orphan -> orphan.node.asOrphan(null));
    all.clear();
    slowest.clear();
  }
}
