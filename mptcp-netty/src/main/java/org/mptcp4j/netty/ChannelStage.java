package org.mptcp4j.netty;

import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.mptcp4j.api.MptcpSocket;

/** Where a {@link MptcpChannel} is in its life: what it has depends on that. */
sealed interface ChannelStage extends OnLoop {
  /**
   * Its connection.
   *
   * @throws NotYetConnectedException when there is none yet
   */
  default MptcpSocket socket() {
    throw new NotYetConnectedException();
  }

  /** Whether bytes may be read and written. */
  default boolean isActive() {
    return false;
  }

  /** It is registered with an event loop. */
  default ChannelStage registered(StackLoop with) {
    return this;
  }

  /** It is registered no longer. */
  default ChannelStage deregistered() {
    return this;
  }

  /** It is closed; {@code linger} as {@code SO_LINGER}. */
  default void end(int linger) {
    // Nothing was opened.
  }

  /** Nothing is known. */
  record Unregistered() implements ChannelStage, OnLoop.Nowhere {
    @Override
    public ChannelStage registered(StackLoop with) {
      return new Registered(with);
    }
  }

  /** It may connect. */
  record Registered(StackLoop at) implements ChannelStage {
    @Override
    public ChannelStage deregistered() {
      return new Unregistered();
    }
  }

  /** It has a connection. */
  sealed interface Connected extends ChannelStage {
    @Override
    MptcpSocket socket();

    @Override
    default ChannelStage deregistered() {
      return new Waiting(this, new MissedEvents());
    }

    @Override
    default void end(int linger) {
      at().executeUnlessEnded(() -> at().closeSocket(socket(), linger));
    }
  }

  /** The peer has not answered yet. */
  record Connecting(StackLoop at, MptcpSocket socket, ConnectAttempt attempt) implements Connected {
    @Override
    public void end(int linger) {
      attempt.fail(new ClosedChannelException());
      Connected.super.end(linger);
    }
  }

  /** It is with no event loop: what the stack reports waits until it is registered again. */
  record Waiting(Connected of, MissedEvents missed) implements Connected {
    @Override
    public StackLoop at() {
      return of.at();
    }

    @Override
    public MptcpSocket socket() {
      return of.socket();
    }

    @Override
    public boolean isActive() {
      return of.isActive();
    }

    @Override
    public ChannelStage deregistered() {
      return this;
    }

    @Override
    public void end(int linger) {
      of.end(linger);
    }
  }

  /** Bytes come and go. */
  record Active(StackLoop at, MptcpSocket socket) implements Connected {
    @Override
    public boolean isActive() {
      return true;
    }
  }

  /** It is closed; what it had can still be looked at. */
  record Closed(ChannelStage last) implements ChannelStage, OnLoop.Over {
    @Override
    public MptcpSocket socket() {
      return last.socket();
    }
  }
}
