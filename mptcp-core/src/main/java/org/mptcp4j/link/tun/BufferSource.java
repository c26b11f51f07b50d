package org.mptcp4j.link.tun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers as long as there is memory for them. Where there was none it does not ask at once
 * again: a Java runtime that is out of direct memory may take half a second to say so.
 */
final class BufferSource {
  /** How long at least it does not ask. */
  static final long PAUSE_NS = 10_000_000;

  /** Asking in vain takes at most one in so many parts of the time. */
  private static final int SHARE = 20;

  private final ByteBufAllocator allocator;
  private final LongSupplier clockNs;
  private int refused = Integer.MAX_VALUE;
  private long againNs;

  /** Buffers of that allocator; {@code clockNs} as {@code System::nanoTime}. */
  BufferSource(ByteBufAllocator allocator, LongSupplier clockNs) {
    this.allocator = allocator;
    this.clockNs = clockNs;
  }

  /** An empty buffer of that capacity; null when there is no memory for it now. */
  @Nullable ByteBuf next(int capacity) {
    boolean enough = refused == Integer.MAX_VALUE;
    long beganNs = enough ? 0 : clockNs.getAsLong();
    if (capacity >= refused && beganNs - againNs < 0) {
      return null;
    }
    try {
      ByteBuf buf = allocator.directBuffer(capacity, capacity);
      if (capacity >= refused) {
        refused = Integer.MAX_VALUE;
      }
      return buf;
    } catch (OutOfMemoryError e) {
      long nowNs = clockNs.getAsLong();
      refused = Math.min(refused, capacity);
      againNs = nowNs + Math.max(PAUSE_NS, enough ? 0 : SHARE * (nowNs - beganNs));
      return null;
    }
  }
}
