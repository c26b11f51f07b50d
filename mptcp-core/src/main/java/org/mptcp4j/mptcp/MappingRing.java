package org.mptcp4j.mptcp;

/**
 * Mappings in the order of their subflow sequence numbers: position 0 is the first. A ring in one
 * array, so that nothing is allocated per mapping, and nothing at all before the first.
 */
abstract class MappingRing {
  private static final long[] NO_WORDS = {};

  /** Words of one mapping: sequence number and length in one, data sequence number, checksum. */
  private static final int WORDS = 3;

  /** Mappings for which there is room in most rings. */
  private static final int SMALL = 16;

  private static final int DSN = 1;
  private static final int CHECKSUM = 2;

  private long[] words = NO_WORDS; // room for a power of two of them, or none
  private int head;
  private int size;

  final int size() {
    return size;
  }

  /** First subflow sequence number of the mapping at a position. */
  final int seq(int position) {
    return (int) (words[at(position)] >>> 32);
  }

  /** Bytes that the mapping at a position covers. */
  final int length(int position) {
    return (int) words[at(position)];
  }

  /** Subflow sequence number behind the mapping at a position. */
  final int end(int position) {
    return seq(position) + length(position);
  }

  /** Data sequence number of the first byte of the mapping at a position. */
  final long dsn(int position) {
    return words[at(position) + DSN];
  }

  /** What was kept as checksum of the mapping at a position. */
  final int checksum(int position) {
    return (int) words[at(position) + CHECKSUM];
  }

  /** Puts a mapping at a position, before the one that is there. */
  final void insert(int position, int seq, int length, long dsn, int checksum) {
    if (size == capacity()) {
      grow();
    }
    size++;
    if (position < size / 2) {
      head = slot(-1);
      moveForward(1, position, 1);
    } else {
      moveBack(position, size - 1 - position, 1);
    }
    set(position, seq, length, dsn, checksum);
  }

  /** Moves so many mappings from a position on some places towards the first. */
  private void moveForward(int from, int count, int places) {
    for (int moved = 0; moved < count; ) {
      int source = slot(from + moved);
      int target = slot(from + moved - places);
      int n = Math.min(count - moved, capacity() - Math.max(source, target));
      System.arraycopy(words, source * WORDS, words, target * WORDS, n * WORDS);
      moved += n;
    }
  }

  /** Moves so many mappings from a position on some places towards the last. */
  private void moveBack(int from, int count, int places) {
    for (int left = count; left > 0; ) {
      int source = slot(from + left - 1);
      int target = slot(from + left - 1 + places);
      int n = Math.min(left, 1 + Math.min(source, target));
      System.arraycopy(words, (source + 1 - n) * WORDS, words, (target + 1 - n) * WORDS, n * WORDS);
      left -= n;
    }
  }

  private void set(int position, int seq, int length, long dsn, int checksum) {
    int at = at(position);
    words[at] = (long) seq << 32 | length & 0xffffffffL;
    words[at + DSN] = dsn;
    words[at + CHECKSUM] = checksum;
  }

  /** Puts a mapping in the place of those from one position to another, which may be the same. */
  final void replace(int from, int to, int seq, int length, long dsn, int checksum) {
    if (from == to) {
      insert(from, seq, length, dsn, checksum);
      return;
    }
    set(from, seq, length, dsn, checksum);
    int removed = to - from - 1;
    if (removed == 0) {
      return;
    }
    if (from < size - to) {
      moveBack(0, from + 1, removed);
      head = slot(removed);
    } else {
      moveForward(to, size - to, removed);
    }
    size -= removed;
  }

  /** Forgets the first mapping; there must be one. */
  final void removeFirst() {
    head = slot(1);
    size--;
  }

  /** Forgets all but the first so many. */
  final void truncate(int newSize) {
    size = newSize;
    int needed = Math.max(1, Integer.highestOneBit(Math.max(1, 2 * size - 1)));
    if (capacity() > SMALL && needed <= capacity() / 4) {
      resize(needed);
    }
  }

  /** Memory that it takes when it is large. */
  final int heldBytes() {
    return capacity() > SMALL ? words.length * Long.BYTES : 0;
  }

  private int capacity() {
    return words.length / WORDS;
  }

  private int at(int position) {
    return slot(position) * WORDS;
  }

  private int slot(int position) {
    return (head + position) & (capacity() - 1);
  }

  private void grow() {
    resize(Math.max(1, 2 * capacity()));
  }

  private void resize(int newCapacity) {
    long[] other = new long[newCapacity * WORDS];
    int first = Math.min(size, capacity() - head);
    System.arraycopy(words, head * WORDS, other, 0, first * WORDS);
    System.arraycopy(words, 0, other, first * WORDS, (size - first) * WORDS);
    words = other;
    head = 0;
  }
}
