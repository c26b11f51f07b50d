package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;

/** Takes pieces of payload one after the other. */
@FunctionalInterface
public interface PieceSink {

  /**
   * Offers a piece. The sink retains the buffer if it keeps the piece.
   *
   * @param buf holds the bytes; its reader index is neither used nor changed
   * @param index where they begin
   * @param length how many
   */
  void accept(ByteBuf buf, int index, int length);
}
