package org.mptcp4j.fuzz;

import java.util.Arrays;

/**
 * The bytes of one input, read as the numbers that a run asks for. Behind the end come zeros, so
 * that every input is a whole program.
 */
final class FuzzInput {
  private final byte[] bytes;
  private int at;

  FuzzInput(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean atEnd() {
    return at >= bytes.length;
  }

  int u8() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  int u32() {
    return u16() << 16 | u16();
  }

  /** One of some values. */
  int oneOf(int... values) {
    return values[u8() % values.length];
  }

  /** Up to so many of the next bytes. */
  byte[] bytes(int most) {
    int end = Math.min(bytes.length, at + most);
    byte[] taken = Arrays.copyOfRange(bytes, Math.min(at, end), end);
    at = Math.max(at, end);
    return taken;
  }
}
