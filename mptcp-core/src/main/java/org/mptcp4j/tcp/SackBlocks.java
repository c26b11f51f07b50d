package org.mptcp4j.tcp;

import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The SACK option that we send: the blocks held beyond a hole, that with the most recent segment
 * first (RFC 2018 section 4), and before them the range that came twice (RFC 2883). It keeps the
 * blocks themselves, so that nothing is searched for one that is reported.
 */
final class SackBlocks {

  private static final int MAX_BLOCKS = 4;
  private static final int HEAD_BYTES = 4; // kind and length, with what aligns the blocks
  private static final int BLOCK_BYTES = 8;

  /**
   * Bytes of an option with as many blocks as fit.
   *
   * @param used bytes of the other options
   */
  static int optionBytes(int blocks, int used) {
    int room = (TcpOptionWriter.MAX - used - HEAD_BYTES) / BLOCK_BYTES;
    return HEAD_BYTES + BLOCK_BYTES * Math.min(Math.min(blocks, MAX_BLOCKS), room);
  }

  // The blocks reported, the most recent first.
  private final long[] starts = new long[MAX_BLOCKS];
  private final long[] ends = new long[MAX_BLOCKS];
  private int count;
  private int outOfOrderSegments; // unsigned, as on Linux
  private long dsackStart;
  private long dsackEnd;

  void countOutOfOrder(int segments) {
    outOfOrderSegments += segments;
  }

  /** How many there were that gave or could have given blocks. */
  long outOfOrderSegments() {
    return Integer.toUnsignedLong(outOfOrderSegments);
  }

  /**
   * Where the range begins that came twice and is not reported yet; negative when there is none.
   */
  long dsackStart() {
    return dsackEnd > 0 ? dsackStart : -1;
  }

  /**
   * A segment was stored, or was there already.
   *
   * @param start where the contiguous range begins that it lies in now
   * @param end behind that range
   */
  void onStored(long start, long end) {
    // What grew together is one block, at the place of the most recent.
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (starts[i] < start || ends[i] > end) {
        put(kept++, starts[i], ends[i]);
      }
    }
    count = Math.min(kept, MAX_BLOCKS - 1);
    System.arraycopy(starts, 0, starts, 1, count);
    System.arraycopy(ends, 0, ends, 1, count);
    put(0, start, end);
    count++;
  }

  private void put(int i, long start, long end) {
    starts[i] = start;
    ends[i] = end;
  }

  /** Everything beyond holes was dropped: RFC 2018 section 8. */
  void forget() {
    count = 0;
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
   * How many blocks there are, that of a duplicate among them.
   *
   * @param nxt what is before that is in order
   */
  int blocks(long nxt) {
    dropReached(nxt);
    return (dsackEnd > 0 ? 1 : 0) + count;
  }

  /**
   * Adds as many blocks as are known and fit.
   *
   * @param irs the peer's initial sequence number
   * @param nxt what is before that is in order
   */
  void write(TcpOptionWriter options, int irs, long nxt) {
    dropReached(nxt);
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
      options.sackBlock(irs + (int) starts[i], irs + (int) ends[i]);
    }
  }

  private void dropReached(long nxt) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (ends[i] > nxt) {
        put(kept++, starts[i], ends[i]);
      }
    }
    count = kept;
  }
}
