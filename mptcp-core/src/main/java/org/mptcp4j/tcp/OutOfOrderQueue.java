package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.mptcp4j.wire.Seq64;

/**
 * Received bytes that lie beyond a hole, addressed by 64-bit offsets. Pieces are disjoint and
 * sorted; bytes that are already held are not stored twice. What is small against the memory that
 * it would pin is copied, all else is retained. Used for a TCP stream and for the data sequence
 * space of an MPTCP connection. One thread.
 */
public final class OutOfOrderQueue {

  private final int maxPieces;
  private final RangeSet ranges = new RangeSet();
  private ByteBuf[] bufs = {};
  private long[] starts = {};
  private int head;
  private int tail;
  private long held;
  private long refusedBytes;

  /**
   * An empty queue.
   *
   * @param maxPieces limit on separate pieces; what would exceed it is refused and counted
   */
  public OutOfOrderQueue(int maxPieces) {
    this.maxPieces = maxPieces;
  }

  /** Bytes held. */
  public long bytes() {
    return ranges.bytes();
  }

  /** Memory that it keeps alive. */
  public long heldBytes() {
    return held;
  }

  /** Whether nothing is held. */
  public boolean isEmpty() {
    return head == tail;
  }

  /** Pieces held. */
  public int pieces() {
    return tail - head;
  }

  /** Bytes that were refused because of the limit, since the beginning. */
  public long refusedBytes() {
    return refusedBytes;
  }

  /** Contiguous ranges held, in ascending order. */
  public int ranges() {
    return ranges.size();
  }

  /** First offset of a contiguous range. */
  public long rangeStart(int i) {
    return ranges.start(i);
  }

  /** Offset behind the last byte of a contiguous range. */
  public long rangeEnd(int i) {
    return ranges.end(i);
  }

  /** Index of the first contiguous range that ends after an offset, or {@link #ranges()}. */
  public int firstEndingAfter(long offset) {
    return ranges.firstEndingAfter(offset);
  }

  /** Index of the contiguous range that holds an offset, or -1. */
  public int rangeOf(long offset) {
    int i = ranges.firstEndingAfter(offset);
    return i < ranges.size() && Seq64.le(ranges.start(i), offset) ? i : -1;
  }

  /**
   * Stores what is not held yet, retaining or copying.
   *
   * @param offset offset of the first byte; the caller has trimmed what it already delivered
   * @param buf holds the bytes; when all that is readable of it becomes one piece, its indexes
   *     belong to this queue from now on
   * @param index where they begin
   * @param length how many
   * @return bytes newly stored
   */
  public int insert(long offset, ByteBuf buf, int index, int length) {
    long at = offset;
    long limit = offset + length;
    int stored = 0;
    while (Seq64.lt(at, limit)) {
      int r = ranges.firstEndingAfter(at);
      long holeEnd = limit;
      if (r < ranges.size()) {
        if (Seq64.le(ranges.start(r), at)) {
          at = ranges.end(r);
          continue;
        }
        holeEnd = Seq64.min(limit, ranges.start(r));
      }
      int n = (int) (holeEnd - at);
      if (pieces() >= maxPieces) {
        refusedBytes += n;
        break;
      }
      store(at, buf, index + (int) (at - offset), n);
      ranges.add(at, holeEnd);
      stored += n;
      at = holeEnd;
    }
    return stored;
  }

  /**
   * Takes the first piece when it begins at or before an offset. What lies before the offset is cut
   * off; pieces wholly before it are released.
   *
   * @param next the next offset wanted
   * @return the piece, beginning exactly at {@code next} and owned by the caller; null when the
   *     next byte is not held
   */
  public ByteBuf poll(long next) {
    while (head < tail && Seq64.le(starts[head], next)) {
      ByteBuf buf = bufs[head];
      int cut = (int) (next - starts[head]);
      int length = buf.readableBytes();
      bufs[head] = null;
      head++;
      held -= Payload.heldBytes(buf);
      if (cut < length) {
        ranges.removeBelow(next + (length - cut));
        compactWhenEmpty();
        return buf.skipBytes(cut);
      }
      buf.release();
    }
    ranges.removeBelow(next);
    compactWhenEmpty();
    return null;
  }

  /** Releases everything held. The queue stays usable. */
  public void release() {
    for (int i = head; i < tail; i++) {
      bufs[i].release();
      bufs[i] = null;
    }
    head = 0;
    tail = 0;
    held = 0;
    ranges.clear();
  }

  private void compactWhenEmpty() {
    if (head == tail) {
      head = 0;
      tail = 0;
    }
  }

  private void store(long offset, ByteBuf buf, int index, int length) {
    if (tail == bufs.length) {
      makeRoom();
    }
    int at = tail;
    if (tail > head && Seq64.gt(starts[tail - 1], offset)) {
      at = insertionPoint(offset);
      int move = tail - at;
      System.arraycopy(bufs, at, bufs, at + 1, move);
      System.arraycopy(starts, at, starts, at + 1, move);
    }
    bufs[at] = piece(buf, index, length);
    held += Payload.heldBytes(bufs[at]);
    starts[at] = offset;
    tail++;
  }

  private static ByteBuf piece(ByteBuf buf, int index, int length) {
    if (Payload.wastesMemory(buf, length)) {
      return Payload.copy(buf, index, length);
    }
    boolean whole = index == buf.readerIndex() && length == buf.readableBytes();
    return whole ? buf.retain() : buf.retainedSlice(index, length);
  }

  private int insertionPoint(long offset) {
    int lo = head;
    int hi = tail;
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (Seq64.lt(starts[mid], offset)) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    return lo;
  }

  private void makeRoom() {
    int size = tail - head;
    if (head >= size && head > 0) {
      System.arraycopy(bufs, head, bufs, 0, size);
      System.arraycopy(starts, head, starts, 0, size);
      Arrays.fill(bufs, size, tail, null);
    } else {
      int capacity = Math.max(8, size * 2);
      bufs = moved(bufs, new ByteBuf[capacity], size);
      starts = moved(starts, new long[capacity], size);
    }
    head = 0;
    tail = size;
  }

  @SuppressWarnings("SuspiciousSystemArraycopy")
  private <T> T moved(T from, T to, int size) {
    System.arraycopy(from, head, to, 0, size);
    return to;
  }
}
