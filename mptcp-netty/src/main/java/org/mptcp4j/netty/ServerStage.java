package org.mptcp4j.netty;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpServerSocket;

/** Where a {@link MptcpServerChannel} is in its life: what it has depends on that. */
sealed interface ServerStage extends OnLoop {
  /**
   * Its socket on the stack of that event loop.
   *
   * @throws IllegalStateException when it does not listen
   */
  default MptcpServerSocket socket() {
    throw new IllegalStateException("the channel is not bound; bind it first");
  }

  /** The address and port it listens on, {@code null} before the pipeline knows. */
  default @Nullable InetSocketAddress local() {
    return null;
  }

  /** It is closed. */
  default void end() {
    // Nothing was opened.
  }

  /** Nothing is known. */
  record Unregistered() implements ServerStage, OnLoop.Nowhere {}

  /** It may be bound. */
  record Registered(StackLoop at) implements ServerStage {}

  /** Its socket is open. */
  sealed interface Open extends ServerStage {
    @Override
    MptcpServerSocket socket();

    @Override
    default void end() {
      at().executeUnlessEnded(() -> at().closeServer(socket()));
    }
  }

  /** It is open, perhaps not yet on the stacks of the other event loops. */
  record Listening(StackLoop at, MptcpServerSocket socket) implements Open {}

  /** Connections may be accepted. */
  record Bound(StackLoop at, MptcpServerSocket socket, InetSocketAddress local) implements Open {}

  /** It is closed. */
  record Closed(ServerStage last) implements ServerStage, OnLoop.Over {
    @Override
    public @Nullable InetSocketAddress local() {
      return last.local();
    }
  }
}
