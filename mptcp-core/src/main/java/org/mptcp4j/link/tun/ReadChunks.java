package org.mptcp4j.link.tun;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory that packets are read into, and of which the larger ones are slices. Somebody may keep
 * one slice of each chunk, and with it all of the chunk; how much is wasted so has a bound. Beyond
 * it every chunk is for one packet, which is a slice of it only when it fills half.
 */
final class ReadChunks {
  /** Room for several of the largest packets. */
  static final int CHUNK_BYTES = 512 * 1024;

  /** Memory that may be kept for nothing, by slices that are small against their chunk. */
  static final int MOST_WASTE_BYTES = 8 << 20;

  /** Reads into chunks for one packet, after which it looks whether others came back. */
  private static final int LOOK_EVERY = 16;

  /** Chunks that are looked at when one is wanted: what is spent on it has a bound. */
  private static final int LOOKS = 4;

  /** A chunk of which slices are out. */
  private static final class Chunk {
    final ByteBuf buf;
    final long address;
    int slices;
    int smallest = CHUNK_BYTES;

    Chunk(ByteBuf buf) {
      this.buf = buf;
      address = TunReader.address(buf);
    }

    boolean isFree() {
      return buf.refCnt() == 1;
    }

    boolean isForOne() {
      return buf.capacity() < CHUNK_BYTES;
    }

    /** At most: of those that are out, each is as long as the smallest. */
    int wastedBytes() {
      return CHUNK_BYTES - Math.min(buf.refCnt() - 1, slices) * smallest;
    }

    void begin() {
      slices = 0;
      smallest = CHUNK_BYTES;
    }
  }

  private final BufferSource buffers;
  private final int largest;
  private final ArrayDeque<Chunk> full = new ArrayDeque<>();
  private @Nullable Chunk chunk;
  private int offset;
  private boolean wasteful;
  private int untilLook;

  /**
   * Has no memory yet.
   *
   * @param largest bytes that a read may give
   */
  ReadChunks(BufferSource buffers, int largest) {
    this.buffers = buffers;
    this.largest = largest;
  }

  /**
   * Makes room for one read. Once nobody holds a slice of it any more, the chunk is used again from
   * its start: copying into memory that is still in the processor's cache takes half the time.
   *
   * @return false when there is no memory
   */
  boolean makeRoom() {
    if (chunk == null || chunk.isForOne() && looksBetter()) {
      return next();
    }
    if (chunk.isFree()) {
      giveBack();
      chunk.begin();
      offset = 0;
      return true;
    }
    return chunk.buf.capacity() - offset >= largest || next();
  }

  /** Now and then, when too much was wasted: whether that is over. */
  private boolean looksBetter() {
    if (--untilLook > 0) {
      return false;
    }
    untilLook = LOOK_EVERY;
    wasteful = wastedBytes() > MOST_WASTE_BYTES;
    return !wasteful;
  }

  private Chunk reading() {
    return Objects.requireNonNull(chunk, "ask for room first");
  }

  /** The chunk that is read into. */
  ByteBuf buf() {
    return reading().buf;
  }

  /** Where in it. */
  int offset() {
    return offset;
  }

  /** Where that is in memory. */
  long address() {
    return reading().address + offset;
  }

  /** The largest packet that must not be a slice. */
  int copiedBytes() {
    return reading().isForOne() ? largest / 2 : TunReader.SMALL;
  }

  /** A packet that was just read, without a copy; the next one goes behind it. */
  ByteBuf slice(int index, int length) {
    offset = index + length + 63 & ~63;
    Chunk from = reading();
    from.slices++;
    from.smallest = Math.min(from.smallest, length);
    return from.buf.retainedSlice(index, length);
  }

  private void begin(Chunk next) {
    next.begin();
    chunk = next;
    offset = 0;
  }

  private boolean next() {
    if (!wasteful) {
      wasteful = wastedBytes() > MOST_WASTE_BYTES;
      untilLook = LOOK_EVERY;
    }
    Chunk again = wasteful ? null : takeBack();
    if (again != null) {
      leave();
      begin(again);
      return true;
    }
    ByteBuf fresh = buffers.next(wasteful ? largest : CHUNK_BYTES);
    if (fresh == null) {
      return false; // the present one stays: it is used again when all its packets came back
    }
    leave();
    begin(new Chunk(fresh.writerIndex(fresh.capacity())));
    return true;
  }

  private long wastedBytes() {
    long wasted = 0;
    for (Chunk one : full) {
      wasted += one.isFree() ? 0 : one.wastedBytes();
    }
    return wasted + (chunk == null || chunk.isForOne() ? 0 : chunk.wastedBytes());
  }

  /** A chunk that nobody holds any more, if one of the first few is. */
  private @Nullable Chunk takeBack() {
    for (int looks = Math.min(LOOKS, full.size()); looks > 0; looks--) {
      Chunk one = full.remove();
      if (one.isFree()) {
        return one;
      }
      full.add(one);
    }
    return null;
  }

  /** Packets are not kept at the moment: chunks that nobody holds any more are released. */
  private void giveBack() {
    Chunk free = full.isEmpty() ? null : takeBack();
    if (free != null) {
      free.buf.release();
    }
  }

  private void leave() {
    if (chunk == null) {
      return;
    }
    if (chunk.isForOne()) {
      chunk.buf.release();
    } else {
      full.add(chunk);
    }
  }

  void close() {
    if (chunk != null) {
      chunk.buf.release();
      chunk = null;
    }
    full.forEach(one -> one.buf.release());
    full.clear();
  }
}
