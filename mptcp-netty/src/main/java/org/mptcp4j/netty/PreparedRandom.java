package org.mptcp4j.netty;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers fetched from a {@link SecureRandom} some hundred at a time: a key or a nonce costs
 * a few nanoseconds then, not the microsecond of a call. Each is forgotten as soon as it was given
 * out. One thread.
 */
final class PreparedRandom implements RandomGenerator {
  private static final int PREPARED_BYTES = 2048;

  private final SecureRandom source;
  private final byte[] bytes = new byte[PREPARED_BYTES];
  private final ByteBuffer prepared = ByteBuffer.wrap(bytes).position(PREPARED_BYTES);

  /**
   * Prepares nothing yet.
   *
   * @param source of every bit that is given out
   */
  PreparedRandom(SecureRandom source) {
    this.source = source;
  }

  @Override
  public long nextLong() {
    if (!prepared.hasRemaining()) {
      source.nextBytes(bytes);
      prepared.clear();
    }
    int position = prepared.position();
    long value = prepared.getLong();
    prepared.putLong(position, 0);
    return value;
  }
}
