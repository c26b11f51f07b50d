package org.mptcp4j.api;

/**
 * How large a buffer is at first, and how large it may become while it is tuned automatically. A
 * buffer grows only as far as the connection makes use of it, and holds no memory for bytes that
 * are not there.
 *
 * @param initialBytes where it begins
 * @param maxBytes where it ends; the same as {@code initialBytes} for a buffer of fixed size
 */
public record BufferRange(int initialBytes, int maxBytes) {

  /** The largest buffer: what a TCP window can tell of (RFC 7323 section 2.3), in bytes. */
  public static final int MOST_BYTES = 1 << 30;

  /** Checks the values. */
  public BufferRange {
    Checks.atLeast("initialBytes", initialBytes, SocketOptions.MIN_BUFFER_BYTES);
    Checks.within("maxBytes", maxBytes, initialBytes, MOST_BYTES);
  }

  /**
   * A buffer that is not tuned.
   *
   * @param bytes its size
   * @return a range of one size
   */
  public static BufferRange fixed(int bytes) {
    Checks.atLeast("bytes", bytes, SocketOptions.MIN_BUFFER_BYTES);
    return new BufferRange(bytes, bytes);
  }

  /**
   * The size within the range that is nearest to another.
   *
   * @param bytes any size
   * @return that size, or the end of the range that it lies beyond
   */
  public int nearest(int bytes) {
    return Math.max(initialBytes, Math.min(bytes, maxBytes));
  }
}
