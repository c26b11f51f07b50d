package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/** When received payload is kept as it is, and when it is copied out of the buffer it came in. */
final class Payload {

  private Payload() {}

  /** Whether keeping the bytes would pin a buffer of more than four times their size. */
  static boolean wastesBuffer(ByteBuf buf, int length) {
    return length < buf.capacity() >>> 2;
  }

  /** The bytes in a buffer of their own, owned by the caller. */
  static ByteBuf copy(ByteBuf buf, int index, int length) {
    return buf.alloc().buffer(length, length).writeBytes(buf, index, length);
  }
}
