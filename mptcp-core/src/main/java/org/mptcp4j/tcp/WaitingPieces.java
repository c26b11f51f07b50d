package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/**
 * Pieces of a stream in order, which wait for somebody to take them. It owns them. Those that are
 * taken at once stay as they came; of those that are not, {@link #keep} makes what needs no more
 * memory than it has bytes.
 */
public final class WaitingPieces {
  /** Pieces that may wait before small ones are gathered. */
  private static final int GATHER_FROM = 64;

  /** Pieces up to this length are gathered. */
  private static final int SMALL_BYTES = 512;

  private static final int GATHER_BYTES = 4096;

  private static final ByteBuf[] NONE = {};

  private ByteBuf[] pieces = NONE; // a ring; its length is a power of two
  private int head;
  private int count;
  private int fresh; // the last of them, which may be taken at once
  private long held;

  /** The last piece, when it is one of ours with room for more. */
  private ByteBuf gathering;

  /** An empty queue. */
  public WaitingPieces() {}

  /** Whether there are none. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Memory that they keep alive. */
  public long heldBytes() {
    return held;
  }

  /**
   * Appends a piece. A buffer costs far more than a byte: a peer that sends bytes one by one to a
   * reader that does not read must not make a window full of buffers.
   *
   * @param data owned from now on
   */
  public void add(ByteBuf data) {
    int length = data.readableBytes();
    if (length > SMALL_BYTES || count < GATHER_FROM) {
      gathering = null;
      put(data);
      return;
    }
    if (gathering == null || gathering.writableBytes() < length) {
      gathering = data.alloc().buffer(GATHER_BYTES, GATHER_BYTES);
      put(gathering);
    }
    gathering.writeBytes(data);
    data.release();
  }

  private void put(ByteBuf data) {
    if (count == pieces.length) {
      grow();
    }
    pieces[head + count & pieces.length - 1] = data;
    count++;
    fresh++;
    held += Payload.heldBytes(data);
  }

  private void grow() {
    ByteBuf[] larger = new ByteBuf[Math.max(2, 2 * count)];
    for (int i = 0; i < count; i++) {
      larger[i] = pieces[head + i & pieces.length - 1];
    }
    pieces = larger;
    head = 0;
  }

  /** Takes the first piece out, which the caller owns then; null when there is none. */
  public ByteBuf poll() {
    if (count == 0) {
      return null;
    }
    ByteBuf data = pieces[head];
    pieces[head] = null;
    head = head + 1 & pieces.length - 1;
    count--;
    fresh = Math.min(fresh, count);
    held -= Payload.heldBytes(data);
    if (data == gathering) {
      gathering = null;
    }
    return data;
  }

  /** What is here was not taken at once: from now on it has only the memory that it needs. */
  public void keep() {
    for (; fresh > 0; fresh--) {
      int at = head + count - fresh & pieces.length - 1;
      ByteBuf data = pieces[at];
      if (data != gathering && Payload.wastesMemory(data, data.readableBytes())) {
        pieces[at] = Payload.copy(data, data.readerIndex(), data.readableBytes());
        held += Payload.heldBytes(pieces[at]) - Payload.heldBytes(data);
        data.release();
      }
    }
  }

  /** Releases them. */
  public void release() {
    for (ByteBuf data = poll(); data != null; data = poll()) {
      data.release();
    }
  }
}
