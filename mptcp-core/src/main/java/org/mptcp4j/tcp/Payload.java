package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/**
 * What received payload costs that is kept, and when it is copied out of the memory it came in. A
 * piece that the application takes at once stays where it is, whatever that is a part of.
 */
public final class Payload {
  /** What a piece costs beside its bytes: a buffer's objects, and its places in queues. */
  public static final int OVERHEAD_BYTES = 192;

  /**
   * From here on copying costs more than it saves. What it may pin then is a chunk that a device
   * reads into, and the device itself bounds how much of those is wasted.
   */
  private static final int LARGE_BYTES = 8 << 10;

  /** Less memory than this is not worth being thrifty with. */
  private static final int PAGE_BYTES = 4096;

  private Payload() {}

  /** Whether keeping the bytes would pin a packet of more than four times their size. */
  static boolean wastesPacket(ByteBuf buf, int length) {
    return length < buf.capacity() >>> 2;
  }

  /**
   * Whether keeping the bytes would keep far more memory alive: that of which the buffer is a
   * slice, which may be a chunk that a device reads into.
   */
  static boolean wastesMemory(ByteBuf buf, int length) {
    int memory = memoryBytes(buf);
    if (length >= LARGE_BYTES) {
      return length < memory >>> 6;
    }
    return length < memory >>> 2 || memory > PAGE_BYTES && length < memory >>> 1;
  }

  private static int memoryBytes(ByteBuf buf) {
    ByteBuf memory = buf;
    for (ByteBuf of = buf.unwrap(); of != null; of = of.unwrap()) {
      memory = of;
    }
    return memory.capacity();
  }

  /** What a buffer that is kept is counted as. */
  static int heldBytes(ByteBuf buf) {
    return buf.capacity() + OVERHEAD_BYTES;
  }

  /** The bytes in a buffer of their own, owned by the caller. */
  static ByteBuf copy(ByteBuf buf, int index, int length) {
    return buf.alloc().buffer(length, length).writeBytes(buf, index, length);
  }
}
