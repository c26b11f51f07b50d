package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;

/** Which way something goes, or is in the way. */
enum Way {
  UP,
  DOWN,
  BOTH;

  boolean has(ByteBuf datagram) {
    return this == BOTH || (this == UP) == Cutter.isFromClient(datagram);
  }
}
