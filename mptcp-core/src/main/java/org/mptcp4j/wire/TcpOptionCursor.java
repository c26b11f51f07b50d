package org.mptcp4j.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Walks TCP options in order, for tools and tests; it survives any bytes. The stack itself uses
 * {@link TcpOptions}. NOPs are visited too; an end-of-list option is the last one.
 */
public final class TcpOptionCursor {
  private ByteBuf buf = Unpooled.EMPTY_BUFFER;
  private int next;
  private int end;
  private int index;
  private int kind;
  private int length;
  private boolean malformed;

  /** A cursor over nothing. */
  public TcpOptionCursor() {}

  /**
   * Starts before the first option.
   *
   * @param from borrowed
   * @param start of the options
   * @param size of the option space in bytes; so many must be there
   */
  public void reset(ByteBuf from, int start, int size) {
    buf = from;
    next = start;
    end = start + size;
    malformed = false;
  }

  /** Moves to the next option; false at the end, or at an option that is cut off. */
  public boolean next() {
    if (next >= end) {
      return false;
    }
    index = next;
    kind = buf.getUnsignedByte(index);
    if (kind == TcpOptions.EOL || kind == TcpOptions.NOP) {
      length = 1;
      next = kind == TcpOptions.EOL ? end : index + 1;
      return true;
    }
    length = index + 1 < end ? buf.getUnsignedByte(index + 1) : 0;
    if (length < 2 || length > end - index) {
      malformed = true;
      next = end;
      return false;
    }
    next = index + length;
    return true;
  }

  /** Whether the walk ended at an option that is cut off. */
  public boolean malformed() {
    return malformed;
  }

  /** Kind of the current option. */
  public int kind() {
    return kind;
  }

  /** Absolute index of its kind byte. */
  public int index() {
    return index;
  }

  /** Its length, kind and length bytes included. */
  public int length() {
    return length;
  }
}
