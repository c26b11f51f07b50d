package org.mptcp4j.tcp;

/**
 * What routers said of packets that were too big, which waits for the fate of these packets: RFC
 * 5927 section 7.2. Who can forge one can forge many; so there is room for a few, and those about
 * the first packets stay, whose fate is known first.
 */
final class TooBigReports {
  /** Beyond so many the newest takes the place of the last one. */
  static final int MOST = 8;

  private final long[] offsets = new long[MOST]; // ascending
  private final int[] sizes = new int[MOST];
  private int count;

  /** Whether there is none. */
  boolean isEmpty() {
    return count == 0;
  }

  /**
   * A router said something.
   *
   * @param offset the first byte of the packet
   * @param passes the largest packet that passes there
   */
  void add(long offset, int passes) {
    int at = 0;
    while (at < count && offsets[at] < offset) {
      at++;
    }
    if (at == count || offsets[at] != offset) {
      at = Math.min(at, MOST - 1);
      int moved = Math.min(count, MOST - 1) - at;
      System.arraycopy(offsets, at, offsets, at + 1, moved);
      System.arraycopy(sizes, at, sizes, at + 1, moved);
      count = Math.min(count + 1, MOST);
    }
    offsets[at] = offset;
    sizes[at] = passes;
  }

  /**
   * Forgets what is about packets that have arrived.
   *
   * @param una everything before it has
   * @param board what else has
   */
  void forgetArrived(long una, Scoreboard board) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (offsets[i] >= una && !board.isSacked(offsets[i])) {
        offsets[kept] = offsets[i];
        sizes[kept] = sizes[i];
        kept++;
      }
    }
    count = kept;
  }

  /** What passes by the report about the first packet that is lost; 0 when none is. */
  int lost(Scoreboard board) {
    for (int i = 0; i < count; i++) {
      if (board.isLost(offsets[i])) {
        return sizes[i];
      }
    }
    return 0;
  }

  /** What passes by the report about the first packet; 0 for none. */
  int first() {
    return count == 0 ? 0 : sizes[0];
  }

  /** One is believed, or all are about packets that are larger than any now. */
  void clear() {
    count = 0;
  }
}
