package org.mptcp4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stack of an {@link MptcpHost} on its event loop, with the channels of its connections. Used
 * on the event loop unless noted.
 */
final class StackLoop {
  private static final Logger LOG = LoggerFactory.getLogger(StackLoop.class);

  private enum State {
    OPEN,
    /** No channel is left; what closed ones wrote is still being delivered. */
    CLOSING,
    CLOSED
  }

  private final MptcpStack stack;
  private final IoEventLoop loop;
  private final Drive drive;
  private final long lingerNs;
  private final Set<Channel> channels = new LinkedHashSet<>();
  private final Promise<Void> closed = ImmediateEventExecutor.INSTANCE.newPromise();
  private Runnable loopEnds = () -> {};
  private State state = State.OPEN;

  /**
   * Binds them.
   *
   * @param linger how long closing waits at most for what closed channels have written
   */
  StackLoop(MptcpStack stack, IoEventLoop loop, Drive drive, Duration linger) {
    this.stack = stack;
    this.loop = loop;
    this.drive = drive;
    this.lingerNs = linger.toNanos();
  }

  /** From any thread. */
  IoEventLoop eventLoop() {
    return loop;
  }

  /** What the stack was configured with; from any thread. */
  StackConfig config() {
    return stack.config();
  }

  /** Something to do with a socket. */
  interface SocketAction<T> {
    @Nullable T apply(long nowNs, MptcpSocket socket) throws IOException;
  }

  /** Does something with a socket that lives here, on the event loop. */
  <T> @Nullable T apply(SocketAction<T> action, MptcpSocket socket) throws IOException {
    try {
      return action.apply(drive.nowNs(), socket);
    } finally {
      touched();
    }
  }

  /** Completes a promise by what a call returns or throws. */
  static <T> void run(Promise<T> promise, Callable<T> call) {
    try {
      promise.trySuccess(call.call());
    } catch (Exception failure) {
      promise.tryFailure(failure);
    }
  }

  /** See {@link MptcpHost#withStack}; from any thread. */
  <T> Future<T> withStack(MptcpHost.StackAction<T> action) {
    Promise<T> promise = loop.newPromise();
    execute(
        () -> {
          try {
            promise.trySuccess(action.apply(drive.nowNs(), stack));
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

  /** Runs the task on the event loop, or not at all when that has ended; from any thread. */
  void executeUnlessEnded(Runnable task) {
    try {
      execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("the event loop has ended", e);
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
    if (state != State.OPEN) {
      throw new IllegalStateException("the MptcpHost is closed; build another one");
    }
    channels.add(channel);
  }

  void remove(Channel channel) {
    channels.remove(channel);
  }

  /** Ends the use of a socket by its channel; {@code linger} as {@code SO_LINGER}. */
  void closeSocket(MptcpSocket socket, int linger) {
    socket.setAttachment(null);
    if (linger == 0) {
      socket.abort();
    } else {
      socket.close();
    }
    if (linger > 0 && socket.state() != MptcpSocket.State.CLOSED) {
      Runnable reset = () -> abortUnfinished(socket);
      socket.setAttachment(new Lingering(loop.schedule(reset, linger, TimeUnit.SECONDS)));
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
    server.setAttachment(null);
    server.close();
    touched();
  }

  /** Has this run when the event loop ends, on it, even when it ends because of an error. */
  void whenLoopEnds(Runnable toBeTold) {
    if (loop instanceof SingleThreadEventExecutor executor) {
      loopEnds = toBeTold;
      executor.addShutdownHook(toBeTold);
    }
  }

  /** Whether closing has begun; on the event loop, or when that is gone. */
  boolean isClosing() {
    return state != State.OPEN;
  }

  /** Complete when the links are closed; from any thread. */
  Future<Void> closed() {
    return closed;
  }

  /**
   * Closes the channels at once, and the links when what closed channels had written is delivered
   * or the time for that is over. Then every peer has heard of it.
   */
  void close() {
    if (state == State.OPEN) {
      closeChannels();
      stack.shutdown(drive.nowNs(), drive.nowNs() + lingerNs);
      drive.close(this::stopped);
    }
  }

  /** As {@link #close()}, on an event loop that ends: all is done when this returns. */
  void closeWithLoop() {
    if (state == State.CLOSED) {
      return;
    }
    closeChannels();
    stack.shutdown(drive.nowNs(), drive.nowNs() + lingerNs);
    drive.closeWithLoop(this::stopped);
  }

  /** The event loop is gone without having told anyone; then on any thread. */
  void closeAfterLoop() {
    if (state != State.CLOSED) {
      state = State.CLOSING;
      stack.shutdown(drive.nowNs(), drive.nowNs());
      drive.closeWithLoop(this::stopped);
      closeChannels();
    }
  }

  private void stopped() {
    state = State.CLOSED;
    stack.close();
    if (loop instanceof SingleThreadEventExecutor executor && loop.inEventLoop()) {
      executor.removeShutdownHook(loopEnds);
    }
    closed.trySuccess(null);
  }

  private void closeChannels() {
    if (state == State.OPEN) {
      state = State.CLOSING;
    }
    for (Channel channel : List.copyOf(channels)) {
      if (channel instanceof MptcpChannel connection) {
        connection.config().setSoLinger(0);
      }
      channel.unsafe().close(channel.unsafe().voidPromise());
    }
  }
}
