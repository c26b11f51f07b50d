package org.mptcp4j.testkit.byhand;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Bytes as text, a character for each. */
final class Latin1 {
  private Latin1() {}

  /** Its bytes, owned by the caller. */
  static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  /** All pieces that there are, which are released; null ends them. */
  static String read(Supplier<ByteBuf> pieces) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf piece = pieces.get(); piece != null; piece = pieces.get()) {
      text.append(piece.toString(StandardCharsets.ISO_8859_1));
      piece.release();
    }
    return text.toString();
  }
}
