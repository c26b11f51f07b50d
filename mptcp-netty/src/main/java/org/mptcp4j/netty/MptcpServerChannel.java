package org.mptcp4j.netty;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;

/**
 * A listening socket as a Netty channel. Use it from a plain {@code ServerBootstrap} with {@code
 * .group(host.eventLoops())} and {@code .channelFactory(host.serverChannelFactory())}; the channels
 * of accepted connections are {@link MptcpChannel}s, each on the event loop that its connection
 * lives on. On a host with several event loops it listens on the stack of every one; its pipeline
 * runs on that which it is registered with.
 *
 * <p>Binding to the wildcard address listens on every address of the host, those of both IP
 * versions. {@code bind} fails with a {@link java.net.BindException} when the port is taken or the
 * address is not one of the host's.
 */
public final class MptcpServerChannel extends AbstractServerChannel
    implements ServerSocketChannel, Acceptor {
  private final MptcpHost host;
  private final MptcpServerChannelConfig config;
  private final Runnable acceptTask = this::acceptNow;

  private volatile ServerStage stage = new ServerStage.Unregistered();

  private final AtomicBoolean readPending = new AtomicBoolean();
  private volatile List<RemoteAcceptor> elsewhere = List.of();

  /** Accepted elsewhere, and come while this was with no event loop. */
  private final List<MptcpChannel> undelivered = new ArrayList<>();

  private boolean acceptScheduled;
  private boolean accepting;

  MptcpServerChannel(MptcpHost host) {
    this.host = host;
    this.config = new MptcpServerChannelConfig(this, host.openOptions());
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
    return !(stage instanceof ServerStage.Closed);
  }

  @Override
  public boolean isActive() {
    return stage instanceof ServerStage.Bound;
  }

  /** The address and port it listens on, {@code null} before {@code bind}. */
  @Override
  public @Nullable InetSocketAddress localAddress() {
    return stage.local();
  }

  /** Always {@code null}. */
  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return stage.local();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true; // doRegister says what is wrong in better words than Netty would
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    StackLoop with;
    try {
      with = host.register(this, stage.loop());
    } catch (IllegalStateException refused) {
      promise.setFailure(refused);
      return;
    }
    if (stage instanceof ServerStage.Unregistered) {
      stage = new ServerStage.Registered(with);
    }
    promise.setSuccess();
    eventLoop().execute(this::catchUp);
  }

  /** Connections that came while it was with no event loop. */
  private void catchUp() {
    List<MptcpChannel> before = List.copyOf(undelivered);
    undelivered.clear();
    deliver(before);
    if (readPending.get()) {
      doBeginRead();
    }
  }

  @Override
  protected void doDeregister() {
    if (stage instanceof ServerStage.Registered registered) {
      registered.at().remove(this); // it has nothing that the host would have to end
      stage = new ServerStage.Unregistered();
    }
  }

  /** Listens on every stack before the pipeline is told, so that no connection finds one deaf. */
  @Override
  public ChannelFuture bind(SocketAddress localAddress, ChannelPromise promise) {
    if (host.stacks().size() == 1 || !isRegistered()) {
      return super.bind(localAddress, promise);
    }
    stage.at().execute(() -> bindEverywhere(localAddress, promise));
    return promise;
  }

  private void bindEverywhere(SocketAddress localAddress, ChannelPromise promise) {
    InetSocketAddress local;
    try {
      local = listen(localAddress).localAddress();
    } catch (IOException | RuntimeException failure) {
      promise.tryFailure(failure);
      return;
    }
    List<Future<RemoteAcceptor>> others = new ArrayList<>();
    for (StackLoop other : host.stacks()) {
      if (other != stage.at()) {
        others.add(submitListenAt(other, local));
      }
    }
    PromiseCombiner all = new PromiseCombiner(eventLoop());
    others.forEach(all::add);
    Promise<Void> listening = eventLoop().newPromise();
    listening.addListener(
        done -> {
          elsewhere = others.stream().filter(Future::isSuccess).map(Future::getNow).toList();
          if (done.isSuccess() && isOpen()) {
            super.bind(local, promise);
          } else {
            elsewhere.forEach(RemoteAcceptor::close);
            promise.tryFailure(isOpen() ? done.cause() : new ClosedChannelException());
            close();
          }
        });
    all.finish(listening);
  }

  private Future<RemoteAcceptor> submitListenAt(StackLoop other, InetSocketAddress local) {
    try {
      return other.eventLoop().submit(() -> listenAt(other, local));
    } catch (RejectedExecutionException loopHasEnded) {
      return eventLoop().newFailedFuture(loopHasEnded);
    }
  }

  private RemoteAcceptor listenAt(StackLoop other, InetSocketAddress local) throws IOException {
    return new RemoteAcceptor(this, other, other.listen(local, backlog(), config.forListening()));
  }

  private int backlog() {
    return Math.max(1, config.getBacklog());
  }

  private MptcpServerSocket listen(SocketAddress localAddress) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (stage instanceof ServerStage.Open open) {
      throw new IllegalStateException(
          "bound to " + open.socket().localAddress() + " already; bind another channel");
    }
    StackLoop at = stage.at();
    MptcpServerSocket socket =
        at.listen(MptcpHost.inetAddress(localAddress), backlog(), config.forListening());
    stage = new ServerStage.Listening(at, socket);
    socket.setAttachment(this);
    return socket;
  }

  @Override
  protected void doBind(SocketAddress localAddress) throws IOException {
    if (host.stacks().size() == 1 || isActive()) {
      listen(localAddress);
    } else if (!(stage instanceof ServerStage.Listening)) {
      throw new IllegalStateException("bind the channel itself, not a context of its pipeline");
    }
    MptcpServerSocket socket = stage.socket();
    stage = new ServerStage.Bound(stage.at(), socket, socket.localAddress());
  }

  @Override
  protected void doClose() {
    ServerStage last = stage;
    if (isOpen()) {
      stage = new ServerStage.Closed(last);
      last.loop().ifPresent(at -> at.executeUnlessEnded(() -> at.remove(this)));
      last.end();
    }
    elsewhere.forEach(RemoteAcceptor::close);
    undelivered.forEach(RemoteAcceptor::abort);
    undelivered.clear();
  }

  @Override
  protected void doBeginRead() {
    readPending.set(true);
    elsewhere.forEach(RemoteAcceptor::wake);
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
    readPending.set(false);
  }

  /** Whether connections of another event loop's stack may be accepted; from any thread. */
  boolean wantsConnections() {
    return isActive() && isRegistered() && (config.isAutoRead() || readPending.getAndSet(false));
  }

  /** {@link #wantsConnections} was asked in vain; from any thread. */
  void nothingAccepted() {
    if (!config.isAutoRead()) {
      // Others were refused meanwhile: whoever has a connection is asked again.
      eventLoop().execute(this::doBeginRead);
    }
  }

  /** Takes connections that were accepted elsewhere; on the event loop. */
  void deliver(List<MptcpChannel> accepted) {
    if (isActive() && !isRegistered()) {
      undelivered.addAll(accepted);
      return;
    }
    boolean any = false;
    for (MptcpChannel channel : accepted) {
      if (isActive()) {
        any = true;
        pipeline().fireChannelRead(channel);
      } else {
        RemoteAcceptor.abort(channel);
      }
    }
    if (any && isActive()) {
      pipeline().fireChannelReadComplete();
    }
  }

  @Override
  public void acceptNow() {
    acceptScheduled = false;
    if (!readPending.get() || !isActive() || !isRegistered() || accepting) {
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
      while (stage instanceof ServerStage.Bound bound
          && (accepted = bound.socket().accept()) != null) {
        any = true;
        readPending.set(false);
        allocHandle.lastBytesRead(1);
        allocHandle.incMessagesRead(1);
        pipeline.fireChannelRead(MptcpChannel.accepted(this, bound.at(), accepted));
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
