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

  // The first has a place of its own: most queues never have more than that.
  private ByteBuf first;
  private ByteBuf[] others = NONE; // a ring; its length is a power of two
  private int head;
  private int count;
  private int fresh; // the last of them, which may be taken at once
  private int bytes;
  private long held;

  /** The last piece, when it is one of ours with room for more. */
  private ByteBuf gathering;

  /** An empty queue. */
  public WaitingPieces() {}

  /** Whether there are none. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Whether there are some that were not taken before the last {@link #keep()}. */
  public boolean anyLeft() {
    return fresh < count;
  }

  /** Bytes that they have. */
  public int bytes() {
    return bytes;
  }

  /** Memory that they keep alive. */
  public long heldBytes() {
    return held;
  }

  /**
   * Appends bytes of a packet.
   *
   * @param packet retained or copied; its indexes belong to this queue from now on
   */
  void add(ByteBuf packet, int index, int length) {
    add(
        Payload.wastesPacket(packet, length)
            ? Payload.copy(packet, index, length)
            : packet.retain().setIndex(index, index + length));
  }

  private static ByteBuf part(ByteBuf buf, int index, int length) {
    return Payload.wastesPacket(buf, length)
        ? Payload.copy(buf, index, length)
        : buf.retainedSlice(index, length);
  }

  /**
   * Appends a piece. A buffer costs far more than a byte: a peer that sends bytes one by one to a
   * reader that does not read must not make a window full of buffers.
   *
   * @param data owned from now on
   */
  public void add(ByteBuf data) {
    int length = data.readableBytes();
    bytes += length;
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
    if (count > others.length) {
      grow();
    }
    set(count, data);
    count++;
    fresh++;
    held += Payload.heldBytes(data);
  }

  private ByteBuf get(int i) {
    return i == 0 ? first : others[slot(i)];
  }

  private void set(int i, ByteBuf data) {
    if (i == 0) {
      first = data;
    } else {
      others[slot(i)] = data;
    }
  }

  private int slot(int i) {
    return head + i - 1 & others.length - 1;
  }

  private void grow() {
    ByteBuf[] larger = new ByteBuf[Math.max(1, 2 * others.length)];
    for (int i = 1; i < count; i++) {
      larger[i - 1] = get(i);
    }
    others = larger;
    head = 0;
  }

  /** Takes the first piece out, which the caller owns then; null when there is none. */
  public ByteBuf poll() {
    if (count == 0) {
      return null;
    }
    ByteBuf data = first;
    count--;
    first = null;
    if (count > 0) {
      first = others[head];
      others[head] = null;
      head = head + 1 & others.length - 1;
    }
    fresh = Math.min(fresh, count);
    bytes -= data.readableBytes();
    held -= Payload.heldBytes(data);
    if (data == gathering) {
      gathering = null;
    }
    return data;
  }

  /** As {@link #poll()}, but no more than so many bytes of it: the rest stays. */
  public ByteBuf poll(int maxBytes) {
    if (count == 0 || first.readableBytes() <= maxBytes) {
      return poll();
    }
    ByteBuf piece = part(first, first.readerIndex(), maxBytes);
    first.skipBytes(maxBytes);
    bytes -= maxBytes;
    return piece;
  }

  /** What is here was not taken at once: from now on it has only the memory that it needs. */
  public void keep() {
    for (; fresh > 0; fresh--) {
      int at = count - fresh;
      ByteBuf data = get(at);
      if (data != gathering && Payload.wastesMemory(data, data.readableBytes())) {
        ByteBuf copy = Payload.copy(data, data.readerIndex(), data.readableBytes());
        held += Payload.heldBytes(copy) - Payload.heldBytes(data);
        data.release();
        set(at, copy);
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
