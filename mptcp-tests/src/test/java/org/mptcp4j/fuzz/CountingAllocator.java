package org.mptcp4j.fuzz;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/**
 * Counts the bytes of all buffers that were not released, whatever small slice of one is still
 * held. On the heap, so that a run that fails leaves nothing behind.
 */
final class CountingAllocator extends AbstractByteBufAllocator {
  private long outstanding;

  CountingAllocator() {
    super(false);
  }

  /** Bytes of buffers that somebody holds. */
  long outstandingBytes() {
    return outstanding;
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return new Counted(this, initialCapacity, maxCapacity);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return new Counted(this, initialCapacity, maxCapacity);
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }

  private static final class Counted extends UnpooledHeapByteBuf {
    Counted(CountingAllocator alloc, int initialCapacity, int maxCapacity) {
      super(alloc, initialCapacity, maxCapacity);
    }

    private CountingAllocator owner() {
      return (CountingAllocator) alloc();
    }

    @Override
    protected byte[] allocateArray(int initialCapacity) {
      owner().outstanding += initialCapacity;
      return super.allocateArray(initialCapacity);
    }

    @Override
    protected void freeArray(byte[] array) {
      owner().outstanding -= array.length;
      super.freeArray(array);
    }
  }
}
