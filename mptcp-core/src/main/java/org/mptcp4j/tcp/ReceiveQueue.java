package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/** In-order payload between its arrival and the owner's {@link TcpSock#pollData()}. */
final class ReceiveQueue {

  /** Marks a buffer that is a piece as a whole, from its reader to its writer index. */
  private static final int WHOLE = -1;

  private static final ByteBuf[] NO_BUFS = {};
  private static final int[] NO_INTS = {};

  private ByteBuf[] bufs = NO_BUFS;
  private int[] indexes = NO_INTS;
  private int[] lengths = NO_INTS;
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
    indexes[tail] = index;
    lengths[tail] = length;
    tail++;
    bytes += length;
  }

  /** The next piece, at most so long, owned by the caller; null when empty. */
  ByteBuf poll(int maxBytes) {
    if (head == tail) {
      return null;
    }
    ByteBuf buf = bufs[head];
    int length = lengths[head];
    int index = indexes[head];
    if (maxBytes < length) {
      bytes -= maxBytes;
      lengths[head] = length - maxBytes;
      if (index == WHOLE) {
        return buf.readRetainedSlice(maxBytes);
      }
      indexes[head] = index + maxBytes;
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
    int capacity = Math.max(2, size * 2);
    ByteBuf[] newBufs = new ByteBuf[capacity];
    int[] newIndexes = new int[capacity];
    int[] newLengths = new int[capacity];
    System.arraycopy(bufs, head, newBufs, 0, size);
    System.arraycopy(indexes, head, newIndexes, 0, size);
    System.arraycopy(lengths, head, newLengths, 0, size);
    bufs = newBufs;
    indexes = newIndexes;
    lengths = newLengths;
    head = 0;
    tail = size;
  }
}
