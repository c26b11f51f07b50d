package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.mptcp4j.wire.Seq64;

/**
 * Received bytes that lie beyond a hole, addressed by 64-bit offsets. Pieces are disjoint; bytes
 * that are already held are not stored twice. What is small against the memory that it would pin is
 * copied, all else is retained. In whatever order pieces come, one costs the logarithm of their
 * number. Used for a TCP stream and for the data sequence space of an MPTCP connection. One thread.
 */
public final class OutOfOrderQueue {
  private static final ByteBuf[] NO_BUFS = {};
  private static final long[] NO_LONGS = {};

  private final int maxPieces;

  // Contiguous ranges by their first offset, and the offset behind each.
  private final OffsetTree ranges = new OffsetTree();
  private long[] ends = NO_LONGS;
  private long bytes;

  // Pieces by their first offset, and their bytes.
  private final OffsetTree pieces = new OffsetTree();
  private ByteBuf[] bufs = NO_BUFS;
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
    return bytes;
  }

  /** Memory that it keeps alive. */
  public long heldBytes() {
    return held;
  }

  /** Whether nothing is held. */
  public boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** Pieces held. */
  public int pieces() {
    return pieces.size();
  }

  /** Bytes that were refused because of the limit, since the beginning. */
  public long refusedBytes() {
    return refusedBytes;
  }

  /** Offsets looked at since the beginning. */
  long steps() {
    return pieces.steps() + ranges.steps();
  }

  /** Contiguous ranges held. */
  public int ranges() {
    return ranges.size();
  }

  /** First offset of a contiguous range that one of the methods below has named. */
  long rangeStart(int range) {
    return ranges.offset(range);
  }

  /** Offset behind the last byte of such a range. */
  long rangeEnd(int range) {
    return ends[range];
  }

  /** Offset behind the last byte held; there must be one. */
  public long end() {
    return ends[ranges.last()];
  }

  /** The contiguous range that holds an offset; {@link OffsetTree#NONE} when it is not held. */
  int rangeOf(long offset) {
    int r = ranges.atOrBefore(offset);
    return r != OffsetTree.NONE && Seq64.gt(ends[r], offset) ? r : OffsetTree.NONE;
  }

  /** The first contiguous range that ends after an offset; {@link OffsetTree#NONE} without one. */
  int firstEndingAfter(long offset) {
    int holds = rangeOf(offset);
    return holds != OffsetTree.NONE ? holds : ranges.next();
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
      int before = ranges.atOrBefore(at);
      if (before != OffsetTree.NONE && Seq64.gt(ends[before], at)) {
        at = ends[before];
        continue;
      }
      int next = ranges.next();
      long holeEnd = next == OffsetTree.NONE ? limit : Seq64.min(limit, ranges.offset(next));
      int n = (int) (holeEnd - at);
      if (pieces.size() >= maxPieces) {
        refusedBytes += n;
        break;
      }
      store(at, buf, index + (int) (at - offset), n);
      addRange(before, next, at, holeEnd);
      stored += n;
      at = holeEnd;
    }
    return stored;
  }

  /** Fills what lies between two neighbouring ranges, or a part of it. */
  private void addRange(int before, int next, long start, long end) {
    boolean joinsBefore = before != OffsetTree.NONE && ends[before] == start;
    boolean joinsNext = next != OffsetTree.NONE && ranges.offset(next) == end;
    if (joinsBefore) {
      ends[before] = joinsNext ? ends[next] : end;
      if (joinsNext) {
        ranges.remove(next);
      }
    } else if (joinsNext) {
      ranges.move(next, start);
    } else {
      int slot = ranges.add(start);
      if (ends.length < ranges.slots()) {
        ends = Arrays.copyOf(ends, ranges.slots());
      }
      ends[slot] = end;
    }
    bytes += end - start;
  }

  private void store(long offset, ByteBuf buf, int index, int length) {
    ByteBuf piece = piece(buf, index, length); // first: there may be no memory for it
    int slot = pieces.add(offset);
    if (bufs.length < pieces.slots()) {
      bufs = Arrays.copyOf(bufs, pieces.slots());
    }
    bufs[slot] = piece;
    held += Payload.heldBytes(piece);
  }

  private static ByteBuf piece(ByteBuf buf, int index, int length) {
    if (Payload.wastesMemory(buf, length)) {
      return Payload.copy(buf, index, length);
    }
    boolean whole = index == buf.readerIndex() && length == buf.readableBytes();
    return whole ? buf.retain() : buf.retainedSlice(index, length);
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
    int slot = pieces.first();
    while (slot != OffsetTree.NONE && Seq64.le(pieces.offset(slot), next)) {
      ByteBuf buf = bufs[slot];
      int cut = (int) (next - pieces.offset(slot));
      int length = buf.readableBytes();
      bufs[slot] = null;
      pieces.remove(slot);
      held -= Payload.heldBytes(buf);
      if (cut < length) {
        removeBelow(next + (length - cut));
        return buf.skipBytes(cut);
      }
      buf.release();
      slot = pieces.first();
    }
    removeBelow(next);
    return null;
  }

  private void removeBelow(long offset) {
    int first = ranges.first();
    while (first != OffsetTree.NONE && Seq64.lt(ranges.offset(first), offset)) {
      if (Seq64.gt(ends[first], offset)) {
        bytes -= offset - ranges.offset(first);
        ranges.move(first, offset);
        return;
      }
      bytes -= ends[first] - ranges.offset(first);
      ranges.remove(first);
      first = ranges.first();
    }
    if (isEmpty()) {
      clear();
    }
  }

  /** Releases everything held. The queue stays usable. */
  public void release() {
    for (ByteBuf buf : bufs) {
      if (buf != null) {
        buf.release();
      }
    }
    Arrays.fill(bufs, null);
    clear();
  }

  /** Nothing is held any more: what had grown for it is given back. */
  private void clear() {
    pieces.clear();
    ranges.clear();
    held = 0;
    bytes = 0;
    if (bufs.length > pieces.slots()) {
      bufs = NO_BUFS;
    }
    if (ends.length > ranges.slots()) {
      ends = NO_LONGS;
    }
  }
}
