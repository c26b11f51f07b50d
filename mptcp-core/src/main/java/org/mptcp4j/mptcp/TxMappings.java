package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq32;

/**
 * Mappings of one subflow from its sequence numbers to data sequence numbers, for what it sends:
 * RFC 8684 section 3.3.1. A ring in sending order; entries leave when the subflow has acknowledged
 * them.
 */
final class TxMappings {
  private static final int INITIAL = 16;

  private int[] seqs = new int[INITIAL];
  private int[] lengths = new int[INITIAL];
  private long[] dsns = new long[INITIAL];
  private int[] checksums = new int[INITIAL];
  private int head;
  private int size;
  private int cursor;

  int size() {
    return size;
  }

  /** Adds the mapping of bytes that follow all others on this subflow. */
  void add(int seq, int length, long dsn, int checksum) {
    if (size == seqs.length) {
      grow();
    }
    int i = slot(size);
    seqs[i] = seq;
    lengths[i] = length;
    dsns[i] = dsn;
    checksums[i] = checksum;
    size++;
  }

  /** Forgets mappings that end at or before {@code una}. */
  void acknowledged(int una) {
    while (size > 0 && Seq32.le(seqs[head] + lengths[head], una)) {
      head = slot(1);
      size--;
      cursor = Math.max(0, cursor - 1);
    }
  }

  /**
   * Finds the mapping that contains a sequence number.
   *
   * @return its position for the accessors, or -1
   */
  int find(int seq) {
    for (int i = cursor; i < size && i < cursor + 2; i++) {
      if (contains(i, seq)) {
        cursor = i;
        return i;
      }
    }
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (contains(mid, seq)) {
        cursor = mid;
        return mid;
      }
      if (Seq32.lt(seqs[slot(mid)], seq)) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return -1;
  }

  int seq(int position) {
    return seqs[slot(position)];
  }

  int length(int position) {
    return lengths[slot(position)];
  }

  long dsn(int position) {
    return dsns[slot(position)];
  }

  int checksum(int position) {
    return checksums[slot(position)];
  }

  /** Whether some mapping here carries that data sequence number. */
  boolean carries(long dsn) {
    for (int i = 0; i < size; i++) {
      long offset = dsn - dsns[slot(i)];
      if (offset >= 0 && offset < lengths[slot(i)]) {
        return true;
      }
    }
    return false;
  }

  private boolean contains(int position, int seq) {
    int i = slot(position);
    int offset = Seq32.diff(seq, seqs[i]);
    return offset >= 0 && offset < lengths[i];
  }

  private int slot(int position) {
    return (head + position) & (seqs.length - 1);
  }

  private void grow() {
    int capacity = 2 * seqs.length;
    int[] newSeqs = new int[capacity];
    int[] newLengths = new int[capacity];
    long[] newDsns = new long[capacity];
    int[] newChecksums = new int[capacity];
    for (int i = 0; i < size; i++) {
      int s = slot(i);
      newSeqs[i] = seqs[s];
      newLengths[i] = lengths[s];
      newDsns[i] = dsns[s];
      newChecksums[i] = checksums[s];
    }
    seqs = newSeqs;
    lengths = newLengths;
    dsns = newDsns;
    checksums = newChecksums;
    head = 0;
  }
}
