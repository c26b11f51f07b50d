package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;

/**
 * The memory that a connection keeps alive, on all levels and in both directions.
 *
 * <p>Of a connection its data level is given, and the flows that carry it.
 */
public final class ConnectionMemory {
  private ConnectionMemory() {}

  /**
   * Adds up what a connection holds of what it received: bytes of buffers, and what they cost
   * beside. When that is more than its buffer explains, what lies beyond holes is dropped.
   */
  public static long receivedBytes(MetaSock meta, List<? extends Flow> flows) {
    long received = sum(meta, flows);
    if (received >= meta.mostReceivedHeldBytes() && prunableBytes(meta, flows) > 0) {
      prune(meta, flows);
      received = sum(meta, flows);
    }
    meta.window().held(meta.rx().unreadHeldBytes(), received < meta.mostReceivedHeldBytes());
    return received;
  }

  private static long sum(MetaSock meta, List<? extends Flow> flows) {
    long held = meta.rx().heldBytes();
    for (int i = 0; i < flows.size(); i++) {
      held += flows.get(i).receivedHeldBytes();
    }
    return held;
  }

  /**
   * What a connection holds of what was written: buffers that the data level holds, flows that
   * carry them, or both.
   */
  public static long sentBytes(MetaSock meta, List<? extends Flow> flows) {
    long byFlows = 0;
    for (int i = 0; i < flows.size(); i++) {
      byFlows += flows.get(i).tcp().sentHeldBytes();
    }
    return Math.max(byFlows, meta.tx().memoryBytes());
  }

  /**
   * The application has had its turn. What came in order and was not read, and what waits for a
   * mapping or for the rest of one, may stay long: from now on it keeps no more memory alive than
   * it needs.
   */
  public static void keep(MetaSock meta, List<? extends Flow> flows) {
    meta.rx().keep();
    for (int i = 0; i < flows.size(); i++) {
      flows.get(i).keep();
    }
  }

  /**
   * Memory that stays until the connection ends, as far as anybody knows: what the application has
   * left in its turn, and bytes in order on a flow that wait for a mapping, or for the rest of one.
   */
  public static long lingeringBytes(MetaSock meta, List<? extends Flow> flows) {
    long stuck = sum(meta, flows) - meta.rx().unreadHeldBytes() - prunableBytes(meta, flows);
    // What was received can still be read after the end, and the application was told of that.
    return meta.life() == Life.CLOSED ? stuck : stuck + meta.rx().leftHeldBytes();
  }

  /** Memory that {@link #prune} would give back. */
  public static long prunableBytes(MetaSock meta, List<? extends Flow> flows) {
    long prunable = meta.rx().prunableBytes();
    for (int i = 0; i < flows.size(); i++) {
      prunable += flows.get(i).prunableBytes();
    }
    return prunable;
  }

  /**
   * Drops what lies beyond holes: of the flows, which RFC 2018 section 8 allows although it was
   * acknowledged selectively, and of the data level, which has not acknowledged it. Peers send both
   * again. What is in order, or was acknowledged by a DATA_ACK, stays.
   */
  public static void prune(MetaSock meta, List<? extends Flow> flows) {
    Counters counters = meta.counters();
    counters.increment(Mib.PRUNE_CALLED);
    for (int i = 0; i < flows.size(); i++) {
      if (flows.get(i).prune()) {
        counters.increment(Mib.OFO_PRUNED);
      }
    }
    if (meta.rx().prune()) {
      counters.increment(Mib.RCV_PRUNED);
    }
  }
}
