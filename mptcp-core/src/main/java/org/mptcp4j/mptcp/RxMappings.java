package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;

/**
 * Mappings of one subflow for what it receives: RFC 8684 section 3.3.1. They may come before, with
 * or after their data, several times, and for data beyond a gap. Sorted by subflow sequence number,
 * bounded.
 *
 * <p>Without checksums neighbours that continue each other are one entry. With checksums a mapping
 * is a unit, since its checksum covers all of it; a sender that appends to data of which a part has
 * left repeats the mapping longer, with another checksum, so that several may begin at the same
 * byte, the shortest first.
 */
final class RxMappings extends MappingRing {
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

  /** Entries beyond a gap that it holds at most. */
  static final int LIMIT = 8192;

  /** Stands for a checksum where none are used. */
  static final int NO_CHECKSUM = -1;

  /** Stands for that of a rest of a mapping, which cannot be verified: it is never right. */
  static final int MISSING_CHECKSUM = -2;

  /** Mappings that begin at the same byte: one that is whole early, and one that covers most. */
  private static final int SAME_START = 2;

  /** Whether mappings beyond a gap are refused. */
  boolean full() {
    return size() >= LIMIT;
  }

  /**
   * Takes a mapping.
   *
   * @param readSeq sequence number of the first byte not yet taken from the subflow; what covers it
   *     is taken even when there are too many others
   * @param seq first subflow sequence number it covers
   * @param length bytes it covers, more than 0
   * @param dsn data sequence number of the first byte
   * @param checksum as received, or {@link #NO_CHECKSUM}
   */
  Outcome add(int readSeq, int seq, int length, long dsn, int checksum) {
    int end = seq + length;
    if (Seq32.le(end, readSeq)) {
      return Outcome.REPEATED;
    }
    forgetBefore(readSeq);
    if (full() && Seq32.gt(seq, readSeq)) {
      return Outcome.FULL;
    }
    int needed = Seq32.max(seq, readSeq);
    int at = firstEndingAfter(seq);
    int to = at;
    while (to < size() && Seq32.lt(seq(to), end)) {
      if (dsn(to) - dsn != Seq32.diff(seq(to), seq)) {
        return Outcome.CONFLICT;
      }
      if (Seq32.le(seq(to), needed) && Seq32.ge(end(to), end)) {
        return Outcome.REPEATED;
      }
      to++;
    }
    return checksum == NO_CHECKSUM
        ? join(at, to, readSeq, seq, end, dsn)
        : insertUnit(at, to, readSeq, seq, length, dsn, checksum);
  }

  private int firstEndingAfter(int seq) {
    int low = 0;
    int high = size();
    if (high > 0 && Seq32.le(end(high - 1), seq)) {
      return high;
    }
    while (low < high) {
      int mid = (low + high) >>> 1;
      if (Seq32.gt(end(mid), seq)) {
        high = mid;
      } else {
        low = mid + 1;
      }
    }
    return low;
  }

  /** Puts a mapping in the place of those that it overlaps or continues. */
  private Outcome join(int at, int to, int readSeq, int seq, int end, long dsn) {
    int from = at;
    int until = to;
    int first = seq;
    int last = end;
    long firstDsn = dsn;
    if (from > 0 && continues(from - 1, seq, dsn)) {
      from--;
    }
    if (until < size() && seq(until) == end && isJoinable(until, end - seq + dsn)) {
      until++;
    }
    for (int i = from; i < until; i++) {
      if (checksum(i) != NO_CHECKSUM) {
        return Outcome.CONFLICT;
      }
      if (Seq32.lt(seq(i), first)) {
        first = seq(i);
        firstDsn = dsn(i);
      }
      last = Seq32.max(last, end(i));
    }
    // What was taken needs no mapping: an entry is never longer than what may come.
    int taken = Math.max(0, Seq32.diff(readSeq, first));
    first += taken;
    replace(from, until, first, last - first, firstDsn + taken, NO_CHECKSUM);
    return Outcome.ADDED;
  }

