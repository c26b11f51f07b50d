package org.mptcp4j.stack;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Connection;
import org.mptcp4j.mptcp.ConnectionMemory;

/**
 * What the connections of a stack hold, and what is done when it is too much: the largest holders
 * drop what peers have to send again; connections without an application end, the slowest first;
 * and beyond the budget the connection ends that holds the most of what was not read or cannot be
 * used.
 */
final class Holdings {
  /** The last part of the budget is divided into so many steps. */
  private static final int STEPS = 64;

  /** So much may come for a connection before what it holds is counted anew. */
  private static final int MOST_UNCOUNTED_BYTES = 256 << 10;

  /** What a packet may cost beside its payload. */
  private static final int PACKET_BYTES = 1024;

  private final MemoryAccount account;
  private final Orphans orphans;
  private final ConnectionNodes nodes;
  private final RunQueue running;
  private final StackCounters counters;
  private final LargestHolders largest;
  private boolean critical;
  private long tryAgainBytes;
  private @Nullable ConnectionNode uncounted; // what came last came for this one
  private int uncountedBytes;

  Holdings(
      MemoryAccount account,
      Orphans orphans,
      ConnectionNodes nodes,
      RunQueue running,
      StackCounters counters) {
    this.account = account;
    this.orphans = orphans;
    this.nodes = nodes;
    this.running = running;
    this.counters = counters;
    largest = new LargestHolders(nodes);
  }

  /** Connections without an application. */
  int orphans() {
    return orphans.size();
  }

  /** What the connections hold. */
  long heldBytes() {
    return account.ownBytes();
  }

  /** A connection has got, or lost, something. */
  void changed(long nowNs, ConnectionNode node) {
    count(node);
    if (account.received().isCritical()) {
      critical = true;
      reclaim(nowNs);
    } else if (critical) {
      relieved();
    }
    if (account.sent().isCritical()) {
      orphans.takeSlowest(nowNs).ifPresent(slowest -> end(nowNs, slowest));
    }
  }

  /**
   * A packet with payload came for a connection. One after the other for the same connection, they
   * are counted some at a time.
   */
  void came(long nowNs, ConnectionNode node, int payloadBytes) {
    uncountedBytes += PACKET_BYTES + payloadBytes;
    if (node != uncounted || uncountedBytes >= MOST_UNCOUNTED_BYTES || critical) {
      uncounted = node;
      uncountedBytes = 0;
      changed(nowNs, node);
    }
  }

  private void count(ConnectionNode node) {
    long received = 0;
    long sent = 0;
    if (!node.broken()) {
      Connection c = node.connection();
      received = ConnectionMemory.receivedBytes(c.meta(), c.flows());
      sent = ConnectionMemory.sentBytes(c.meta(), c.flows());
    }
    long receivedChange = received - node.receivedBytes();
    long sentChange = sent - node.sentBytes();
    if (receivedChange != 0 || sentChange != 0 || account.isAtAMark()) {
      node.held(received, sent);
      account.change(receivedChange, sentChange, nodes.size());
    }
  }

  /** A connection has had its turn, and the application, too. */
  void settled(long nowNs, ConnectionNode node) {
    if (!node.broken()) {
      ConnectionMemory.keep(node.connection().meta(), node.connection().flows());
    }
    changed(nowNs, node);
    if (node.done()) {
      orphans.remove(node);
    } else if (node.connection().meta().closedByApplication()) {
      orphans.add(nowNs, node);
      if (orphans.isOver()) {
        orphans.takeSlowest(nowNs).ifPresent(slowest -> end(nowNs, slowest));
      }
    }
  }

  /** A connection is forgotten. */
  void forget(ConnectionNode node) {
    if (node == uncounted) {
      uncounted = null;
    }
    account.change(-node.receivedBytes(), -node.sentBytes(), nodes.size());
    node.held(0, 0);
    orphans.remove(node);
  }

  private void reclaim(long nowNs) {
    boolean looks = account.shareBytes() == 0 && largest.isDue(nowNs);
    if (looks || account.received().heldBytes() >= tryAgainBytes) {
      prune();
    }
    if (looks && account.shareBytes() == 0) {
      largest.look(nowNs);
    }
    endLargest(nowNs);
  }

  private void prune() {
    List<ConnectionNode> holders =
        nodes.all().stream()
            .filter(node -> node.receivedBytes() > 0 && !node.broken() && prunableBytes(node) > 0)
            .sorted(Comparator.comparingLong(node -> -prunableBytes(node)))
            .toList();
    for (int i = 0; i < holders.size() && !account.received().isRelieved(); i++) {
      Connection c = holders.get(i).connection();
      ConnectionMemory.prune(c.meta(), c.flows());
      count(holders.get(i));
    }
    // When that was in vain, it is tried again after some more has come.
    tryAgainBytes = account.received().heldBytes() + account.received().budgetBytes() / STEPS;
  }

  /**
   * What is left is in order, and nothing more can be taken: who holds the most of it pays, so that
   * others are served. Both ends hear of it.
   */
  private void endLargest(long nowNs) {
    while (account.shareBytes() == 0) {
      Optional<ConnectionNode> next = largest.take();
      if (next.isEmpty()) {
        return;
      }
      end(nowNs, next.get());
    }
  }

  private static long prunableBytes(ConnectionNode node) {
    return ConnectionMemory.prunableBytes(node.connection().meta(), node.connection().flows());
  }

  private void end(long nowNs, ConnectionNode node) {
    if (node.done()) {
      return;
    }
    counters.increment(Mib.TCP_ABORT_ON_MEMORY);
    node.connection().reset();
    node.connection().onTimeout(nowNs); // its memory is needed at once
    running.touch(node);
    count(node);
  }

  /** Those whose windows were closed for lack of memory open them. */
  private void relieved() {
    critical = false;
    tryAgainBytes = 0;
    largest.clear();
    for (ConnectionNode node : nodes.all()) {
      if (!node.broken()) {
        running.touch(node);
      }
    }
  }

  void close() {
    orphans.clear();
    largest.clear();
    account.close();
  }
}
