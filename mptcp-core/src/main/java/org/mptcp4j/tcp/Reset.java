package org.mptcp4j.tcp;

import org.mptcp4j.wire.TxSegment;

/** The reset that a socket that is over still has to send. */
enum Reset {
  NONE,
  /** Of its own accord. */
  ABORT,
  /** In answer to data that nobody will read. */
  ANSWER;

  /** An abort, if the old state calls for a reset: RFC 9293 section 3.10.5. */
  static Reset ofAbort(boolean needed) {
    return needed ? ABORT : NONE;
  }

  /** As Linux: what comes after a FIN of ours is answered as by a socket that is gone. */
  static Reset ofUnread(TcpState state) {
    return switch (state) {
      case CLOSED -> NONE;
      case FIN_WAIT_1, FIN_WAIT_2 -> ANSWER;
      default -> ABORT;
    };
  }

  /** Forms it, if there is one. */
  boolean form(long nowNs, Tcb tcb, TxSegment out) {
    switch (this) {
      case ABORT -> SegmentOutput.reset(nowNs, tcb, out);
      case ANSWER -> SegmentOutput.resetInAnswer(nowNs, tcb, out);
      case NONE -> {}
    }
    return this != NONE;
  }
}
