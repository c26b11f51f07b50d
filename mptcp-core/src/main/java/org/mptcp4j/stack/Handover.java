package org.mptcp4j.stack;

import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * Packets that belong to other stacks of the group and wait for the driver to take them there.
 * Bounded: a driver asks after every batch that it gave in, so that no more wait than a batch has.
 */
final class Handover {
  private static final int CAPACITY = 64;

  private final PacketBatch[] waiting;
  private final StackCounters counters;
  private int count;

  /**
   * Nothing waits.
   *
   * @param stacks number of stacks in the group
   */
  Handover(int stacks, StackCounters counters) {
    waiting = new PacketBatch[stacks];
    this.counters = counters;
  }

  /** Takes a packet out of its slot, for that stack; drops and counts it when too many wait. */
  void add(int owner, Packet packet) {
    PacketBatch batch = waiting[owner];
    if (batch == null) {
      batch = new PacketBatch(CAPACITY);
      waiting[owner] = batch;
    }
    if (batch.isFull()) {
      counters.increment(IpMib.HANDOVER_DROPS);
      packet.release();
      return;
    }
    counters.increment(IpMib.HANDED_OVER);
    packet.moveTo(batch.add());
    count++;
  }

  /** See {@link MptcpStack#pollHandover}. */
  int poll(PacketBatch out) {
    if (count == 0) {
      return -1;
    }
    int owner = 0;
    while (waiting[owner] == null || waiting[owner].size() == 0) {
      owner++;
    }
    PacketBatch batch = waiting[owner];
    int moved = Math.min(batch.size(), out.capacity() - out.size());
    for (int i = 0; i < moved; i++) {
      batch.get(i).moveTo(out.add());
    }
    closeGap(batch, moved);
    count -= moved;
    return owner;
  }

  /** Moves what is left to the front of a batch whose first slots are empty. */
  private static void closeGap(PacketBatch batch, int empty) {
    int left = batch.size() - empty;
    for (int i = 0; i < left; i++) {
      batch.get(empty + i).moveTo(batch.get(i));
    }
    for (int i = 0; i < empty; i++) {
      batch.removeLast();
    }
  }

  /** Releases everything. */
  void clear() {
    for (PacketBatch batch : waiting) {
      if (batch != null) {
        batch.clear();
      }
    }
    count = 0;
  }
}
