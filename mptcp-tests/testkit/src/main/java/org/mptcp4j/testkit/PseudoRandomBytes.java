package org.mptcp4j.testkit;

import io.netty.buffer.ByteBuf;

/**
 * An endless stream of bytes that depends on its seed and can be produced from any offset, so that
 * sender and receiver make it independently. Immutable.
 */
public final class PseudoRandomBytes {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final long seed;

  /** The stream of that seed. */
  public PseudoRandomBytes(long seed) {
    this.seed = seed;
  }

  private long word(long index) {
    long z = seed + index * STEP;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The byte at that offset. */
  public byte at(long offset) {
    return (byte) (word(offset >>> 3) >>> ((offset & 7) * 8));
  }

  /** Appends {@code length} bytes of the stream, from that offset on. */
  public void write(ByteBuf into, long offset, int length) {
    long at = offset;
    long end = offset + length;
    while (at < end && (at & 7) != 0) {
      into.writeByte(at(at++));
    }
    for (; at + 8 <= end; at += 8) {
      into.writeLongLE(word(at >>> 3));
    }
    while (at < end) {
      into.writeByte(at(at++));
    }
  }

  /**
   * Compares the readable bytes of a buffer with the stream.
   *
   * @param buf not changed
   * @param offset of its first byte in the stream
   * @return index, from the reader index, of the first byte that differs; -1 when none does
   */
  public int mismatch(ByteBuf buf, long offset) {
    int i = 0;
    int start = buf.readerIndex();
    int length = buf.readableBytes();
    while (i < length) {
      long at = offset + i;
      if ((at & 7) == 0 && i + 8 <= length && buf.getLongLE(start + i) == word(at >>> 3)) {
        i += 8;
      } else if (buf.getByte(start + i) == at(at)) {
        i++;
      } else {
        return i;
      }
    }
    return -1;
  }
}
