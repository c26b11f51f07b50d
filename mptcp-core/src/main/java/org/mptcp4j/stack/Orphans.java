package org.mptcp4j.stack;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Connections that the application has closed and whose peers have not: nobody waits for them, and
 * a peer decides how long they last. There is a limit to how many there are.
 */
final class Orphans {
  /** The slowest of all are looked for at once, since that takes a look at all. */
  private static final int AT_ONCE = 64;

  private static final long SEGMENT_BYTES = 1448;

  private record Since(long timeNs, long ackedBytes) {}

  private final int limit;
  private final Map<ConnectionNode, Since> orphans = new LinkedHashMap<>();
  private final ArrayDeque<ConnectionNode> slowest = new ArrayDeque<>();

  Orphans(int limit) {
    this.limit = limit;
  }

  int size() {
    return orphans.size();
  }

  /** Whether there are too many. */
  boolean isOver() {
    return orphans.size() > limit;
  }

  /** A connection is one, perhaps for long. */
  void add(long nowNs, ConnectionNode node) {
    if (!orphans.containsKey(node)) {
      orphans.put(node, new Since(nowNs, node.connection().meta().bytesAcked()));
    }
  }

  /** It is over. */
  void remove(ConnectionNode node) {
    orphans.remove(node);
  }

  /** Takes that one out to which the peer took the longest for what it has acknowledged. */
  Optional<ConnectionNode> takeSlowest(long nowNs) {
    while (!orphans.isEmpty()) {
      if (slowest.isEmpty()) {
        orphans.keySet().stream()
            .sorted(Comparator.comparingLong(node -> -slowness(nowNs, node)))
            .limit(AT_ONCE)
            .forEach(slowest::add);
      }
      ConnectionNode node = slowest.remove();
      if (orphans.remove(node) != null) {
        return Optional.of(node);
      }
    }
    return Optional.empty();
  }

  /** Time for each segment that was acknowledged since it was closed, and one more. */
  private long slowness(long nowNs, ConnectionNode node) {
    Since since = orphans.get(node);
    long acked = node.connection().meta().bytesAcked() - since.ackedBytes();
    return (nowNs - since.timeNs()) / (1 + acked / SEGMENT_BYTES);
  }

  void clear() {
    orphans.clear();
    slowest.clear();
  }
}
