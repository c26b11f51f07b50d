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

  /** Mappings it holds at most. */
  static final int LIMIT = 8192;

  private MappingRing ring = MappingRing.NONE;

  int size() {
    return ring.size();
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
    int at = ring.size();
    while (at > 0 && Seq32.gt(ring.end(at - 1), seq)) {
      at--;
    }
    return at == ring.size()
        ? append(seq, length, dsn, checksum)
        : merge(at, seq, end, dsn, checksum);
  }

  private Outcome append(int seq, int length, long dsn, int checksum) {
    if (ring.size() == LIMIT) {
      return Outcome.FULL;
    }
    if (ring == MappingRing.NONE) {
      ring = new MappingRing();
    }
    ring.insert(ring.size(), seq, length, dsn, checksum);
    return Outcome.ADDED;
  }

  /**
   * Takes what known mappings from position {@code at} on do not cover. A sender that appends to
   * data of which a part has left repeats the mapping with a greater length; that contradicts
   * nothing.
   */
  private Outcome merge(int at, int seq, int end, long dsn, int checksum) {
    for (int i = at; i < ring.size() && Seq32.lt(ring.seq(i), end); i++) {
      boolean same = ring.seq(i) == seq && ring.end(i) == end && ring.checksum(i) == checksum;
      boolean fits = ring.dsn(i) - dsn == Seq32.diff(ring.seq(i), seq);
      if (!fits || !same && (checksum >= 0 || ring.checksum(i) >= 0)) {
        return Outcome.CONFLICT;
      }
    }
    Outcome outcome = Outcome.REPEATED;
    int from = seq;
    int i = at;
    while (Seq32.lt(from, end)) {
      boolean last = i == ring.size() || Seq32.ge(ring.seq(i), end);
      int to = last ? end : ring.seq(i);
      if (Seq32.gt(to, from)) {
        if (ring.size() == LIMIT) {
          return Outcome.FULL;
        }
        ring.insert(i, from, to - from, dsn + Seq32.diff(from, seq), checksum);
        outcome = Outcome.ADDED;
        i++;
      }
      from = last ? end : ring.end(i);
      i++;
    }
    return outcome;
  }

  /** Whether the first mapping covers {@code seq}; mappings that end before it are forgotten. */
  boolean covers(int seq) {
    while (ring.size() > 0 && Seq32.le(ring.end(0), seq)) {
      ring.removeFirst();
    }
    return ring.size() > 0 && Seq32.le(ring.seq(0), seq);
  }

  /** First sequence number that the first mapping covers; there must be one. */
  int firstSeq() {
    return ring.seq(0);
  }

  /** Length of the first mapping; there must be one. */
  int firstLength() {
    return ring.length(0);
  }

  /** Data sequence number of the first mapping's first byte; there must be one. */
  long firstDsn() {
    return ring.dsn(0);
  }

  /** Checksum of the first mapping, -1 when it had none; there must be one. */
  int firstChecksum() {
    return ring.checksum(0);
  }
}
