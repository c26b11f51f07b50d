package org.mptcp4j.fuzz;

import java.util.Map;
import java.util.TreeMap;

/** A set of numbers, kept as disjoint ranges. */
final class Spans {
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /** Adds the numbers from one to before another. */
  void add(long from, long to) {
    if (to <= from) {
      return;
    }
    long first = from;
    long last = to;
    Map.Entry<Long, Long> before = ends.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      first = before.getKey();
      last = Math.max(last, before.getValue());
    }
    Map.Entry<Long, Long> next = ends.ceilingEntry(first);
    while (next != null && next.getKey() <= last) {
      last = Math.max(last, next.getValue());
      ends.remove(next.getKey());
      next = ends.ceilingEntry(first);
    }
    ends.put(first, last);
  }

  /** The first number from there on that is not in it. */
  long firstMissing(long from) {
    Map.Entry<Long, Long> at = ends.floorEntry(from);
    return at == null || at.getValue() <= from ? from : at.getValue();
  }

  boolean containsAll(long from, long to) {
    return to <= from || firstMissing(from) >= to;
  }

  boolean containsAny(long from, long to) {
    Map.Entry<Long, Long> at = ends.lowerEntry(to);
    return to > from && at != null && at.getValue() > from;
  }
}
