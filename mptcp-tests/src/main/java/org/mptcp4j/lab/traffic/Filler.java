package org.mptcp4j.lab.traffic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Arrays;

/** Bytes without meaning, the same memory over and over, as fast as a channel takes them. */
final class Filler {
  /** The largest buffer, in bytes. */
  static final int SIZE = 128 << 10;

  private static final ByteBuf BYTES = bytes();

  private Filler() {}

  private static ByteBuf bytes() {
    byte[] filling = new byte[SIZE];
    Arrays.fill(filling, (byte) 'x');
    return Unpooled.directBuffer(SIZE, SIZE).writeBytes(filling);
  }

  /** A buffer of {@code length} bytes, at most 128 KiB. */
  static ByteBuf of(int length) {
    return BYTES.retainedSlice(0, length);
  }

  /** Writes until the channel has enough, and flushes; returns the bytes written. */
  static long fill(Channel channel) {
    long written = 0;
    while (channel.isWritable()) {
      channel.write(BYTES.retainedDuplicate(), channel.voidPromise());
      written += SIZE;
    }
    channel.flush();
    return written;
  }
}
