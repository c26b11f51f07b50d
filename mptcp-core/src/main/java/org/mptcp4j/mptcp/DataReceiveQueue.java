package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.OutOfOrderQueue;
import org.mptcp4j.wire.Seq64;

/**
 * Reassembly at the data level, across subflows: RFC 8684 section 3.3.3. Bytes in order wait for
 * the application; bytes beyond a hole wait for what is missing; what lies beyond the window is
 * dropped.
 */
final class DataReceiveQueue implements SubflowInput.DataLevel {
  private static final int MAX_PIECES = 1 << 16;

  /** Pieces that may wait for a reader before small ones are gathered. */
  private static final int GATHER_FROM = 256;

  /** Pieces up to this length are gathered. */
  private static final int SMALL = 512;

  private static final int GATHER_BYTES = 4096;

  private final ReceiveWindow window;
  private final Counters counters;
  private OutOfOrderQueue outOfOrder; // null until something comes out of order
  private final ArrayDeque<ByteBuf> ready = new ArrayDeque<>(1);
  private int readableBytes; // no more than the buffer, or what the window once offered
  private long receivedBytes;
  private boolean ended;
  private boolean endKnown;
  private long endDsn;

  /** The last piece of those that wait, when it is one of ours with room for more. */
  private ByteBuf gathering;

  /**
   * Makes an empty queue.
   *
   * @param window tells what is expected next and what was promised; advanced here
   */
  DataReceiveQueue(ReceiveWindow window, Counters counters) {
    this.window = window;
    this.counters = counters;
  }

  @Override
  public void receive(long dsn, ByteBuf data) {
    cutAtEnd(dsn, data);
    int length = data.readableBytes();
    long end = dsn + length;
    if (ended) {
      // RFC 8684 section 3.3.3: nothing follows a DATA_FIN.
      counters.increment(Mib.NO_DSS_IN_WINDOW);
      data.release();
    } else if (Seq64.le(end, window.next())) {
      counters.increment(Mib.DUPLICATE_DATA);
      data.release();
    } else if (Seq64.gt(end, window.acceptableEnd())) {
      // RFC 8684 section 3.3.1: data outside the connection's window is not accepted.
      counters.increment(Mib.NO_DSS_IN_WINDOW);
      data.release();
    } else if (Seq64.le(dsn, window.next())) {
      data.skipBytes((int) Seq64.diff(window.next(), dsn));
      append(data);
      appendFollowing();
    } else {
      counters.increment(Mib.OFO_QUEUE);
      if (outOfOrder == null) {
        outOfOrder = new OutOfOrderQueue(MAX_PIECES);
      }
      insert(dsn, data, length);
      data.release();
    }
  }

  private void insert(long dsn, ByteBuf data, int length) {
    int ranges = outOfOrder.ranges();
    if (ranges > 0 && Seq64.ge(dsn, outOfOrder.rangeEnd(ranges - 1))) {
      counters.increment(Mib.OFO_QUEUE_TAIL);
    }
    boolean stored = outOfOrder.insert(dsn, data, data.readerIndex(), length) > 0;
    if (stored && outOfOrder.ranges() <= ranges) {
      counters.increment(Mib.OFO_MERGE);
    }
  }

  /** Where what happens is counted. */
  Counters counters() {
    return counters;
  }

  /** RFC 8684 section 3.3.3: nothing follows a DATA_FIN. */
  private void cutAtEnd(long dsn, ByteBuf data) {
    long beyond = endKnown ? Seq64.diff(dsn + data.readableBytes(), endDsn) : 0;
    if (beyond > 0) {
      counters.increment(Mib.NO_DSS_IN_WINDOW);
      data.writerIndex(data.writerIndex() - (int) Math.min(beyond, data.readableBytes()));
    }
  }

  /** Bytes that TCP itself put in order; ownership passes. */
  void receiveInOrder(ByteBuf data) {
    cutAtEnd(window.next(), data);
    if (ended || !data.isReadable()) {
      data.release();
    } else {
      append(data);
    }
  }

  /** Whether it is known where the data ends. */
  boolean endKnown() {
    return endKnown;
  }

  /** Data sequence number behind the last byte, once that is known. */
  long endDsn() {
    return endDsn;
  }

  /** No byte from {@code dsn} on will be taken. */
  void endAt(long dsn) {
    endKnown = true;
    endDsn = dsn;
  }

  /** What waited for bytes that have come is in order now. */
  private void appendFollowing() {
    ByteBuf data;
    while (outOfOrder != null && (data = outOfOrder.poll(window.next())) != null) {
      append(data);
    }
  }

  private void append(ByteBuf data) {
    int count = data.readableBytes();
    keep(data);
    readableBytes += count;
    receivedBytes += count;
    window.advance(count);
  }

  /**
   * A buffer costs far more than a byte: a peer that sends bytes one by one to a reader that does
   * not read must not make a window full of buffers.
   */
  private void keep(ByteBuf data) {
    int count = data.readableBytes();
    if (count > SMALL || ready.size() < GATHER_FROM) {
      gathering = null;
      ready.add(data);
      return;
    }
    if (gathering == null || gathering.writableBytes() < count) {
      gathering = data.alloc().buffer(GATHER_BYTES, GATHER_BYTES);
      ready.add(gathering);
    }
    gathering.writeBytes(data);
    data.release();
  }

  /** Next piece, owned by the caller; null when there is none. */
  ByteBuf read() {
    ByteBuf data = ready.poll();
    if (data == gathering) {
      gathering = null;
    }
    if (data != null) {
      int count = data.readableBytes();
      readableBytes -= count;
      window.consumed(count);
    }
    return data;
  }

  /** Bytes in order and not read. */
  long readableBytes() {
    return readableBytes;
  }

  /** Bytes beyond a hole. */
  long outOfOrderBytes() {
    return outOfOrder == null ? 0 : outOfOrder.bytes();
  }

  /** Bytes that came in order since the beginning. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Nothing more is taken, and what lies beyond a hole will never be in order: released. */
  void end() {
    ended = true;
    releaseOutOfOrder();
  }

  private void releaseOutOfOrder() {
    if (outOfOrder != null) {
      outOfOrder.release();
      outOfOrder = null;
    }
  }

  /** Releases everything. */
  void release() {
    releaseOutOfOrder();
    ByteBuf data;
    while ((data = ready.poll()) != null) {
      data.release();
    }
    gathering = null;
    readableBytes = 0;
  }
}
