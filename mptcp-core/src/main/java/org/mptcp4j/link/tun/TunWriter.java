package org.mptcp4j.link.tun;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.wire.VirtioNetHeader;

/**
 * Writes packets by one gathering call each: virtio-net header, IP and TCP header, the pieces of
 * payload where they lie. Pieces that have no address of their own (heap and composite buffers) are
 * copied into scratch memory first.
 */
final class TunWriter {
  private static final int IOVEC = 16;
  private static final int SCRATCH = 128 * 1024;

  private final TunIo io;
  private final int headerLength;
  private final VirtioNetHeader header = new VirtioNetHeader();
  private final ByteBuf headerBytes = Unpooled.directBuffer(16, 16);
  private final long headerAddress = TunReader.address(headerBytes);
  private final ByteBuffer iov = LibC.memory(IOVEC * (Packet.MAX_PIECES + 2));
  private final long iovAddress = LibC.addressOf(iov);
  private @Nullable ByteBuffer scratch;
  private long scratchAddress;
  private int count;

  TunWriter(TunIo io, int headerLength) {
    this.io = io;
    this.headerLength = headerLength;
  }

  /** Writes the packet, which stays as it is; the bytes written or the negated error number. */
  int write(Packet packet) {
    count = 0;
    if (scratch != null) {
      scratch.clear();
    }
    if (headerLength > 0) {
      header.describe(packet);
      header.encode(headerBytes, 0, headerLength);
      add(headerAddress, headerLength);
    }
    ByteBuf first = packet.header();
    addBuffer(first, first.readerIndex(), first.readableBytes());
    for (int i = 0; i < packet.pieces(); i++) {
      addBuffer(packet.pieceBuf(i), packet.pieceIndex(i), packet.pieceLength(i));
    }
    return io.writev(iovAddress, count);
  }

  private void add(long address, int length) {
    iov.putLong(count * IOVEC, address).putLong(count * IOVEC + 8, length);
    count++;
  }

  private void addBuffer(ByteBuf buf, int index, int length) {
    if (length == 0) {
      return;
    }
    if (buf.hasMemoryAddress()) {
      add(buf.memoryAddress() + index, length);
    } else if (buf.isDirect() && buf.nioBufferCount() == 1) {
      ByteBuffer nio = buf.internalNioBuffer(index, length);
      add(Pointer.nativeValue(Native.getDirectBufferPointer(nio)) + nio.position(), length);
    } else {
      copy(buf, index, length);
    }
  }

  private void copy(ByteBuf buf, int index, int length) {
    if (scratch == null) {
      scratch = LibC.memory(SCRATCH);
      scratchAddress = LibC.addressOf(scratch);
    }
    int at = scratch.position();
    scratch.limit(at + length);
    buf.getBytes(index, scratch);
    scratch.limit(SCRATCH);
    add(scratchAddress + at, length);
  }

  void close() {
    headerBytes.release();
  }
}
