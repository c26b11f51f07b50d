package org.mptcp4j.stack;

import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * Packets that belong to no connection and wait to be sent: resets, echo replies, acknowledgements
 * of TIME-WAIT. A bounded ring of reused slots; what does not fit is not sent, which the protocols
 * allow for all of these.
 */
final class Outbox {
  private static final int CAPACITY = 256;

  private final Packet[] ring = new Packet[CAPACITY];
  private int first;
  private int size;

  Outbox() {
    for (int i = 0; i < CAPACITY; i++) {
      ring[i] = new Packet();
    }
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return size == 0;
  }

  /** Whether {@link #add} must not be called. */
  boolean isFull() {
    return size == CAPACITY;
  }

  /** The next free slot, empty and now part of the ring; only when not full. */
  Packet add() {
    Packet slot = ring[(first + size) % CAPACITY];
    size++;
    return slot;
  }

  /** Moves as many packets as there is room for, oldest first. */
  void drainTo(PacketBatch out) {
    while (size > 0 && !out.isFull()) {
      if (ring[first].length() > 0) { // it stays empty when there was no memory for the packet
        ring[first].moveTo(out.add());
      }
      first = (first + 1) % CAPACITY;
      size--;
    }
  }

  /** Releases everything. */
  void clear() {
    for (Packet packet : ring) {
      packet.release();
    }
    size = 0;
  }
}
