package org.mptcp4j.mptcp;

import java.util.Arrays;

/**
 * Mappings in the order of their subflow sequence numbers: position 0 is the first. A ring of
 * parallel arrays, so that nothing is allocated per mapping, and nothing at all before the first.
 */
final class MappingRing {
  private static final int INITIAL = 2;
  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};

  private int[] seqs = NO_INTS;
  private int[] lengths = NO_INTS;
  private long[] dsns = NO_LONGS;
  private int[] checksums = NO_INTS;
  private int head;
  private int size;

  int size() {
    return size;
  }

  /** First subflow sequence number of the mapping at a position. */
  int seq(int position) {
    return seqs[slot(position)];
  }

  /** Bytes that the mapping at a position covers. */
  int length(int position) {
    return lengths[slot(position)];
  }

  /** Subflow sequence number behind the mapping at a position. */
  int end(int position) {
    int i = slot(position);
    return seqs[i] + lengths[i];
  }

  /** Data sequence number of the first byte of the mapping at a position. */
  long dsn(int position) {
    return dsns[slot(position)];
  }

  /** What was kept as checksum of the mapping at a position. */
  int checksum(int position) {
    return checksums[slot(position)];
  }

  /** Puts a mapping at a position, before the one that is there. */
  void insert(int position, int seq, int length, long dsn, int checksum) {
    if (size == seqs.length) {
      grow();
    }
    for (int i = size; i > position; i--) {
      copy(slot(i - 1), slot(i));
    }
    int i = slot(position);
    seqs[i] = seq;
    lengths[i] = length;
    dsns[i] = dsn;
    checksums[i] = checksum;
    size++;
  }

  private void copy(int from, int to) {
    seqs[to] = seqs[from];
    lengths[to] = lengths[from];
    dsns[to] = dsns[from];
    checksums[to] = checksums[from];
  }

  /** Forgets the first mapping; there must be one. */
  void removeFirst() {
    head = slot(1);
    size--;
  }

  private int slot(int position) {
    return (head + position) & (seqs.length - 1);
  }

  private void grow() {
    int capacity = Math.max(INITIAL, 2 * size);
    seqs = straightened(seqs, capacity);
    lengths = straightened(lengths, capacity);
    checksums = straightened(checksums, capacity);
    long[] longer = Arrays.copyOfRange(dsns, head, head + capacity);
    System.arraycopy(dsns, 0, longer, size - head, head);
    dsns = longer;
    head = 0;
  }

  /** A longer copy of a full ring that begins with its first element. */
  private int[] straightened(int[] ring, int capacity) {
    int[] longer = Arrays.copyOfRange(ring, head, head + capacity);
    System.arraycopy(ring, 0, longer, size - head, head);
    return longer;
  }
}
