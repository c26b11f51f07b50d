package org.mptcp4j.lab.demo;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.lab.traffic.Digests;

/** The application of the demo's server: reads to the end of the stream, then closes. */
final class FileReceiver {
  private final MptcpSocket socket;
  private final MessageDigest digest = Digests.sha256();
  private long received;
  private boolean finished;

  FileReceiver(MptcpSocket socket) {
    this.socket = socket;
  }

  /** Reads what has come. */
  void onTurn() {
    if (finished) {
      return;
    }
    for (ByteBuf piece = socket.read(); piece != null; piece = socket.read()) {
      received += piece.readableBytes();
      digest.update(piece.nioBuffer());
      piece.release();
    }
    if (socket.endOfStream()) {
      finished = true;
      socket.close();
    }
  }

  long received() {
    return received;
  }

  boolean finished() {
    return finished;
  }

  /** SHA-256 of all that came, once {@link #finished}. */
  byte[] sha256() {
    return digest.digest();
  }
}
