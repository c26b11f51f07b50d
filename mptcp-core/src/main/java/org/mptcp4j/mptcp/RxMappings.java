package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq32;

/**
 * Mappings of one subflow for what it receives: RFC 8684 section 3.3.1. They may come before, with
 * or after their data, several times, and for data beyond a gap; they never overlap. Sorted by
 * subflow sequence number, bounded.
 */
final class RxMappings {
  /** What became of a mapping. */
  enum Outcome {
    /** New. */
    ADDED,
    /** Known already, or for data already taken. */
    REPEATED,
    /** Contradicts a known one. */
    CONFLICT,
    /** Too many. */
    FULL
  }

  private static final int INITIAL = 16;

  private final int limit;
  private int[] seqs = new int[INITIAL];
  private int[] lengths = new int[INITIAL];
  private long[] dsns = new long[INITIAL];
  private int[] checksums = new int[INITIAL];
  private int head;
  private int size;

  /**
   * Makes an empty set.
   *
   * @param limit mappings it holds at most
   */
  RxMappings(int limit) {
    this.limit = limit;
  }

  int size() {
    return size;
  }

  /**
   * Takes a mapping.
   *
   * @param readSeq sequence number of the first byte not yet taken from the subflow
   * @param seq first subflow sequence number it covers
   * @param length bytes it covers, more than 0
   * @param dsn data sequence number of the first byte
   * @param checksum as received, or -1
   */
  Outcome add(int readSeq, int seq, int length, long dsn, int checksum) {
    int end = seq + length;
    if (Seq32.le(end, readSeq)) {
      return Outcome.REPEATED;
    }
    int at = size;
    while (at > 0 && Seq32.gt(endOf(at - 1), seq)) {
      at--;
    }
    return at == size ? append(seq, length, dsn, checksum) : merge(at, seq, end, dsn, checksum);
  }

  private Outcome append(int seq, int length, long dsn, int checksum) {
    if (size == limit) {
      return Outcome.FULL;
    }
    insert(size, seq, length, dsn, checksum);
    return Outcome.ADDED;
  }

  /**
   * Takes what known mappings from position {@code at} on do not cover. A sender that appends to
   * data of which a part has left repeats the mapping with a greater length; that contradicts
   * nothing.
   */
  private Outcome merge(int at, int seq, int end, long dsn, int checksum) {
    for (int i = at; i < size && Seq32.lt(seqs[slot(i)], end); i++) {
      int s = slot(i);
      boolean same = seqs[s] == seq && lengths[s] == end - seq && checksums[s] == checksum;
      boolean fits = dsns[s] - dsn == Seq32.diff(seqs[s], seq);
      if (!fits || !same && (checksum >= 0 || checksums[s] >= 0)) {
        return Outcome.CONFLICT;
      }
    }
    Outcome outcome = Outcome.REPEATED;
    int from = seq;
    int i = at;
    while (Seq32.lt(from, end)) {
      boolean last = i == size || Seq32.ge(seqs[slot(i)], end);
      int to = last ? end : seqs[slot(i)];
      if (Seq32.gt(to, from)) {
        if (size == limit) {
          return Outcome.FULL;
        }
        insert(i, from, to - from, dsn + Seq32.diff(from, seq), checksum);
        outcome = Outcome.ADDED;
        i++;
      }
      from = last ? end : endOf(i);
      i++;
    }
    return outcome;
  }

  private int endOf(int position) {
    int i = slot(position);
    return seqs[i] + lengths[i];
  }

  /** Whether the first mapping covers {@code seq}; mappings that end before it are forgotten. */
  boolean covers(int seq) {
    while (size > 0 && Seq32.le(seqs[head] + lengths[head], seq)) {
      head = slot(1);
      size--;
    }
    return size > 0 && Seq32.le(seqs[head], seq);
  }

  /** First sequence number that the first mapping covers; there must be one. */
  int firstSeq() {
    return seqs[head];
  }

  /** Length of the first mapping; there must be one. */
  int firstLength() {
    return lengths[head];
  }

  /** Data sequence number of the first mapping's first byte; there must be one. */
  long firstDsn() {
    return dsns[head];
  }

  /** Checksum of the first mapping, -1 when it had none; there must be one. */
  int firstChecksum() {
    return checksums[head];
  }

  private void insert(int at, int seq, int length, long dsn, int checksum) {
    if (size == seqs.length) {
      grow();
    }
    for (int i = size; i > at; i--) {
      int to = slot(i);
      int from = slot(i - 1);
      seqs[to] = seqs[from];
      lengths[to] = lengths[from];
      dsns[to] = dsns[from];
      checksums[to] = checksums[from];
    }
    int i = slot(at);
    seqs[i] = seq;
    lengths[i] = length;
    dsns[i] = dsn;
    checksums[i] = checksum;
    size++;
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
