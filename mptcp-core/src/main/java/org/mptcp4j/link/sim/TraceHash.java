package org.mptcp4j.link.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A 64-bit hash over everything that happened in the network, to compare two runs. Not
 * cryptographic.
 */
final class TraceHash {
  private static final long P1 = 0x9E3779B97F4A7C15L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;

  private long state = P1;

  void add(long value) {
    state = Long.rotateLeft(state ^ (value * P2), 27) * P1;
  }

  /** Adds bytes, in four independent lanes so that the processor overlaps the multiplications. */
  void add(ByteBuffer bytes) {
    ByteBuffer b = bytes.order(ByteOrder.LITTLE_ENDIAN);
    int i = b.position();
    int end = b.limit();
    long l0 = P1;
    long l1 = P2;
    long l2 = ~P1;
    long l3 = ~P2;
    for (; i + 32 <= end; i += 32) {
      l0 = (Long.rotateLeft(l0, 31) ^ b.getLong(i)) * P1;
      l1 = (Long.rotateLeft(l1, 31) ^ b.getLong(i + 8)) * P1;
      l2 = (Long.rotateLeft(l2, 31) ^ b.getLong(i + 16)) * P1;
      l3 = (Long.rotateLeft(l3, 31) ^ b.getLong(i + 24)) * P1;
    }
    for (; i < end; i++) {
      l0 = (Long.rotateLeft(l0, 31) ^ b.get(i)) * P1;
    }
    add(l0);
    add(l1);
    add(l2);
    add(l3);
  }

  long value() {
    long h = state;
    h = (h ^ (h >>> 33)) * P2;
    return h ^ (h >>> 29);
  }
}
