package org.mptcp4j.netty;

import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackEvent;

/** Hands the stack's events to the channels, which are the attachments of the sockets. */
final class EventDispatcher {
  private final MptcpStack stack;

  EventDispatcher(MptcpStack stack) {
    this.stack = stack;
  }

  /**
   * Hands on every event that waits.
   *
   * @return whether there was any: then there may be packets to send and further events
   */
  boolean dispatch() {
    boolean any = false;
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      any = true;
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        if (event.server().attachment() instanceof Acceptor acceptor) {
          acceptor.acceptNow();
        }
      } else if (event.socket().attachment() instanceof MptcpChannel channel) {
        tell(channel, event);
      } else if (event.socket().attachment() instanceof Lingering lingering) {
        end(lingering, event.type());
      }
    }
    return any;
  }

  private static void end(Lingering lingering, StackEvent.Type type) {
    if (type == StackEvent.Type.CLOSED || type == StackEvent.Type.CONNECT_FAILED) {
      lingering.over();
    }
  }

  /** A channel that missed an event might wait for ever for what the event said: it is closed. */
  private void tell(MptcpChannel channel, StackEvent event) {
    try {
      channel.onEvent(event);
    } catch (RuntimeException | Error failure) {
      channel.pipeline().fireExceptionCaught(failure);
      channel.unsafe().close(channel.unsafe().voidPromise());
      throw failure;
    }
  }
}
