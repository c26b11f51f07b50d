package org.mptcp4j.link.tun;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.VirtioNetHeader;

/**
 * Reads packets straight into big pooled buffers. A packet above {@link #SMALL} is handed out as a
 * retained slice of the buffer it was read into, without a copy, and the next read goes behind it.
 * A smaller one is copied into a buffer of its own size and its place reused: a copy of 2 KB costs
 * a hundredth of the read, and without it one unread small packet would hold half a megabyte;
 * larger ones are copied when much is held so ({@link ReadChunks}). The smallest, acknowledgements
 * and handshakes, go into buffers that take turns: one that came back is used again, one that
 * somebody kept is left to him and replaced.
 *
 * <p>Where there is no memory for a big buffer, packets are still taken off the device, into a
 * reserve: the small ones are copied as ever, because acknowledgements and resets are what frees
 * memory, and the others are thrown away.
 */
final class TunReader {
  /** The largest packet that is copied when chunks come back. */
  static final int SMALL = 2048;

  /** The largest packet that is copied into a buffer that is used again. */
  static final int TINY = 256;

  /** Buffers that take turns, more than a batch. */
  private static final int TURNS = 32;

  /** IPv6 header, 65,535 bytes of payload, virtio-net header. */
  private static final int LARGEST = 40 + 65535 + 12;

  /** What {@link #read} returns for a packet thrown away because there was no memory for it. */
  static final int NO_MEMORY = Integer.MIN_VALUE;

  private final TunIo io;
  private final BufferSource buffers;
  private final ReadChunks chunks;
  private final ByteBuf reserve;
  private final long reserveAddress;
  private final int headerLength;
  private final VirtioNetHeader header = new VirtioNetHeader();
  private final ByteBuf[] tiny = new ByteBuf[TURNS];
  private int turn;

  TunReader(TunIo io, ByteBufAllocator allocator, int headerLength) {
    this(io, allocator, headerLength, System::nanoTime);
  }

  /** With a clock as {@code System::nanoTime} for when to ask for memory again. */
  TunReader(TunIo io, ByteBufAllocator allocator, int headerLength, LongSupplier clockNs) {
    this.io = io;
    this.buffers = new BufferSource(allocator, clockNs);
    this.chunks = new ReadChunks(buffers, LARGEST);
    this.headerLength = headerLength;
    this.reserve = allocator.directBuffer(LARGEST, LARGEST).writerIndex(LARGEST);
    this.reserveAddress = address(reserve);
  }

  /**
   * Reads one packet into an empty slot.
   *
   * @return the bytes of the packet, 0 when it was malformed and thrown away, {@link #NO_MEMORY},
   *     or the negated error number
   */
  int read(Packet into) {
    boolean room = chunks.makeRoom();
    ByteBuf from = room ? chunks.buf() : reserve;
    int at = room ? chunks.offset() : 0;
    int n = io.read(room ? chunks.address() : reserveAddress, LARGEST);
    if (n < 0) {
      return n;
    }
    int length = n - headerLength;
    if (length <= 0 || !decode(from, at, into)) {
      return 0;
    }
    ByteBuf bytes = take(from, at + headerLength, length);
    if (bytes == null) {
      into.release();
      return NO_MEMORY;
    }
    into.header(bytes);
    return length;
  }

  private boolean decode(ByteBuf from, int at, Packet into) {
    if (headerLength == 0) {
      into.gsoSize(0);
      into.checksum(ChecksumState.UNVERIFIED);
      return true;
    }
    return header.decode(from, at, headerLength) && header.applyTo(into);
  }

  private @Nullable ByteBuf take(ByteBuf from, int index, int length) {
    if (length <= TINY) {
      ByteBuf copy = nextTiny();
      return copy == null ? null : copy.retain().writeBytes(from, index, length);
    }
    if (length <= (from == reserve ? SMALL : chunks.copiedBytes())) {
      ByteBuf copy = buffers.next(length);
      return copy == null ? null : copy.writeBytes(from, index, length);
    }
    if (from == reserve) {
      return null;
    }
    return chunks.slice(index, length);
  }

  /** An empty buffer that nobody else has; it stays the reader's. Null when there is none. */
  private @Nullable ByteBuf nextTiny() {
    turn = (turn + 1) % TURNS;
    ByteBuf buf = tiny[turn];
    if (buf != null && buf.refCnt() == 1) {
      return buf.clear();
    }
    ByteBuf fresh = buffers.next(TINY);
    if (fresh == null) {
      return anyTiny();
    }
    if (buf != null) {
      buf.release();
    }
    tiny[turn] = fresh;
    return fresh;
  }

  /** One that came back, out of turn. */
  private @Nullable ByteBuf anyTiny() {
    for (ByteBuf buf : tiny) {
      if (buf != null && buf.refCnt() == 1) {
        return buf.clear();
      }
    }
    return null;
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
    if (reserve.refCnt() > 0) {
      reserve.release();
    }
    for (int i = 0; i < TURNS; i++) {
      if (tiny[i] != null) {
        tiny[i].release();
        tiny[i] = null;
      }
    }
    chunks.close();
  }
}
