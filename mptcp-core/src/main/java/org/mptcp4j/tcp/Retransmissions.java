package org.mptcp4j.tcp;

import java.util.Arrays;

/**
 * What was sent again and is neither acknowledged nor deemed lost, in two orders: as pieces by
 * offset, and as retransmissions by the time they were sent. What an acknowledgement costs is
 * proportional to what it newly delivers; what a search for losses costs, to what it finds.
 */
final class Retransmissions {

  /** Retransmissions watched; the loss of others is found by the timer. */
  static final int MAX_WATCHED = 2048;

  private static final int UNWATCHED = -1;
  private static final long[] NONE = {};
  private static final int[] NO_SERIALS = {};

  // Pieces by offset, disjoint.
  private long[] starts = NONE;
  private long[] ends = NONE;
  private int[] serials = NO_SERIALS;
  private int size;
  private long bytes;

  // Retransmissions in the order in which they were sent, at their serial number modulo capacity.
  private long[] firstOffset = NONE;
  private long[] endOffset = NONE;
  private long[] sentNs = NONE;
  private long[] outstanding = NONE;
  private int oldest;
  private int next;
  private long steps;

  int size() {
    return size;
  }

  long start(int i) {
    return starts[i];
  }

  long end(int i) {
    return ends[i];
  }

  boolean contains(long offset) {
    int i = firstEndingAfter(offset);
    return i < size && starts[i] <= offset;
  }

  /** Bytes of all pieces. */
  long bytes() {
    return bytes;
  }

  /** Pieces and retransmissions looked at since the beginning, searches by halving left out. */
  long steps() {
    return steps;
  }

