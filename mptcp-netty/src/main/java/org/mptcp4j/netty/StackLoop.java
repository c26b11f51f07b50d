package org.mptcp4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.stack.MptcpStack;

/**
 * One stack of an {@link MptcpHost} on its event loop, with the channels of its connections. Used
 * on the event loop unless noted.
 */
final class StackLoop {
  private final MptcpStack stack;
  private final IoEventLoop loop;
  private final Drive drive;
  private final Set<Channel> channels = new LinkedHashSet<>();
  private boolean closed;

  StackLoop(MptcpStack stack, IoEventLoop loop, Drive drive) {
    this.stack = stack;
    this.loop = loop;
    this.drive = drive;
  }

  /** From any thread. */
  IoEventLoop eventLoop() {
    return loop;
  }

  /** See {@link MptcpHost#withStack}; from any thread. */
  <T> Future<T> withStack(MptcpHost.StackAction<T> action) {
    Promise<T> promise = loop.newPromise();
    execute(
        () -> {
          try {
            promise.trySuccess(action.apply(stack, drive.nowNs()));
          } catch (RuntimeException | Error failure) {
            promise.tryFailure(failure);
          } finally {
            touched();
          }
        });
    return promise;
  }

  /** Runs the task on the event loop; from any thread. */
  void execute(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  MptcpSocket connect(InetSocketAddress remote, SocketOptions options) throws IOException {
    try {
      return stack.connect(drive.nowNs(), remote, options);
    } catch (MptcpException e) {
      throw (IOException) SocketErrors.connectException(e.error(), remote).initCause(e);
    }
  }

  MptcpServerSocket listen(InetSocketAddress local, int backlog, SocketOptions options)
      throws IOException {
    try {
      return stack.listen(local, backlog, options);
    } catch (MptcpException e) {
      throw (IOException) SocketErrors.bindException(e.error(), local).initCause(e);
    }
  }

  /** See {@link Drive#touched()}. */
  void touched() {
    drive.touched();
  }

  /**
   * Adds a channel.
   *
   * @throws IllegalStateException when the host is closed
   */
  void add(Channel channel) {
    if (closed) {
      throw new IllegalStateException("the MptcpHost is closed");
    }
    channels.add(channel);
  }

  void remove(Channel channel) {
    channels.remove(channel);
  }

  /** Ends the use of a socket by its channel; {@code linger} as {@code SO_LINGER}. */
  void closeSocket(MptcpSocket socket, int linger) {
    socket.attachment(null);
    if (linger == 0) {
      socket.abort();
    } else {
      socket.close();
    }
    if (linger > 0) {
      loop.schedule(() -> abortUnfinished(socket), linger, TimeUnit.SECONDS);
    }
    touched();
  }

  private void abortUnfinished(MptcpSocket socket) {
    if (socket.state() != MptcpSocket.State.CLOSED) {
      socket.abort();
      touched();
    }
  }

  /** Ends a server socket. */
  void closeServer(MptcpServerSocket server) {
    server.attachment(null);
    server.close();
    touched();
  }

  /** Closes the channels and the links; also when the event loop itself ends. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Channel channel : List.copyOf(channels)) {
      if (channel instanceof MptcpChannel connection) {
        connection.config().setSoLinger(0);
      }
      channel.unsafe().close(channel.unsafe().voidPromise());
    }
    drive.close(stack::close);
  }

  /**
   * The event loop is gone, perhaps without having told anyone: at least the devices are closed.
   */
  void loopGone() {
    if (!closed) {
      closed = true;
      drive.close(stack::close);
    }
  }
}
