package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.SendQueue;
import org.mptcp4j.wire.Seq64;

/**
 * What the application wrote, in data sequence space, until it is DATA_ACKed: acknowledged up to
 * {@code una}, given to subflows up to {@code nxt}, written up to {@code end}. Holds one reference
 * to each buffer; a subflow's own queue holds others, so that a buffer lives until both levels have
 * acknowledged it. RFC 8684 section 3.3.
 */
public final class DataSendQueue {
  private SendQueue pieces;
  private long nxt;

  /**
   * Makes an empty queue.
   *
   * @param first data sequence number of the first byte
   */
  DataSendQueue(long first) {
    pieces = new SendQueue(first);
    nxt = first;
  }

  /** First byte not acknowledged. */
  public long una() {
    return pieces.start();
  }

  /** First byte not yet given to any subflow. */
  public long nxt() {
    return nxt;
  }

  /** Where the next written byte goes. */
  public long end() {
    return pieces.end();
  }

  /** Bytes written and not acknowledged. */
  long heldBytes() {
    return pieces.bytes();
  }

  /**
   * Room in a buffer of that size; negative when it is too full. Small pieces cost more than their
   * bytes: of that it may be twice the size and something beside.
   */
  long roomBytes(long bufferBytes, long besideBytes) {
    return Math.min(bufferBytes - heldBytes(), 2 * bufferBytes + besideBytes - memoryBytes());
  }

  /** Memory that they keep alive. */
  long memoryBytes() {
    return pieces.heldBytes();
  }

  /** Bytes written and not given to any subflow. */
  public long unsentBytes() {
    return Math.max(0, Seq64.diff(pieces.end(), nxt));
  }

  /** Takes ownership of a buffer; its readable bytes follow what was written before. */
  void write(ByteBuf buffer) {
    pieces.append(buffer, buffer.readerIndex(), buffer.readableBytes());
    buffer.release();
  }

  /**
   * Gives bytes to a subflow, and advances {@link #nxt()} past them.
   *
   * @param dsn first byte, between una and nxt
   * @param length bytes, not beyond end
   * @param into receives the pieces and retains them
   */
  public void give(long dsn, int length, PieceSink into) {
    pieces.forEach(dsn, length, into);
    nxt = Seq64.max(nxt, dsn + length);
  }

  /** Shows the pieces of a range, in order. */
  void forEach(long dsn, int length, PieceSink sink) {
    pieces.forEach(dsn, length, sink);
  }

  /** Everything before {@code dsn} is acknowledged; releases what lies before it. */
  void acknowledge(long dsn) {
    pieces.freeUntil(dsn);
    nxt = Seq64.max(nxt, pieces.start());
  }

  /**
   * The first bytes arrived outside the data sequence space: those after them take their numbers.
   *
   * @param count how many; none is acknowledged otherwise
   */
  void renumber(int count) {
    long first = pieces.start();
    SendQueue moved = new SendQueue(first);
    pieces.forEach(first + count, (int) pieces.bytes() - count, moved::append);
    pieces.release();
    pieces = moved;
    nxt = first;
  }

  /** Throws away what is not acknowledged. What was acknowledged and sent still shows. */
  void release() {
    pieces.discard();
  }
}