  /** Index of the first piece that ends after the offset; {@link #size()} when there is none. */
  int firstEndingAfter(long offset) {
    int lo = 0;
    int hi = size;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (ends[mid] > offset) {
        hi = mid;
      } else {
        lo = mid + 1;
      }
    }
    return lo;
  }

  /** A range is sent again; what of it is outstanding already keeps its earlier time. */
  void add(long nowNs, long start, long end) {
    int serial = next - oldest < MAX_WATCHED ? next : UNWATCHED;
    long added = 0;
    long at = start;
    while (at < end) {
      int i = firstEndingAfter(at);
      long gapEnd = i < size ? Math.min(end, starts[i]) : end;
      if (gapEnd > at) {
        replace(i, i, 1);
        put(i, at, gapEnd, serial);
        added += gapEnd - at;
        at = gapEnd;
      } else {
        at = ends[i];
      }
      steps++;
    }
    bytes += added;
    if (added > 0 && serial != UNWATCHED) {
      watch(nowNs, start, end, added);
    }
  }

  private void watch(long nowNs, long start, long end, long added) {
    if (next - oldest == sentNs.length) {
      grow();
    }
    int slot = slot(next++);
    firstOffset[slot] = start;
    endOffset[slot] = end;
    sentNs[slot] = nowNs;
    outstanding[slot] = added;
  }

  /** A range was acknowledged: what of it was outstanding is told with the time it was sent. */
  void delivered(long start, long end, Rack rack) {
    int from = firstEndingAfter(start);
    for (int i = from; i < size && starts[i] < end; i++) {
      if (serials[i] != UNWATCHED) {
        rack.deliveredAgain(Math.min(ends[i], end), sentNs[slot(serials[i])]);
      }
    }
    remove(from, start, end);
  }

  /** A range is not outstanding any more, though not acknowledged. */
  void forget(long start, long end) {
    remove(firstEndingAfter(start), start, end);
  }

  private void remove(int from, long start, long end) {
    int to = from;
    for (; to < size && starts[to] < end; to++) {
      steps++;
      settle(serials[to], Math.min(ends[to], end) - Math.max(starts[to], start));
    }
    if (to == from) {
      return;
    }
    long headStart = starts[from];
    int headSerial = serials[from];
    long tailEnd = ends[to - 1];
    int tailSerial = serials[to - 1];
    boolean head = headStart < start;
    boolean tail = tailEnd > end;
    replace(from, to, (head ? 1 : 0) + (tail ? 1 : 0));
    if (head) {
      put(from, headStart, start, headSerial);
    }
    if (tail) {
      put(head ? from + 1 : from, end, tailEnd, tailSerial);
    }
    dropSettled();
  }

  private void settle(int serial, long count) {
    bytes -= count;
    if (serial != UNWATCHED) {
      outstanding[slot(serial)] -= count;
    }
  }

  private void dropSettled() {
    while (oldest != next && outstanding[slot(oldest)] == 0) {
      steps++;
      oldest++;
    }
  }

  /**
   * Gives up what was sent by one time, and before something that was sent at another time and ends
   * at an offset; of two sent at the same time, the one with the higher end counts as the later.
   *
   * @return the lowest offset given up, or {@link Long#MAX_VALUE}
   */
  long takeLost(long overdueNs, long xmitNs, long endSeq) {
    long lowest = Long.MAX_VALUE;
    for (int serial = oldest; serial != next; serial++) {
      int slot = slot(serial);
      if (sentNs[slot] > overdueNs || !isBefore(sentNs[slot], firstOffset[slot], xmitNs, endSeq)) {
        break;
      }
      steps++;
      if (outstanding[slot] > 0) {
        long end = sentNs[slot] < xmitNs ? endOffset[slot] : Math.min(endOffset[slot], endSeq);
        lowest = Math.min(lowest, take(serial, firstOffset[slot], end));
      }
    }
    dropSettled();
    return lowest;
  }

  private static boolean isBefore(long timeNs, long offset, long xmitNs, long endSeq) {
    return timeNs < xmitNs || (timeNs == xmitNs && offset < endSeq);
  }

  /** Takes out the pieces of one retransmission in a range. Returns the first offset. */
  private long take(int serial, long start, long end) {
    int from = firstEndingAfter(start);
    int kept = from;
    int to = from;
    long lowest = Long.MAX_VALUE;
    for (; to < size && starts[to] < end; to++) {
      steps++;
      if (serials[to] == serial) {
        lowest = Math.min(lowest, starts[to]);
        settle(serial, ends[to] - starts[to]);
      } else {
        put(kept++, starts[to], ends[to], serials[to]);
      }
    }
    replace(from, to, kept - from);
    return lowest;
  }

  /**
   * When the oldest of the retransmissions was sent that were sent before something else, see
   * {@link #takeLost}; {@link SendTimes#NEVER} when there is none.
   */
  long oldestSentBefore(long xmitNs, long endSeq) {
    if (oldest == next) {
      return SendTimes.NEVER;
    }
    int slot = slot(oldest);
    return isBefore(sentNs[slot], lowestOf(oldest), xmitNs, endSeq)
        ? sentNs[slot]
        : SendTimes.NEVER;
  }

  /** First offset of a retransmission that is outstanding. */
  private long lowestOf(int serial) {
    int i = firstEndingAfter(firstOffset[slot(serial)]);
    while (serials[i] != serial) {
      i++;
    }
    return starts[i];
  }

  private int slot(int serial) {
    return serial & (sentNs.length - 1);
  }

  private void put(int i, long start, long end, int serial) {
    starts[i] = start;
    ends[i] = end;
    serials[i] = serial;
  }

  /** Makes the pieces [from, to) into {@code count} pieces. */
  private void replace(int from, int to, int count) {
    int newSize = size - (to - from) + count;
    if (newSize > starts.length) {
      int capacity = Math.max(8, newSize * 2);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      serials = Arrays.copyOf(serials, capacity);
    }
    if (newSize != size) {
      System.arraycopy(starts, to, starts, from + count, size - to);
      System.arraycopy(ends, to, ends, from + count, size - to);
      System.arraycopy(serials, to, serials, from + count, size - to);
      size = newSize;
    }
  }

  private void grow() {
    int capacity = Math.max(8, 2 * sentNs.length);
    firstOffset = regrown(firstOffset, capacity);
    endOffset = regrown(endOffset, capacity);
    outstanding = regrown(outstanding, capacity);
    sentNs = regrown(sentNs, capacity);
  }

  private long[] regrown(long[] old, int capacity) {
    long[] grown = new long[capacity];
    for (int serial = oldest; serial != next; serial++) {
      grown[serial & (capacity - 1)] = old[serial & (old.length - 1)];
    }
    return grown;
  }
}
