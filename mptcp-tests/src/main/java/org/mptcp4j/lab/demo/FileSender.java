package org.mptcp4j.lab.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.lab.traffic.Digests;

/**
 * The application of the demo's client: writes a file of random bytes as the socket takes it, then
 * its end.
 */
final class FileSender {
  private static final int PIECE = 64 << 10;

  private final MptcpSocket socket;
  private final SplittableRandom random;
  private final MessageDigest digest = Digests.sha256();
  private final byte[] piece = new byte[PIECE];
  private long left;
  private boolean finished;

  FileSender(MptcpSocket socket, long seed, long size) {
    this.socket = socket;
    this.random = new SplittableRandom(seed);
    this.left = size;
  }

  /** Writes what there is room for. */
  void onTurn() {
    while (left > 0 && socket.writableBytes() >= Math.min(left, PIECE)) {
      int length = (int) Math.min(left, PIECE);
      random.nextBytes(piece);
      digest.update(piece, 0, length);
      ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(piece, 0, length);
      left -= length;
      socket.write(buffer);
    }
    if (left == 0 && !finished) {
      finished = true;
      socket.shutdownOutput();
    }
  }

  /** SHA-256 of the whole file, once it has all been written. */
  byte[] sha256() {
    return digest.digest();
  }
}
