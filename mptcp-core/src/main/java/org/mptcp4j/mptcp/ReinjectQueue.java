package org.mptcp4j.mptcp;

import org.mptcp4j.wire.Seq64;

/**
 * Ranges of data sequence space that a subflow carried in vain and that go out again on others,
 * before new data. RFC 8684 section 3.3.6. Each range remembers from which subflow it came.
 */
final class ReinjectQueue {
  /** As source: the data-level timer, not a subflow. */
  static final int NO_SUBFLOW = -1;

  private static final int INITIAL = 8;
  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};

  private long[] starts = NO_LONGS;
  private long[] ends = NO_LONGS;
  private int[] sources = NO_INTS;
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  long start() {
    return starts[head];
  }

  long end() {
    return ends[head];
  }

  /** Subflow that the first range came from, or {@link #NO_SUBFLOW}. */
  int source() {
    return sources[head];
  }

  /** Adds a range after the others, joined to the last when it continues it. */
  void add(long start, long end, int source) {
    if (size > 0) {
      int last = slot(size - 1);
      if (sources[last] == source && ends[last] == start) {
        ends[last] = end;
        return;
      }
    }
    if (size == starts.length) {
      grow();
    }
    int i = slot(size);
    starts[i] = start;
    ends[i] = end;
    sources[i] = source;
    size++;
  }

  /** Drops what came from a subflow. */
  void forget(int source) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int from = slot(i);
      if (sources[from] != source) {
        int to = slot(kept++);
        starts[to] = starts[from];
        ends[to] = ends[from];
        sources[to] = sources[from];
      }
    }
    size = kept;
  }

  /** The first bytes of the first range went out. */
  void taken(long bytes) {
    starts[head] += bytes;
    if (Seq64.ge(starts[head], ends[head])) {
      dropFirst();
    }
  }

  /** Drops the first range. */
  void dropFirst() {
    head = slot(1);
    size--;
  }

  /** Drops from the front what was acknowledged meanwhile. */
  void acknowledged(long una) {
    while (size > 0 && Seq64.lt(starts[head], una)) {
      starts[head] = una;
      if (Seq64.lt(una, ends[head])) {
        return;
      }
      dropFirst();
    }
  }

  private int slot(int position) {
    return (head + position) & (starts.length - 1);
  }

  private void grow() {
    int capacity = Math.max(INITIAL, 2 * starts.length);
    long[] newStarts = new long[capacity];
    long[] newEnds = new long[capacity];
    int[] newSources = new int[capacity];
    for (int i = 0; i < size; i++) {
      newStarts[i] = starts[slot(i)];
      newEnds[i] = ends[slot(i)];
      newSources[i] = sources[slot(i)];
    }
    starts = newStarts;
    ends = newEnds;
    sources = newSources;
    head = 0;
  }
}
