package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/** In-order payload between its arrival and the owner's {@link TcpSock#pollData()}. */
final class ReceiveQueue {

  /** Marks a buffer that is a piece as a whole, from its reader to its writer index. */
  private static final int WHOLE = -1;

  /** Pieces that may wait before small ones are gathered. */
  private static final int GATHER_FROM = 64;

  /** Pieces of this length on average are small. */
  private static final int SMALL_BYTES = 512;

  private static final ByteBuf[] NO_BUFS = {};
  private static final int[] NO_INTS = {};

  private ByteBuf[] bufs = NO_BUFS;
  private int[] spans = NO_INTS; // index and length of each
  private int head;
  private int tail;
  private int bytes;
  private int held;
  private int kept; // those before were kept already

  int bytes() {
    return bytes;
  }

  /** Memory that it keeps alive. */
  int heldBytes() {
    return held;
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
    held += Payload.heldBytes(buf);
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
      int from = index == WHOLE ? buf.readerIndex() : index;
      ByteBuf piece = part(buf, from, maxBytes);
      if (index == WHOLE) {
        buf.skipBytes(maxBytes);
      } else {
        spans[2 * head] = index + maxBytes;
      }
      return piece;
    }
    bufs[head] = null;
    head++;
    bytes -= length;
    held -= Payload.heldBytes(buf);
    if (head == tail) {
      reset();
    }
    if (index == WHOLE) {
      return buf;
    }
    ByteBuf piece = part(buf, index, length);
    buf.release();
    return piece;
  }

  private static ByteBuf part(ByteBuf buf, int index, int length) {
    return Payload.wastesPacket(buf, length)
        ? Payload.copy(buf, index, length)
        : buf.retainedSlice(index, length);
  }

  /** What is here was not taken at once: from now on it has only the memory that it needs. */
  void keep() {
    if (tail - Math.max(head, kept) > GATHER_FROM && bytes < (tail - head) * SMALL_BYTES) {
      gather();
    }
    for (int i = Math.max(head, kept); i < tail; i++) {
      keep(i);
    }
    kept = tail;
  }

  private void keep(int i) {
    ByteBuf buf = bufs[i];
    int length = spans[2 * i + 1];
    if (Payload.wastesMemory(buf, length)) {
      int index = spans[2 * i] == WHOLE ? buf.readerIndex() : spans[2 * i];
      ByteBuf copy = Payload.copy(buf, index, length);
      held += Payload.heldBytes(copy) - Payload.heldBytes(buf);
      buf.release();
      bufs[i] = copy;
      spans[2 * i] = WHOLE;
    }
  }

  /** A buffer costs far more than a byte: all pieces become one. */
  private void gather() {
    int all = bytes;
    ByteBuf one = bufs[head].alloc().buffer(all, all);
    for (int i = head; i < tail; i++) {
      int index = spans[2 * i] == WHOLE ? bufs[i].readerIndex() : spans[2 * i];
      one.writeBytes(bufs[i], index, spans[2 * i + 1]);
    }
    release();
    addOwned(one);
  }

  void release() {
    for (int i = head; i < tail; i++) {
      bufs[i].release();
      bufs[i] = null;
    }
    reset();
    bytes = 0;
    held = 0;
  }

  private void reset() {
    head = 0;
    tail = 0;
    kept = 0;
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
    kept = Math.max(0, kept - head);
    head = 0;
    tail = size;
  }
}
