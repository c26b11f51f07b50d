package org.mptcp4j.link.tun;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.mptcp4j.wire.ChecksumState;
import org.mptcp4j.wire.Packet;
import org.mptcp4j.wire.VirtioNetHeader;

/**
 * Reads packets straight into big pooled buffers. A packet above {@link #SMALL} is handed out as a
 * retained slice of the buffer it was read into, without a copy, and the next read goes behind it.
 * A smaller one is copied into a buffer of its own size and its place reused: a copy of 2 KB costs
 * a hundredth of the read, and without it one unread small packet would hold half a megabyte. The
 * smallest, acknowledgements and handshakes, go into buffers that take turns: one that came back is
 * used again, one that somebody kept is left to him and replaced.
 */
final class TunReader {
  /** The largest packet that is copied. */
  static final int SMALL = 2048;

  /** The largest packet that is copied into a buffer that is used again. */
  static final int TINY = 256;

  /** Buffers that take turns, more than a batch. */
  private static final int TURNS = 32;

  /** IPv6 header, 65,535 bytes of payload, virtio-net header. */
  private static final int LARGEST = 40 + 65535 + 12;

  private static final int CHUNK = 512 * 1024;

  private final TunIo io;
  private final ByteBufAllocator allocator;
  private final int headerLength;
  private final VirtioNetHeader header = new VirtioNetHeader();
  private final ByteBuf[] tiny = new ByteBuf[TURNS];
  private int turn;
  private ByteBuf chunk;
  private long chunkAddress;
  private int offset;

  TunReader(TunIo io, ByteBufAllocator allocator, int headerLength) {
    this.io = io;
    this.allocator = allocator;
    this.headerLength = headerLength;
  }

  /**
   * Reads one packet into an empty slot.
   *
   * @return the bytes of the packet, 0 when it was malformed and thrown away, or the negated error
   *     number
   */
  int read(Packet into) {
    makeRoom();
    int n = io.read(chunkAddress + offset, LARGEST);
    if (n < 0) {
      return n;
    }
    int length = n - headerLength;
    if (length <= 0 || !decode(into)) {
      return 0;
    }
    into.header(take(offset + headerLength, length));
    return length;
  }

  private boolean decode(Packet into) {
    if (headerLength == 0) {
      into.gsoSize(0);
      into.checksum(ChecksumState.UNVERIFIED);
      return true;
    }
    return header.decode(chunk, offset, headerLength) && header.applyTo(into);
  }

  private ByteBuf take(int index, int length) {
    if (length <= TINY) {
      return nextTiny().retain().writeBytes(chunk, index, length);
    }
    if (length <= SMALL) {
      ByteBuf copy = allocator.directBuffer(length, length);
      return copy.writeBytes(chunk, index, length);
    }
    offset = index + length + 63 & ~63;
    return chunk.retainedSlice(index, length);
  }

  /** An empty buffer that nobody else has; it stays the reader's. */
  private ByteBuf nextTiny() {
    turn = (turn + 1) % TURNS;
    ByteBuf buf = tiny[turn];
    if (buf != null && buf.refCnt() == 1) {
      return buf.clear();
    }
    if (buf != null) {
      buf.release();
    }
    tiny[turn] = allocator.directBuffer(TINY, TINY);
    return tiny[turn];
  }

  /**
   * Once nobody holds a slice of it any more, the buffer is used again from its start: copying into
   * memory that is still in the processor's cache takes half the time.
   */
  private void makeRoom() {
    if (chunk != null && chunk.refCnt() == 1) {
      offset = 0;
    } else if (chunk == null || chunk.capacity() - offset < LARGEST) {
      nextChunk();
    }
  }

  private void nextChunk() {
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
    ByteBuf fresh = allocator.directBuffer(CHUNK, CHUNK).writerIndex(CHUNK);
    chunkAddress = address(fresh);
    chunk = fresh;
    offset = 0;
  }

  /** Where index 0 of a direct buffer is, also when Netty does not tell. */
  static long address(ByteBuf buf) {
    if (buf.hasMemoryAddress()) {
      return buf.memoryAddress();
    }
    ByteBuffer nio = buf.internalNioBuffer(0, 1);
    return Pointer.nativeValue(Native.getDirectBufferPointer(nio)) + nio.position();
  }

  void close() {
    for (int i = 0; i < TURNS; i++) {
      if (tiny[i] != null) {
        tiny[i].release();
        tiny[i] = null;
      }
    }
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
  }
}
