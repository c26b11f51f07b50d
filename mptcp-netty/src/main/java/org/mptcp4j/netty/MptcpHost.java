package org.mptcp4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
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
 * One MPTCP stack with its links, bound to one event loop: a host of its own on the network, whose
 * connections are Netty channels.
 *
 * <pre>{@code
 * try (MptcpHost host = MptcpHost.builder().tun("tun0:10.0.1.2/24").tun("tun1:10.0.2.2/24").build()) {
 *   new ServerBootstrap()
 *       .group(host.eventLoop())
 *       .channelFactory(host.serverChannelFactory())
 *       .childHandler(...)
 *       .bind(8080).sync().channel().closeFuture().sync();
 * }
 * }</pre>
 *
 * <p>Packets, timers and handlers all run on the event loop's thread; a packet goes from the device
 * to {@code channelRead} without a copy and without a change of thread. The methods here may be
 * called from any thread. A program that wants to use more cores makes several hosts, each with its
 * links, on several event loops.
 */
public final class MptcpHost implements AutoCloseable {
  private final MptcpStack stack;
  private final IoEventLoop loop;
  private final Drive drive;
  private final SocketOptions defaults;
  private final EventLoopGroup ownGroup;
  private final Set<Channel> channels = new LinkedHashSet<>();
  private boolean closed;

  /**
   * Creates the host.
   *
   * @param defaults what channels start from
   * @param ownGroup shut down with the host; {@code null} when the event loop is the caller's
   */
  MptcpHost(
      MptcpStack stack,
      IoEventLoop loop,
      Drive drive,
      SocketOptions defaults,
      EventLoopGroup ownGroup) {
    this.stack = stack;
    this.loop = loop;
    this.drive = drive;
    this.defaults = defaults.toBuilder().noDelay(true).build();
    this.ownGroup = ownGroup;
  }

  /** A builder of a host on TUN devices. */
  public static MptcpHostBuilder builder() {
    return new MptcpHostBuilder();
  }

  /**
   * The event loop that every channel of this host runs on: for {@code Bootstrap.group} and {@code
   * ServerBootstrap.group}.
   */
  public IoEventLoop eventLoop() {
    return loop;
  }

  /** Makes client channels: for {@code Bootstrap.channelFactory}. */
  public ChannelFactory<MptcpChannel> channelFactory() {
    return () -> new MptcpChannel(this);
  }

  /** Makes server channels: for {@code ServerBootstrap.channelFactory}. */
  public ChannelFactory<MptcpServerChannel> serverChannelFactory() {
    return () -> new MptcpServerChannel(this);
  }

  /**
   * Uses the stack on its own thread: counters, links going down, whatever channels do not offer.
   * What it gives rise to, such as packets to send, is taken care of.
   *
   * @param action called on the event loop, at once when this is the event loop
   * @param <T> type of the result
   * @return completed with the result or with what {@code action} threw
   */
  public <T> Future<T> withStack(StackAction<T> action) {
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

  /**
   * Something done with a stack on its thread.
   *
   * @param <T> type of the result
   */
  @FunctionalInterface
  public interface StackAction<T> {
    /**
     * Does it.
     *
     * @param stack the stack, to be used during the call only
     * @param nowNs the time, for the verbs that want it
     * @return the result
     */
    T apply(MptcpStack stack, long nowNs);
  }

  /**
   * Closes the channels and the links, and the event loop when the builder made it. Connections
   * that are still open are reset. Waits until it is done, unless called on the event loop. Does
   * nothing the second time.
   */
  @Override
  public void close() {
    if (loop.inEventLoop()) {
      closeNow();
    } else if (!loop.isShuttingDown()) {
      loop.submit(this::closeNow).syncUninterruptibly();
    }
    if (ownGroup != null) {
      Future<?> ended = ownGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS);
      if (!loop.inEventLoop()) {
        ended.syncUninterruptibly();
      }
    }
  }

  /** The end of the host, on the event loop; also when the event loop itself ends. */
  void closeNow() {
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

  // --- what the channels need; on the event loop unless noted

  SocketOptions socketDefaults() {
    return defaults;
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

  /** Runs the task on the event loop; from any thread. */
  void execute(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /**
   * Completes the registration of a channel, which must be with this host's event loop; on any
   * event loop.
   */
  void register(Channel channel, ChannelPromise promise) {
    if (channel.eventLoop() != loop) {
      promise.setFailure(
          new IllegalStateException(
              "a channel of an MptcpHost runs on that host's event loop: use .group(host.eventLoop()), not "
                  + channel.eventLoop()));
    } else if (closed) {
      promise.setFailure(new IllegalStateException("the MptcpHost is closed"));
    } else {
      channels.add(channel);
      promise.setSuccess();
    }
  }

  void deregister(Channel channel) {
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

  /**
   * Checks an address given to {@code bind} or {@code connect}.
   *
   * @throws UnsupportedAddressTypeException when it is not an IP address with a port
   * @throws UnresolvedAddressException when its host name was not resolved
   */
  static InetSocketAddress inetAddress(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      throw new UnsupportedAddressTypeException();
    }
    if (inet.isUnresolved()) {
      throw new UnresolvedAddressException();
    }
    return inet;
  }
}