  private boolean continues(int position, int seq, long dsn) {
    return end(position) == seq && isJoinable(position, dsn - length(position));
  }

  private boolean isJoinable(int position, long dsn) {
    return dsn(position) == dsn && checksum(position) == NO_CHECKSUM;
  }

  /** Puts a mapping that has a checksum among those that it overlaps. */
  private Outcome insertUnit(
      int at, int to, int readSeq, int seq, int length, long dsn, int checksum) {
    int shorter = at;
    while (shorter < to && seq(shorter) == seq) {
      shorter++;
    }
    for (int i = shorter; i < to; i++) {
      // What begins within it must end within it, and must not have begun to be verified: the rest
      // could not be.
      boolean begun = Seq32.lt(seq(i), readSeq);
      if (begun || Seq32.lt(seq(i), seq) || Seq32.gt(end(i), seq + length)) {
        return insertRest(to, seq, length, dsn);
      }
    }
    int from = Math.min(shorter, at + SAME_START - 1);
    replace(from, to, seq, length, dsn, checksum);
    return Outcome.ADDED;
  }

  /**
   * Of a mapping that begins within another, which is verified without it, the rest cannot be
   * verified: that is as good as a wrong checksum.
   */
  private Outcome insertRest(int to, int seq, int length, long dsn) {
    int known = Seq32.diff(end(to - 1), seq);
    if (Seq32.gt(seq(to - 1), seq) || known >= length) {
      return Outcome.CONFLICT;
    }
    replace(to, to, seq + known, length - known, dsn + known, MISSING_CHECKSUM);
    return Outcome.ADDED;
  }

  /**
   * Whether the bytes are the data, as far as the mappings say: nothing is mapped a second time,
   * and nothing is left out. Bytes without a mapping may be data whose mapping was lost, or may
   * have been added on the way.
   *
   * @param seq a subflow sequence number
   * @param dsn the data sequence number of that byte
   */
  boolean inOrder(int seq, long dsn) {
    int nextSeq = seq;
    long nextDsn = dsn;
    for (int i = 0; i < size(); i++) {
      int bytes = Seq32.diff(seq(i), nextSeq);
      long data = Seq64.diff(dsn(i), nextDsn);
      if (data != bytes && (data < 0 || data > bytes)) {
        return false;
      }
      nextSeq = end(i);
      nextDsn = dsn(i) + length(i);
    }
    return true;
  }

  /** Whether the last mapping covers {@code seq}, or one before it does. */
  boolean reaches(int seq) {
    return size() > 0 && Seq32.lt(seq, end(size() - 1));
  }

  /** First sequence number that the last mapping covers; there must be one. */
  int lastSeq() {
    return seq(size() - 1);
  }

  /** Data sequence number of the last mapping's first byte; there must be one. */
  long lastDsn() {
    return dsn(size() - 1);
  }

  /** Whether the first mapping covers {@code seq}; mappings that end before it are forgotten. */
  boolean covers(int seq) {
    forgetBefore(seq);
    return size() > 0 && Seq32.le(seq(0), seq);
  }

  private void forgetBefore(int seq) {
    while (size() > 0 && Seq32.le(end(0), seq)) {
      removeFirst();
    }
  }

  /** Forgets mappings that begin at a sequence number or behind it. */
  void forgetFrom(int seq) {
    int from = size();
    while (from > 0 && Seq32.ge(seq(from - 1), seq)) {
      from--;
    }
    truncate(from);
  }

  /** First sequence number that the first mapping covers; there must be one. */
  int firstSeq() {
    return seq(0);
  }

  /** Length of the first mapping; there must be one. */
  int firstLength() {
    return length(0);
  }

  /** Data sequence number of the first mapping's first byte; there must be one. */
  long firstDsn() {
    return dsn(0);
  }

  /** Checksum of the first mapping, -1 when it had none; there must be one. */
  int firstChecksum() {
    return checksum(0);
  }
}
