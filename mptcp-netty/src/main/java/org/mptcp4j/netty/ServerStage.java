package org.mptcp4j.netty;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpServerSocket;

/** Where a {@link MptcpServerChannel} is in its life: what it has depends on that. */
sealed interface ServerStage {
  /** The event loop that its pipeline runs on; none before it is registered. */
  default Optional<StackLoop> loop() {
    return Optional.of(at());
  }

  /** The same, for what only a registered channel does. */
  StackLoop at();

  /**
   * Its socket on the stack of that event loop.
   *
   * @throws IllegalStateException when it does not listen
   */
  default MptcpServerSocket socket() {
    throw new IllegalStateException("the channel is not bound");
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
  record Unregistered() implements ServerStage {
    @Override
    public Optional<StackLoop> loop() {
      return Optional.empty();
    }

    @Override
    public StackLoop at() {
      throw new IllegalStateException("the channel is not registered with an event loop");
    }
  }

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
  record Closed(ServerStage last) implements ServerStage {
    @Override
    public Optional<StackLoop> loop() {
      return last.loop();
    }

    @Override
    public StackLoop at() {
      return last.at();
    }

    @Override
    public @Nullable InetSocketAddress local() {
      return last.local();
    }
  }
}
