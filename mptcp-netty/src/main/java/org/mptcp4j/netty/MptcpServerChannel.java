package org.mptcp4j.netty;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;

/**
 * A listening socket as a Netty channel. Use it from a plain {@code ServerBootstrap} with {@code
 * .group(host.eventLoop())} and {@code .channelFactory(host.serverChannelFactory())}; the channels
 * of accepted connections are {@link MptcpChannel}s on the same event loop.
 *
 * <p>Binding to the wildcard address listens on every address of the host, those of both IP
 * versions. {@code bind} fails with a {@link java.net.BindException} when the port is taken or the
 * address is not one of the host's.
 */
public final class MptcpServerChannel extends AbstractServerChannel {
  private final MptcpHost host;
  private final MptcpServerChannelConfig config;
  private final Runnable acceptTask = this::acceptNow;

  private volatile boolean closed;
  private volatile InetSocketAddress local;

  private MptcpServerSocket socket;
  private boolean readPending;
  private boolean acceptScheduled;
  private boolean accepting;

  MptcpServerChannel(MptcpHost host) {
    this.host = host;
    this.config = new MptcpServerChannelConfig(this, host.socketDefaults());
  }

  /** The host whose stack carries this channel. */
  public MptcpHost host() {
    return host;
  }

  @Override
  public MptcpServerChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isActive() {
    return !closed && local != null;
  }

  /** The address and port it listens on, {@code null} before {@code bind}. */
  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true; // doRegister says what is wrong in better words than Netty would
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    host.register(this, promise);
  }

  @Override
  protected void doDeregister() {
    host.deregister(this);
  }

  @Override
  protected void doBind(SocketAddress localAddress) throws IOException {
    if (socket != null) {
      throw new IllegalStateException("bound to " + local + " already");
    }
    socket =
        host.listen(
            MptcpHost.inetAddress(localAddress), config.getBacklog(), config.fixSocketOptions());
    socket.attachment(this);
    local = socket.localAddress();
  }

  @Override
  protected void doClose() {
    closed = true;
    MptcpServerSocket closing = socket;
    if (closing != null) {
      host.execute(
          () -> {
            closing.attachment(null);
            closing.close();
            host.touched();
          });
    }
  }

  @Override
  protected void doBeginRead() {
    readPending = true;
    if (!accepting && !acceptScheduled) {
      acceptScheduled = true;
      eventLoop().execute(acceptTask);
    }
  }

  void clearReadPending() {
    if (isRegistered() && !eventLoop().inEventLoop()) {
      eventLoop().execute(this::clearReadPending);
      return;
    }
    readPending = false;
  }

  /**
   * Accepts what waits, as far as the pipeline reads; called on the event loop, never from within a
   * handler.
   */
  void acceptNow() {
    acceptScheduled = false;
    if (!readPending || !isActive() || accepting) {
      return;
    }
    RecvByteBufAllocator.ExtendedHandle allocHandle =
        (RecvByteBufAllocator.ExtendedHandle) unsafe().recvBufAllocHandle();
    allocHandle.reset(config);
    allocHandle.attemptedBytesRead(1);
    ChannelPipeline pipeline = pipeline();
    accepting = true;
    boolean any = false;
    try {
      MptcpSocket accepted;
      while (isActive() && (accepted = socket.accept()) != null) {
        any = true;
        readPending = false;
        allocHandle.lastBytesRead(1);
        allocHandle.incMessagesRead(1);
        pipeline.fireChannelRead(new MptcpChannel(this, host, accepted));
        if (!allocHandle.continueReading()) {
          break;
        }
      }
    } finally {
      accepting = false;
    }
    if (any) {
      allocHandle.readComplete();
      pipeline.fireChannelReadComplete();
    }
  }
}
