package org.mptcp4j.lab.traffic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/**
 * The server's side of {@link LoadMode#HASHED_SOURCE}: reads how many bytes are wanted, eight
 * bytes, the most significant first, and sends so many random ones and then their SHA-256.
 */
final class HashedSource {
  private static final int PIECE = 64 << 10;

  private final MessageDigest digest = Digests.sha256();
  private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
  private final byte[] piece = new byte[PIECE];
  private int missing = Long.BYTES;
  private long left;
  private boolean finished;

  /** Reads what there is of the number. */
  void read(ByteBuf data) {
    while (missing > 0 && data.isReadable()) {
      left = left << 8 | data.readUnsignedByte();
      missing--;
    }
  }

  /** Writes until the channel has enough, and flushes; returns the bytes written. */
  long fill(Channel channel) {
    long written = 0;
    while (missing == 0 && !finished && channel.isWritable()) {
      written += left > 0 ? writePiece(channel) : writeDigest(channel);
    }
    channel.flush();
    return written;
  }

  private int writePiece(Channel channel) {
    int length = (int) Math.min(left, PIECE);
    random.nextBytes(piece);
    digest.update(piece, 0, length);
    channel.write(
        channel.alloc().directBuffer(length).writeBytes(piece, 0, length), channel.voidPromise());
    left -= length;
    return length;
  }

  private int writeDigest(Channel channel) {
    finished = true;
    byte[] hash = digest.digest();
    channel.write(
        channel.alloc().directBuffer(hash.length).writeBytes(hash), channel.voidPromise());
    return hash.length;
  }
}
