package org.mptcp4j.testkit;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/**
 * Checks that received bytes are a {@link PseudoRandomBytes} stream from its beginning, without a
 * gap or a wrong byte.
 */
public final class ByteStreamChecker {
  private enum What {
    CHECKS,
    COUNTS,
    KEEPS
  }

  private static final int SEARCH = 1 << 20;

  private final String name;
  private final PseudoRandomBytes expected;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
  private long received;
  private What what = What.CHECKS;

  /**
   * A checker that expects the first byte.
   *
   * @param name for messages
   * @param expected the stream
   */
  public ByteStreamChecker(String name, PseudoRandomBytes expected) {
    this.name = name;
    this.expected = expected;
  }

  /** Bytes accepted so far. */
  public long received() {
    return received;
  }

  /** From now on bytes are only counted. */
  void acceptAnything() {
    what = What.COUNTS;
  }

  /** From now on bytes are counted and kept. */
  void keep() {
    what = What.KEEPS;
  }

  byte[] kept() {
    return kept.toByteArray();
  }

  /**
   * Checks the next bytes.
   *
   * @param piece its readable bytes; not changed, not released
   * @throws AssertionError when one is wrong; says where, and from which place of the stream the
   *     bytes seem to come
   */
  public void accept(ByteBuf piece) {
    int bad = what == What.CHECKS ? expected.mismatch(piece, received) : -1;
    if (bad >= 0) {
      throw new AssertionError(
          name + ": wrong byte at offset " + (received + bad) + origin(piece, bad));
    }
    if (what == What.KEEPS) {
      byte[] bytes = new byte[piece.readableBytes()];
      piece.getBytes(piece.readerIndex(), bytes);
      kept.writeBytes(bytes);
    }
    received += piece.readableBytes();
  }

  private String origin(ByteBuf piece, int bad) {
    int length = Math.min(8, piece.readableBytes() - bad);
    if (length < 4) {
      return "";
    }
    ByteBuf sample = piece.slice(piece.readerIndex() + bad, length);
    long here = received + bad;
    for (long distance = 1; distance < SEARCH; distance++) {
      if (expected.mismatch(sample, here + distance) < 0) {
        return ", where the stream jumps " + distance + " bytes forward";
      }
      if (distance <= here && expected.mismatch(sample, here - distance) < 0) {
        return ", where the stream jumps " + distance + " bytes back";
      }
    }
    return ", and the bytes are from nowhere near in the stream";
  }
}
