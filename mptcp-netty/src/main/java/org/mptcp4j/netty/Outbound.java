package org.mptcp4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import org.mptcp4j.api.MptcpSocket;

/** Moves flushed messages from Netty's outbound buffer into the send buffer of a socket. */
final class Outbound {
  private Outbound() {}

  /**
   * Makes of a message what {@link #write} takes: a buffer in memory that the device can gather
   * from, or a {@link FileRegion}.
   *
   * @throws UnsupportedOperationException when it is neither a buffer nor a file region; the
   *     message is still the caller's
   */
  static Object prepare(Object msg, ByteBufAllocator alloc) {
    if (msg instanceof ByteBuf buf) {
      return buf.isDirect() && buf.nioBufferCount() == 1 ? buf : copyToDirect(buf, alloc);
    }
    if (msg instanceof FileRegion) {
      return msg;
    }
    throw new UnsupportedOperationException(
        "unsupported message type: "
            + StringUtil.simpleClassName(msg)
            + " (expected: ByteBuf, FileRegion)");
  }

  private static ByteBuf copyToDirect(ByteBuf buf, ByteBufAllocator alloc) {
    int length = buf.readableBytes();
    ByteBuf direct = alloc.directBuffer(length);
    direct.writeBytes(buf, buf.readerIndex(), length);
    buf.release();
    return direct;
  }

  /**
   * Writes until the socket is full or nothing is left.
   *
   * @param budget the most messages, or pieces of large ones, to write
   * @return whether only the budget ended it
   * @throws IOException when a file cannot be read
   */
  static boolean write(
      ChannelOutboundBuffer in, MptcpSocket socket, ByteBufAllocator alloc, int budget)
      throws IOException {
    int left = budget;
    Object msg;
    while ((msg = in.current()) != null) {
      long room = socket.writableBytes();
      if (room <= 0) {
        return false; // WRITABLE or CLOSED will come
      }
      if (left-- == 0) {
        return true;
      }
      if (msg instanceof ByteBuf buf) {
        writeBuffer(in, socket, buf);
      } else {
        writeRegion(in, socket, alloc, (FileRegion) msg, room);
      }
    }
    return false;
  }

  /** Writes what was not flushed, either, as far as the socket takes it. */
  static void writeBeforeConnected(
      ChannelOutboundBuffer in, MptcpSocket socket, ByteBufAllocator alloc) throws IOException {
    in.addFlush();
    write(in, socket, alloc, Integer.MAX_VALUE);
  }

  /** Takes a message as far as the buffer goes: a close delivers only what is there. */
  private static void writeBuffer(ChannelOutboundBuffer in, MptcpSocket socket, ByteBuf buf) {
    int length = buf.readableBytes();
    long room = socket.sendBufferRoomBytes();
    if (length > room) {
      // What exceeds the send buffer waits here: the stack's memory keeps its bound.
      socket.write(buf.retainedSlice(buf.readerIndex(), (int) room));
      buf.skipBytes((int) room);
      in.progress(room);
      return;
    }
    if (length > 0) {
      socket.write(buf.retain());
    }
    in.progress(length);
    in.remove();
  }

  private static void writeRegion(
      ChannelOutboundBuffer in,
      MptcpSocket socket,
      ByteBufAllocator alloc,
      FileRegion region,
      long room)
      throws IOException {
    ByteBuf copied = FileRegionCopy.next(region, alloc, room);
    if (copied != null) {
      int length = copied.readableBytes();
      socket.write(copied);
      in.progress(length);
    }
    if (region.transferred() >= region.count()) {
      in.remove();
    }
  }
}
