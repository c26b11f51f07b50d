package org.mptcp4j.testkit.peer;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;

/** Puts the pieces of a byte stream in order; the first byte has number 1. */
public final class Reassembly {
  private final TreeMap<Long, byte[]> waiting = new TreeMap<>();
  private final ByteArrayOutputStream inOrder = new ByteArrayOutputStream();

  /** Nothing has come. */
  public Reassembly() {}

  /** Takes a piece; bytes that are there already are ignored. */
  public void put(long first, byte[] bytes) {
    if (bytes.length > 0) {
      waiting.merge(first, bytes, (a, b) -> a.length >= b.length ? a : b);
    }
    for (Map.Entry<Long, byte[]> e = waiting.firstEntry();
        e != null && e.getKey() <= next();
        e = waiting.firstEntry()) {
      waiting.pollFirstEntry();
      int known = (int) Math.min(e.getValue().length, next() - e.getKey());
      inOrder.write(e.getValue(), known, e.getValue().length - known);
    }
  }

  /** Number of the first byte that is missing. */
  public long next() {
    return 1 + inOrder.size();
  }

  /** The bytes before the first that is missing; a new array. */
  public byte[] bytes() {
    return inOrder.toByteArray();
  }
}
