package org.mptcp4j.link.packet;

/**
 * A reusable array of {@link Packet} slots that drivers and the stack hand to each other. Belongs
 * to one thread.
 */
public final class PacketBatch {
  private final Packet[] slots;
  private int size;

  /**
   * An empty batch.
   *
   * @param capacity number of slots, at least 1
   */
  public PacketBatch(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
    }
    slots = new Packet[capacity];
    for (int i = 0; i < capacity; i++) {
      slots[i] = new Packet();
    }
  }

  /** Number of packets. */
  public int size() {
    return size;
  }

  /** Number of slots. */
  public int capacity() {
    return slots.length;
  }

  /** Whether no slot is free. */
  public boolean isFull() {
    return size == slots.length;
  }

  /**
   * The next free slot, which is empty, now part of the batch.
   *
   * @throws IllegalStateException when the batch is full
   */
  public Packet add() {
    if (size == slots.length) {
      throw new IllegalStateException("batch of " + size + " is full: ask isFull() first");
    }
    return slots[size++];
  }

  /** Takes the last packet out again and releases what it held. */
  public void removeLast() {
    get(size - 1).release();
    size--;
  }

  /**
   * Packet {@code i}, counted from 0.
   *
   * @throws IndexOutOfBoundsException when there is no such packet
   */
  public Packet get(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException("packet " + i + " of " + size);
    }
    return slots[i];
  }

  /** Releases all packets; the batch is empty after. */
  public void clear() {
    for (int i = 0; i < size; i++) {
      slots[i].release();
    }
    size = 0;
  }
}
