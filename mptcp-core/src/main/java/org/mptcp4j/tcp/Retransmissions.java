package org.mptcp4j.tcp;

import java.util.Arrays;

/**
 * What was sent again and is neither acknowledged nor given up, in two orders: as pieces by offset,
 * and as retransmissions by the time they were sent. A retransmission is overtaken when enough was
 * delivered that was sent after it; since what overtakes one has overtaken all before it, only the
 * oldest is watched, with the bytes delivered after it kept up to date. What an acknowledgement
 * costs is proportional to what it newly delivers.
 */
final class Retransmissions {

  /** Retransmissions watched; the loss of others is found by the timer. */
  static final int MAX_WATCHED = 1024;

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
  private long[] stamp = NONE; // the highest offset sent before it
  private long[] outstanding = NONE;
  private long[] delivered = NONE;
  private int oldest;
  private int next;

  // Delivered of what was sent after the oldest: again, and for the first time.
  private long deliveredAgain;
  private long deliveredNew;
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

  void clear() {
    size = 0;
    bytes = 0;
    oldest = next;
  }

  /**
   * A range is sent again; what of it is outstanding already keeps its earlier time.
   *
   * @param nxt everything below it was sent once
   */
  void add(long start, long end, long nxt) {
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
      watch(start, end, nxt, added);
    }
  }

  private void watch(long start, long end, long nxt, long added) {
    if (next - oldest == stamp.length) {
      grow();
    }
    if (oldest == next) {
      deliveredAgain = 0;
      deliveredNew = 0;
    }
    int slot = slot(next++);
    firstOffset[slot] = start;
    endOffset[slot] = end;
    stamp[slot] = nxt;
    outstanding[slot] = added;
    delivered[slot] = 0;
  }

  /**
   * From this offset on, what is delivered was sent after the oldest retransmission; {@link
   * Long#MAX_VALUE} when there is none.
   */
  long oldestStamp() {
    return oldest == next ? Long.MAX_VALUE : stamp[slot(oldest)];
  }

  /** So many bytes from {@link #oldestStamp} on were selectively acknowledged just now. */
  void deliveredNew(long count) {
    deliveredNew += count;
  }

  /**
   * A range was acknowledged.
   *
   * @param sacked what is selectively acknowledged, this range perhaps included
   */
  void delivered(long start, long end, RangeSet sacked) {
    int from = firstEndingAfter(start);
    int to = from;
    for (; to < size && starts[to] < end; to++) {
      deliver(serials[to], Math.min(ends[to], end) - Math.max(starts[to], start));
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
    while (oldest != next && outstanding[slot(oldest)] == 0) {
      forgetOldest(sacked);
    }
  }

  private void deliver(int serial, long count) {
    steps++;
    bytes -= count;
    if (serial != UNWATCHED) {
      outstanding[slot(serial)] -= count;
      delivered[slot(serial)] += count;
      deliveredAgain += serial == oldest ? 0 : count;
    }
  }

  /** Everything below an offset was acknowledged. */
  void deliveredBelow(long una, RangeSet sacked) {
    if (size > 0 && starts[0] < una) {
      delivered(starts[0], una, sacked);
    }
  }

  /**
   * Gives up the oldest retransmission if it was overtaken.
   *
   * @param enough bytes delivered after it that say so
   * @param sacked what is selectively acknowledged
   * @return its first offset, or -1
   */
  long takeOvertaken(long enough, RangeSet sacked) {
    if (oldest == next || deliveredAgain < enough && deliveredNew < enough) {
      return -1;
    }
    int slot = slot(oldest);
    int to = firstEndingAfter(firstOffset[slot]);
    int from = to;
    int kept = to;
    for (; to < size && starts[to] < endOffset[slot]; to++) {
      steps++;
      if (serials[to] == oldest) {
        bytes -= ends[to] - starts[to];
      } else {
        put(kept++, starts[to], ends[to], serials[to]);
      }
    }
    replace(from, to, kept - from);
    long start = firstOffset[slot];
    do {
      forgetOldest(sacked);
    } while (oldest != next && outstanding[slot(oldest)] == 0);
    return start;
  }

  private void forgetOldest(RangeSet sacked) {
    steps++;
    long before = stamp[slot(oldest)];
    oldest++;
    if (oldest != next) {
      long now = stamp[slot(oldest)];
      deliveredAgain -= delivered[slot(oldest)];
      deliveredNew -= now == before ? 0 : sacked.bytesWithin(before, now);
    }
  }

  private int slot(int serial) {
    return serial & (stamp.length - 1);
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
    int capacity = Math.max(8, 2 * stamp.length);
    firstOffset = regrown(firstOffset, capacity);
    endOffset = regrown(endOffset, capacity);
    outstanding = regrown(outstanding, capacity);
    delivered = regrown(delivered, capacity);
    stamp = regrown(stamp, capacity);
  }

  private long[] regrown(long[] old, int capacity) {
    long[] grown = new long[capacity];
    for (int serial = oldest; serial != next; serial++) {
      grown[serial & (capacity - 1)] = old[serial & (old.length - 1)];
    }
    return grown;
  }
}
