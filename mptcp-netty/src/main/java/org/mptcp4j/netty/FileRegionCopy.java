package org.mptcp4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link FileRegion}, which a kernel socket would send by itself, into buffers, a piece at
 * a time.
 */
final class FileRegionCopy implements WritableByteChannel {
  private static final int PIECE = 64 * 1024;

  private final ByteBuf into;

  private FileRegionCopy(ByteBuf into) {
    this.into = into;
  }

  /**
   * Copies the next piece of the region.
   *
   * @param room the most bytes wanted
   * @return a buffer that the caller owns, or {@code null} when nothing is left
   * @throws EOFException when the file is shorter than the region says
   */
  static @Nullable ByteBuf next(FileRegion region, ByteBufAllocator alloc, long room)
      throws IOException {
    long left = region.count() - region.transferred();
    if (left <= 0) {
      return null;
    }
    int length = (int) Math.min(PIECE, Math.min(left, room));
    ByteBuf piece = alloc.directBuffer(length, length);
    try {
      region.transferTo(new FileRegionCopy(piece), region.transferred());
      if (!piece.isReadable()) {
        throw new EOFException("the file ends " + left + " bytes before the region does");
      }
      return piece.retain();
    } finally {
      piece.release();
    }
  }

  @Override
  public int write(ByteBuffer src) {
    int taken = Math.min(src.remaining(), into.writableBytes());
    into.writeBytes(src.slice(src.position(), taken));
    src.position(src.position() + taken);
    return taken;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
