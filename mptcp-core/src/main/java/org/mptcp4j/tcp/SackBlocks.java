package org.mptcp4j.tcp;

import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The SACK option that we send: the blocks held beyond a hole, that with the most recent segment
 * first (RFC 2018 section 4), and before them the range that came twice (RFC 2883).
 */
final class SackBlocks {

  private static final int MAX_BLOCKS = 4;

  // An offset inside each of the blocks reported, the most recent first.
  private final long[] recent = new long[MAX_BLOCKS];
  private int count;
  private long dsackStart;
  private long dsackEnd;

  /**
   * Where the range begins that came twice and is not reported yet; negative when there is none.
   */
  long dsackStart() {
    return dsackEnd > 0 ? dsackStart : -1;
  }

  /** A segment was stored at an offset. */
  void onStored(long offset, OutOfOrderQueue ooo) {
    int range = ooo.rangeOf(offset);
    if (range < 0) {
      return;
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int other = ooo.rangeOf(recent[i]);
      if (other >= 0 && other != range) {
        recent[kept++] = recent[i];
      }
    }
    count = Math.min(kept, MAX_BLOCKS - 1);
    System.arraycopy(recent, 0, recent, 1, count);
    recent[0] = offset;
    count++;
  }

  /**
   * A range came that we have. It is reported once; of several that do not touch each other, the
   * last.
   */
  void onDuplicate(long start, long end) {
    // RFC 2883 section 4: one block for each duplicate; here what came in one burst is one.
    if (dsackEnd > 0 && start <= dsackEnd && end >= dsackStart) {
      dsackStart = Math.min(dsackStart, start);
      dsackEnd = Math.max(dsackEnd, end);
    } else {
      dsackStart = start;
      dsackEnd = end;
    }
  }

  /**
   * Adds as many blocks as are known and fit.
   *
   * @param irs the peer's initial sequence number
   */
  void write(TcpOptionWriter options, int irs, OutOfOrderQueue ooo) {
    dropMerged(ooo);
    int dsacks = dsackEnd > 0 ? 1 : 0;
    int blocks = Math.min(dsacks + count, options.sackRoom());
    if (blocks == 0 || !options.sack(blocks)) {
      return;
    }
    if (dsacks > 0) {
      options.sackBlock(irs + (int) dsackStart, irs + (int) dsackEnd);
      dsackEnd = 0;
    }
    for (int i = 0; i < blocks - dsacks; i++) {
      int range = ooo.rangeOf(recent[i]);
      options.sackBlock(irs + (int) ooo.rangeStart(range), irs + (int) ooo.rangeEnd(range));
    }
  }

  /** What grew together is one block, at the place of the most recent. */
  private void dropMerged(OutOfOrderQueue ooo) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int range = ooo.rangeOf(recent[i]);
      boolean seen = range < 0;
      for (int j = 0; j < kept && !seen; j++) {
        seen = ooo.rangeOf(recent[j]) == range;
      }
      if (!seen) {
        recent[kept++] = recent[i];
      }
    }
    count = kept;
  }
}
