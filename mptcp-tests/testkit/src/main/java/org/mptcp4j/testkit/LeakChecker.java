package org.mptcp4j.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Accounts for every buffer exactly: whatever comes from its allocator must be back when the test
 * is over. Unlike Netty's leak detector it need not wait for the garbage collector; run with {@code
 * -Dio.netty.leakDetection.level=paranoid} to learn where a buffer was last used.
 */
public final class LeakChecker {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

  /**
   * The allocator to give to stacks, networks and applications. Touching a buffer after its release
   * throws.
   */
  public ByteBufAllocator allocator() {
    return allocator;
  }

  /** Bytes of buffers that were not released. */
  public long outstandingBytes() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  /**
   * To be called when everything should have been released.
   *
   * @param where what was running, for the message
   * @throws AssertionError when something was not
   */
  public void assertNothingLeft(String where) {
    long left = outstandingBytes();
    if (left != 0) {
      throw new AssertionError(where + ": buffers of " + left + " bytes were never released");
    }
  }
}
