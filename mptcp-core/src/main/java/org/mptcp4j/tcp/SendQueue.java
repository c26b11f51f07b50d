package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TxSegment;

/**
 * Bytes that were written and are not acknowledged, addressed by 64-bit offsets. It holds retained
 * buffers in parallel arrays; nothing is copied and no slice is made. A piece that continues the
 * previous one in the same buffer is merged with it. One thread.
 */
public final class SendQueue {

  private static final int MIN_CAPACITY = 1;

  /** A buffer of that size is counted as a whole. */
  private static final int LITTLE_BYTES = 4096;

  private static final ByteBuf[] NO_BUFS = {};
  private static final int[] NO_INDEXES = {};
  private static final long[] NO_STARTS = {};

  // The first piece has a place of its own: most queues never have more than that.
  private ByteBuf first;
  private int firstIndex;
  private long firstStart;

  // The others, in rings.
  private ByteBuf[] bufs = NO_BUFS;
  private int[] indexes = NO_INDEXES;
  private long[] starts = NO_STARTS;
  private int head;
  private int count;
  private long start;
  private long end;
  private long held;

  /**
   * An empty queue.
   *
   * @param startOffset offset of the first byte that will be appended
   */
  public SendQueue(long startOffset) {
    start = startOffset;
    end = startOffset;
  }

  /** Offset of the first byte held; equal to {@link #end()} when empty. */
  public long start() {
    return start;
  }

  /** Offset of the next byte to be appended. */
  public long end() {
    return end;
  }

  /** Bytes held. */
  public long bytes() {
    return end - start;
  }

  /** Memory that it keeps alive. */
  public long heldBytes() {
    return held;
  }

  /** Buffers held, after merging. */
  public int pieces() {
    return count;
  }

  /**
   * Appends bytes, retaining the buffer.
   *
   * @param buf holds the bytes; must not change until they are freed
   * @param index where they begin
   * @param length how many; 0 does nothing
   */
  public void append(ByteBuf buf, int index, int length) {
    if (length <= 0) {
      return;
    }
    if (count > 0) {
      int last = count - 1;
      long before = end - start(last);
      if (buf(last) == buf && index(last) + (int) before == index) {
        end += length;
        held += heldBytes(buf, before + length) - heldBytes(buf, before);
        return;
      }
    }
    put(buf.retain(), index);
    end += length;
    held += heldBytes(buf, length);
  }

  private void put(ByteBuf buf, int index) {
    if (count == 0) {
      first = buf;
      firstIndex = index;
      firstStart = end;
    } else {
      if (count > bufs.length) {
        grow();
      }
      int at = slot(count);
      bufs[at] = buf;
      indexes[at] = index;
      starts[at] = end;
    }
    count++;
  }

  /** Frees everything below an offset; a piece is released when its last byte goes. */
  public void freeUntil(long offset) {
    long limit = Seq64.min(offset, end);
    if (Seq64.gt(limit, start)) {
      start = limit;
    }
    while (count > 0 && Seq64.le(pieceEnd(0), start)) {
      held -= heldBytes(first, pieceEnd(0) - firstStart);
      first.release();
      removeFirst();
    }
  }

  private void removeFirst() {
    count--;
    first = null;
    if (count > 0) {
      first = bufs[head];
      firstIndex = indexes[head];
      firstStart = starts[head];
      bufs[head] = null;
      head = (head + 1) & (bufs.length - 1);
    }
  }

  /**
   * How many bytes from an offset on lie in the given number of pieces.
   *
   * @param offset first byte, held
   * @param length bytes wanted
   * @param maxPieces pieces allowed
   * @return at most {@code length}
   */
  int span(long offset, int length, int maxPieces) {
    int i = find(offset) + maxPieces;
    if (i >= count) {
      return length;
    }
    return (int) Math.min(length, start(i) - offset);
  }

  /**
   * Adds bytes to a segment. The range must be held and lie in at most {@link Packet#MAX_PIECES}
   * pieces.
   *
   * @param out takes the pieces, retaining them
   * @param offset first byte
   * @param length how many
   */
  void addTo(TxSegment out, long offset, int length) {
    int i = find(offset);
    int left = length;
    long at = offset;
    while (left > 0) {
      int n = (int) Math.min(left, pieceEnd(i) - at);
      out.addPayload(buf(i), index(i) + (int) (at - start(i)), n);
      at += n;
      left -= n;
      i++;
    }
  }

  /**
   * Shows the pieces of a range, in order.
   *
   * @param offset first byte, held
   * @param length how many, all held
   * @param sink called for each piece
   */
  public void forEach(long offset, int length, PieceSink sink) {
    int i = find(offset);
    int left = length;
    long at = offset;
    while (left > 0) {
      int n = (int) Math.min(left, pieceEnd(i) - at);
      sink.accept(buf(i), index(i) + (int) (at - start(i)), n);
      at += n;
      left -= n;
      i++;
    }
  }

  /** Frees everything. The queue stays usable, at its end offset. */
  public void release() {
    freeUntil(end);
    bufs = NO_BUFS;
    indexes = NO_INDEXES;
    starts = NO_STARTS;
    head = 0;
  }

  /** Of a buffer of which little is used the rest may be used by others. */
  private static long heldBytes(ByteBuf buf, long length) {
    long most = Math.max(LITTLE_BYTES, 4 * length);
    return Math.min(most, buf.capacity()) + Payload.OVERHEAD_BYTES;
  }

  /** Frees everything, as if what was held had never been appended. */
  public void discard() {
    long acknowledged = start;
    release();
    start = acknowledged;
    end = acknowledged;
  }

  private ByteBuf buf(int i) {
    return i == 0 ? first : bufs[slot(i)];
  }

  private int index(int i) {
    return i == 0 ? firstIndex : indexes[slot(i)];
  }

  private long start(int i) {
    return i == 0 ? firstStart : starts[slot(i)];
  }

  /** Where a piece is that is not the first. */
  private int slot(int i) {
    return (head + i - 1) & (bufs.length - 1);
  }

  private long pieceEnd(int i) {
    return i == count - 1 ? end : start(i + 1);
  }

  /** Index of the piece that holds an offset. */
  private int find(long offset) {
    int lo = 0;
    int hi = count - 1;
    while (lo < hi) {
      int mid = (lo + hi + 1) >>> 1;
      if (Seq64.le(start(mid), offset)) {
        lo = mid;
      } else {
        hi = mid - 1;
      }
    }
    return lo;
  }

  private void grow() {
    int capacity = Math.max(MIN_CAPACITY, bufs.length * 2);
    ByteBuf[] newBufs = new ByteBuf[capacity];
    int[] newIndexes = new int[capacity];
    long[] newStarts = new long[capacity];
    for (int i = 1; i < count; i++) {
      int slot = slot(i);
      newBufs[i - 1] = bufs[slot];
      newIndexes[i - 1] = indexes[slot];
      newStarts[i - 1] = starts[slot];
    }
    Arrays.fill(bufs, null);
    bufs = newBufs;
    indexes = newIndexes;
    starts = newStarts;
    head = 0;
  }
}
