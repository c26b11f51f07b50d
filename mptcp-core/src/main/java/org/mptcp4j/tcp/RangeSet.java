package org.mptcp4j.tcp;

import java.util.Arrays;
import org.mptcp4j.wire.Seq64;

/**
 * A set of bytes of a 64-bit offset space, as sorted disjoint half-open ranges. Adjacent ranges are
 * merged. Growth doubles primitive arrays; nothing else is allocated.
 */
final class RangeSet {

  private static final long[] NONE = {};

  private long[] starts = NONE;
  private long[] ends = NONE;
  private int size;
  private long bytes;
  private long steps;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long start(int i) {
    return starts[i];
  }

  long end(int i) {
    return ends[i];
  }

  /** Sum of the lengths of all ranges. */
  long bytes() {
    return bytes;
  }

  /** Ranges looked at since the beginning, searches by halving left out. */
  long steps() {
    return steps;
  }

  void clear() {
    size = 0;
    bytes = 0;
  }

  /** Index of the first range that ends after the offset; {@link #size()} when there is none. */
  int firstEndingAfter(long offset) {
    int lo = 0;
    int hi = size;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (Seq64.gt(ends[mid], offset)) {
        hi = mid;
      } else {
        lo = mid + 1;
      }
    }
    return lo;
  }

  boolean contains(long offset) {
    int i = firstEndingAfter(offset);
    return i < size && Seq64.le(starts[i], offset);
  }

  /** Bytes of the set at or above an offset. */
  long bytesFrom(long offset) {
    long sum = 0;
    for (int i = size - 1; i >= 0 && Seq64.gt(ends[i], offset); i--) {
      sum += ends[i] - Seq64.max(starts[i], offset);
      steps++;
    }
    return sum;
  }

  /** Bytes of the set inside a range. */
  long bytesWithin(long start, long end) {
    long sum = 0;
    for (int i = firstEndingAfter(start); i < size && Seq64.lt(starts[i], end); i++) {
      sum += Seq64.min(ends[i], end) - Seq64.max(starts[i], start);
      steps++;
    }
    return sum;
  }

  /** Adds a range and returns how many of its bytes were not in the set before. */
  long add(long start, long end) {
    if (!Seq64.lt(start, end)) {
      return 0;
    }
    if (size > 0 && ends[size - 1] == start) {
      ends[size - 1] = end;
      bytes += end - start;
      return end - start;
    }
    int from = firstEndingAtOrAfter(start);
    int to = from;
    long mergedStart = start;
    long mergedEnd = end;
    long already = 0;
    while (to < size && Seq64.le(starts[to], end)) {
      mergedStart = Seq64.min(mergedStart, starts[to]);
      mergedEnd = Seq64.max(mergedEnd, ends[to]);
      already += ends[to] - starts[to];
      to++;
      steps++;
    }
    replace(from, to, 1);
    starts[from] = mergedStart;
    ends[from] = mergedEnd;
    long added = (mergedEnd - mergedStart) - already;
    bytes += added;
    return added;
  }

  private int firstEndingAtOrAfter(long offset) {
    int i = firstEndingAfter(offset);
    return i > 0 && ends[i - 1] == offset ? i - 1 : i;
  }

  /** Takes a range out of the set. */
  void remove(long start, long end) {
    int from = firstEndingAfter(start);
    if (from == size || !Seq64.lt(start, end) || Seq64.ge(starts[from], end)) {
      return;
    }
    int to = from;
    long cut = 0;
    long headStart = starts[from];
    long tailEnd = end;
    while (to < size && Seq64.lt(starts[to], end)) {
      cut += Seq64.min(ends[to], end) - Seq64.max(starts[to], start);
      tailEnd = ends[to];
      to++;
      steps++;
    }
    boolean head = Seq64.lt(headStart, start);
    boolean tail = Seq64.gt(tailEnd, end);
    replace(from, to, (head ? 1 : 0) + (tail ? 1 : 0));
    int at = from;
    if (head) {
      starts[at] = headStart;
      ends[at++] = start;
    }
    if (tail) {
      starts[at] = end;
      ends[at] = tailEnd;
    }
    bytes -= cut;
  }

  /** Takes everything below an offset out of the set. */
  void removeBelow(long offset) {
    if (size > 0 && Seq64.lt(starts[0], offset)) {
      remove(starts[0], offset);
    }
  }

  /** Makes the slots [from, to) into {@code count} slots. */
  private void replace(int from, int to, int count) {
    int newSize = size - (to - from) + count;
    if (newSize > starts.length) {
      int capacity = Math.max(8, newSize * 2);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
    if (newSize != size) {
      System.arraycopy(starts, to, starts, from + count, size - to);
      System.arraycopy(ends, to, ends, from + count, size - to);
      size = newSize;
    }
  }
}
