package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.OutOfOrderQueue;
import org.mptcp4j.tcp.WaitingPieces;
import org.mptcp4j.wire.Seq64;

/**
 * Reassembly at the data level, across subflows: RFC 8684 section 3.3.3. Bytes in order wait for
 * the application; bytes beyond a hole wait for what is missing; what lies beyond the window is
 * dropped.
 */
public final class DataReceiveQueue implements SubflowInput.DataLevel {
  private static final int MAX_PIECES = 1 << 16;

  private final ReceiveWindow window;
  private final Counters counters;
  private OutOfOrderQueue outOfOrder; // null until something comes out of order
  private final WaitingPieces ready = new WaitingPieces();
  private long receivedBytes;
  private boolean ended;
  private boolean lost; // what was in order was thrown away
  private boolean dropped; // what a subflow has acknowledged
  private boolean endKnown;
  private long endDsn;

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
      dropped = true;
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
    if (ranges > 0 && Seq64.ge(dsn, outOfOrder.end())) {
      counters.increment(Mib.OFO_QUEUE_TAIL);
    }
    boolean stored = outOfOrder.insert(dsn, data, data.readerIndex(), length) > 0;
    dropped |= outOfOrder.refusedBytes() > 0;
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

  /**
   * Bytes that are the next ones, because TCP or this queue put them in order; ownership passes.
   */
  void receiveInOrder(ByteBuf data) {
    cutAtEnd(window.next(), data);
    if (ended || !data.isReadable()) {
      data.release();
    } else {
      append(data);
    }
  }

  /**
   * Whether all that subflows have acknowledged is here and in order. What was dropped comes again
   * at the data level only: the bytes of a subflow alone are not the data any more.
   */
  boolean isWhole() {
    return !dropped && outOfOrderBytes() == 0;
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

  /** Where the data ends is not known any more, unless it has ended. */
  void forgetEnd() {
    endKnown = ended;
  }

  /** What waited for bytes that have come is in order now, unless it lies behind the end. */
  private void appendFollowing() {
    ByteBuf data;
    while (outOfOrder != null && (data = outOfOrder.poll(window.next())) != null) {
      receiveInOrder(data);
    }
  }

  private void append(ByteBuf data) {
    int count = data.readableBytes();
    ready.add(data);
    receivedBytes += count;
    window.advance(count);
  }

  /** Next piece, owned by the caller; null when there is none. */
  ByteBuf read(int mostBytes) {
    ByteBuf data = ready.poll(mostBytes);
    if (data != null) {
      window.consumed(data.readableBytes());
    }
    return data;
  }

  /** The application has had its turn: what it did not read takes no more memory than it needs. */
  void keep() {
    ready.keep();
  }

  /** Memory that it keeps alive. */
  long heldBytes() {
    return ready.heldBytes() + (outOfOrder == null ? 0 : outOfOrder.heldBytes());
  }

  /** Memory that what is in order and not read keeps alive. */
  long unreadHeldBytes() {
    return ready.heldBytes();
  }

  /** The same, and nothing while all of it came after the application had its turn. */
  long leftHeldBytes() {
    return ready.anyLeft() ? ready.heldBytes() : 0;
  }

  /** Memory that what lies beyond holes keeps alive. */
  long prunableBytes() {
    return outOfOrder == null ? 0 : outOfOrder.heldBytes();
  }

  /**
   * Drops what lies beyond holes; whether there was any. RFC 8684 section 3.3.2: without a DATA_ACK
   * its sender keeps it, whatever subflows have acknowledged.
   */
  boolean prune() {
    boolean any = outOfOrder != null && !outOfOrder.isEmpty();
    dropped |= any;
    releaseOutOfOrder();
    return any;
  }

  /** Bytes in order and not read. */
  long readableBytes() {
    return ready.bytes();
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

  /** Whether bytes that were in order were thrown away before they were read. */
  boolean lost() {
    return lost;
  }

  /** Releases everything. */
  void release() {
    lost |= !ready.isEmpty();
    releaseOutOfOrder();
    ready.release();
  }
}
