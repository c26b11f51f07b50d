package org.mptcp4j.testkit.packetdrill;

import java.util.Optional;

/** Calls with NULL in the place of a buffer of some length: EFAULT, once bytes would be copied. */
final class NullBuffers {
  private static final Answer FAULT = Answer.error("EFAULT");

  private NullBuffers() {}

  /** Whether the call, whose arguments are a descriptor, a buffer and its length, is one. */
  static boolean isOne(Arguments a) {
    return a.text(1).equals("NULL") && a.number(2) > 0;
  }

  /**
   * A read: what is there stays there.
   *
   * @param otherwise what is answered as long as nothing is there
   */
  static PendingCall read(ScriptSocket socket, PendingCall otherwise) {
    return () -> socket.readableBytes() > 0 ? Optional.of(FAULT) : otherwise.attempt();
  }

  /**
   * A write.
   *
   * @param otherwise what is answered as long as nothing can be written
   */
  static PendingCall write(ScriptSocket socket, PendingCall otherwise) {
    return () ->
        socket.isConnected() && !socket.outputEnded() ? Optional.of(FAULT) : otherwise.attempt();
  }
}
