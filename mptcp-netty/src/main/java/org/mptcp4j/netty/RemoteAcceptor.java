package org.mptcp4j.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts for a server channel on the stack of another event loop than the channel's, and hands the
 * connections to it in batches.
 */
final class RemoteAcceptor implements Acceptor {
  /** Connections of one round: what Netty's server channels accept in one. */
  private static final int ROUND = 16;

  private static final Logger LOG = LoggerFactory.getLogger(RemoteAcceptor.class);

  private final MptcpServerChannel channel;
  private final StackLoop at;
  private final MptcpServerSocket socket;
  private final Runnable acceptTask = this::acceptNow;
  private volatile boolean waiting;

  RemoteAcceptor(MptcpServerChannel channel, StackLoop at, MptcpServerSocket socket) {
    this.channel = channel;
    this.at = at;
    this.socket = socket;
    socket.setAttachment(this);
  }

  @Override
  public void acceptNow() {
    waiting = true; // before the channel is asked: it looks at this after it has said that it reads
    if (!channel.wantsConnections()) {
      return;
    }
    waiting = false;
    List<MptcpChannel> accepted = new ArrayList<>();
    while (accepted.size() < ROUND) {
      MptcpSocket next = socket.accept();
      if (next == null) {
        break;
      }
      accepted.add(MptcpChannel.accepted(channel, at, next));
    }
    try {
      if (accepted.isEmpty()) {
        channel.nothingAccepted();
      } else {
        channel.eventLoop().execute(() -> channel.deliver(accepted));
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("the event loop of {} has ended", channel, e);
      accepted.forEach(RemoteAcceptor::abort);
      at.closeServer(socket);
      return;
    }
    if (accepted.size() == ROUND) {
      at.eventLoop().execute(acceptTask);
    }
  }

  /** Resets a connection whose channel no pipeline has got. */
  static void abort(MptcpChannel undeliverable) {
    undeliverable.config().setSoLinger(0);
    undeliverable.unsafe().closeForcibly();
  }

  /** The channel reads: what waits is accepted; from the channel's event loop. */
  void wake() {
    if (waiting) {
      at.executeUnlessEnded(acceptTask);
    }
  }

  /** Listens no longer; from any thread. */
  void close() {
    at.executeUnlessEnded(() -> at.closeServer(socket));
  }
}
