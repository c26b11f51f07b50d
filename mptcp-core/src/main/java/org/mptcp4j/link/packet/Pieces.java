package org.mptcp4j.link.packet;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Payload as references into buffers: parallel arrays, one reference count held for each entry. */
public final class Pieces {
  /** The most pieces. */
  public static final int MAX = 64;

  private ByteBuf[] bufs = new ByteBuf[4];
  private int[] indexes = new int[4];
  private int[] lengths = new int[4];
  private int count;
  private int bytes;

  /** Number of pieces. */
  public int count() {
    return count;
  }

  /** Sum of their lengths. */
  public int bytes() {
    return bytes;
  }

  /** The buffer of piece {@code i}, borrowed. */
  public ByteBuf buf(int i) {
    return bufs[i];
  }

  /** Absolute index of the first byte of piece {@code i} in its buffer. */
  public int index(int i) {
    return indexes[i];
  }

  /** Length of piece {@code i} in bytes. */
  public int length(int i) {
    return lengths[i];
  }

  /**
   * Retains {@code buf}; a piece that continues the last one is merged with it. False when full.
   */
  public boolean add(ByteBuf buf, int index, int length) {
    if (length <= 0) {
      return true;
    }
    int last = count - 1;
    if (last >= 0 && bufs[last] == buf && indexes[last] + lengths[last] == index) {
      lengths[last] += length;
      bytes += length;
      return true;
    }
    if (count == MAX) {
      return false;
    }
    if (count == bufs.length) {
      bufs = Arrays.copyOf(bufs, count * 2);
      indexes = Arrays.copyOf(indexes, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    bufs[count] = buf.retain();
    indexes[count] = index;
    lengths[count] = length;
    count++;
    bytes += length;
    return true;
  }

  /** Releases every piece. */
  public void release() {
    for (int i = 0; i < count; i++) {
      ByteBuf buf = bufs[i];
      bufs[i] = null;
      buf.release();
    }
    count = 0;
    bytes = 0;
  }
}
