package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/** In-order payload between its arrival and the owner's {@link TcpSock#pollData()}. */
final class ReceiveQueue {

  /** Marks a buffer that is a piece as a whole, from its reader to its writer index. */
  private static final int WHOLE = -1;

  private static final ByteBuf[] NO_BUFS = {};
  private static final int[] NO_INTS = {};

  private ByteBuf[] bufs = NO_BUFS;
  private int[] spans = NO_INTS; // index and length of each
  private int head;
  private int tail;
  private int bytes;

  int bytes() {
    return bytes;
  }

  /** Appends bytes of a buffer that others use too, retaining it. */
  void add(ByteBuf buf, int index, int length) {
    put(buf.retain(), index, length);
  }

  /** Appends a piece that the caller owns, and takes it over. */
  void addOwned(ByteBuf piece) {
    put(piece, WHOLE, piece.readableBytes());
  }

  private void put(ByteBuf buf, int index, int length) {
    if (tail == bufs.length) {
      makeRoom();
    }
    bufs[tail] = buf;
    spans[2 * tail] = index;
    spans[2 * tail + 1] = length;
    tail++;
    bytes += length;
  }

  /** The next piece, at most so long, owned by the caller; null when empty. */
  ByteBuf poll(int maxBytes) {
    if (head == tail) {
      return null;
    }
    ByteBuf buf = bufs[head];
    int index = spans[2 * head];
    int length = spans[2 * head + 1];
    if (maxBytes < length) {
      bytes -= maxBytes;
      spans[2 * head + 1] = length - maxBytes;
      if (index == WHOLE) {
        return buf.readRetainedSlice(maxBytes);
      }
      spans[2 * head] = index + maxBytes;
      return Payload.wastesBuffer(buf, maxBytes)
          ? Payload.copy(buf, index, maxBytes)
          : buf.retainedSlice(index, maxBytes);
    }
    bufs[head] = null;
    head++;
    bytes -= length;
    if (head == tail) {
      head = 0;
      tail = 0;
    }
    if (index == WHOLE) {
      return buf;
    }
    ByteBuf piece =
        Payload.wastesBuffer(buf, length)
            ? Payload.copy(buf, index, length)
            : buf.retainedSlice(index, length);
    buf.release();
    return piece;
  }

  void release() {
    for (int i = head; i < tail; i++) {
      bufs[i].release();
      bufs[i] = null;
    }
    head = 0;
    tail = 0;
    bytes = 0;
  }

  private void makeRoom() {
    int size = tail - head;
    int capacity = Math.max(1, size * 2);
    ByteBuf[] newBufs = new ByteBuf[capacity];
    int[] newSpans = new int[2 * capacity];
    System.arraycopy(bufs, head, newBufs, 0, size);
    System.arraycopy(spans, 2 * head, newSpans, 0, 2 * size);
    bufs = newBufs;
    spans = newSpans;
    head = 0;
    tail = size;
  }
}
