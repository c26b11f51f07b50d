package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * What a thread needs to sum long ranges of any kind of buffer: the bytes are copied block by block
 * into arrays that stay in the processor's first cache.
 *
 * <p>The copies are worth it: accessors of a buffer check every word, and the compilers make vector
 * instructions of loops over arrays only. On Java 17 a loop that adds up to one variable is not
 * among them, hence one running sum for each word of a block.
 */
final class BlockSum {
  /** The longest range that {@link #bytes} takes; running sums do not pay for so few bytes. */
  static final int MAX_BYTES = 8192;

  private static final int BLOCK_BYTES = 4096;

  /** So many bytes cannot overflow a running sum: 2^14 blocks of twice 2^16 - 1 at most. */
  private static final int RUN_BYTES = BLOCK_BYTES << 14;

  private static final FastThreadLocal<BlockSum> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected BlockSum initialValue() {
          return new BlockSum();
        }
      };

  private final byte[] bytes = new byte[MAX_BYTES];
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final IntBuffer blockWords = block.asIntBuffer();
  private final int[] words = new int[BLOCK_BYTES / 4];
  private final int[] sums = new int[BLOCK_BYTES / 4];

  private BlockSum() {}

  /** The one of this thread. */
  static BlockSum ofThread() {
    return OF_THREAD.get();
  }

  /** A range of at most {@link #MAX_BYTES} bytes, from index 0 of an array that is used again. */
  byte[] bytes(ByteBuf buf, int index, int length) {
    buf.getBytes(index, bytes, 0, length);
    return bytes;
  }

  /**
   * The sum of all 16-bit little-endian words in a range, not folded.
   *
   * @param length in bytes, a multiple of 4
   */
  long sum(ByteBuf buf, int index, int length) {
    long total = 0;
    for (int i = 0; i < length; i += RUN_BYTES) {
      total += sumRun(buf, index + i, Math.min(RUN_BYTES, length - i));
    }
    return total;
  }

  private long sumRun(ByteBuf buf, int index, int length) {
    Arrays.fill(sums, 0);
    for (int i = 0; i < length; i += BLOCK_BYTES) {
      int count = Math.min(BLOCK_BYTES, length - i);
      block.clear().limit(count);
      buf.getBytes(index + i, block);
      blockWords.get(0, words, 0, count / 4);
      add(words, sums, count / 4);
    }
    long total = 0;
    for (int sum : sums) {
      total += sum;
    }
    return total;
  }

  private static void add(int[] words, int[] sums, int count) {
    for (int i = 0; i < count; i++) {
      sums[i] += (words[i] & 0xffff) + (words[i] >>> 16);
    }
  }
}
