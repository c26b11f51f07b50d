package org.mptcp4j.netty;

import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackEvent;

/**
 * One MPTCP connection (or the plain TCP connection that it fell back to) as a Netty channel: the
 * meta socket with a pipeline.
 *
 * <p>Use it from a plain {@code Bootstrap} with {@code .group(host.eventLoop())} and {@code
 * .channelFactory(host.channelFactory())}; a {@link MptcpServerChannel} creates those of accepted
 * connections. Every handler runs on the thread that read the packet.
 *
 * <p><b>Reading.</b> {@code channelRead} gets the bytes in the buffer that the device filled,
 * without a copy. With auto-read off nothing is taken from the receive queue, the data-level window
 * closes and the peer stops sending.
 *
 * <p><b>Writing.</b> A direct buffer passes to the stack without a copy and is kept until the peer
 * has acknowledged its bytes; its contents must not be changed after {@code write}, not even when
 * the promise is complete, which happens as soon as the stack has taken the bytes into its send
 * buffer. Other buffers and {@link FileRegion}s are copied once. While the send buffer is full,
 * flushed messages wait in the {@link ChannelOutboundBuffer} and {@link #isWritable()} follows its
 * water marks.
 *
 * <p><b>Closing.</b> {@code close()} is orderly: what the stack took is still delivered, after the
 * channel is closed. {@code SO_LINGER} 0 turns it into an abort (MP_FASTCLOSE), a positive value
 * aborts what is not finished after so many seconds. A reset by the peer is an {@link IOException}
 * in {@code exceptionCaught} followed by {@code channelInactive}.
 *
 * <p><b>User events</b> beyond those of {@link SocketChannel}: {@link MptcpEstablished}, {@link
 * SubflowUp}, {@link SubflowDown}, {@link SubflowPriority}, {@link AddressAnnounced}, {@link
 * AddressRemoved}, {@link UrgentData}.
 */
public final class MptcpChannel extends AbstractChannel implements SocketChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final MptcpHost host;
  private final MptcpChannelConfig config;
  private final ChannelInput input = new ChannelInput(this);

  private volatile ChannelStage stage;
  private volatile @Nullable InetSocketAddress local;
  private volatile @Nullable InetSocketAddress remote;
  private volatile boolean outputShutdown;

  /** Why the connection ended, when that was before its time. */
  private @Nullable IOException failure;

  /** A channel that will connect. */
  MptcpChannel(MptcpHost host) {
    super(null);
    this.host = host;
    this.config = new MptcpChannelConfig(this, host.openOptions());
    this.stage = new ChannelStage.Unregistered();
  }

  private MptcpChannel(MptcpServerChannel parent, ChannelStage stage) {
    super(parent);
    this.host = parent.host();
    this.config = new MptcpChannelConfig(this, parent.config().ofAccepted());
    this.stage = stage;
    MptcpSocket accepted = stage.socket();
    config.opened(stage.at(), accepted);
    this.local = accepted.localAddress();
    this.remote = accepted.remoteAddress();
    accepted.setAttachment(this);
  }

  /**
   * The channel of an accepted connection; on the event loop that the connection lives on. What the
   * stack reports waits until the parent's pipeline has registered it.
   */
  static MptcpChannel accepted(MptcpServerChannel parent, StackLoop at, MptcpSocket accepted) {
    ChannelStage stage = new ChannelStage.Active(at, accepted).deregistered();
    MptcpChannel channel = new MptcpChannel(parent, stage);
    at.add(channel);
    return channel;
  }

  /** Where it is in its life. */
  ChannelStage stage() {
    return stage;
  }

  /** The event loop that its connection lives on, if it has one yet. */
  Optional<EventLoop> stackEventLoop() {
    return stage.loop().map(StackLoop::eventLoop);
  }

  /**
   * A snapshot of the connection and its subflows. Usable from any thread; a thread other than the
   * event loop's waits for it.
   *
   * @return the snapshot
   * @throws NotYetConnectedException before {@code connect}
   */
  public ConnectionInfo connectionInfo() {
    if (eventLoop().inEventLoop()) {
      return stage.socket().info();
    }
    return eventLoop().submit(() -> stage.socket().info()).syncUninterruptibly().getNow();
  }

  /** Its subflows and addresses: what the application may do with them. */
  public MptcpPaths paths() {
    return new MptcpPaths(this);
  }

  /** Has something done with the socket, on its event loop. */
  <T> Future<T> onSocket(StackLoop.SocketAction<T> action) {
    Promise<T> promise = eventLoop().newPromise();
    inLoop(() -> StackLoop.run(promise, () -> stage.at().apply(action, stage.socket())));
    return promise;
  }

  /** The host whose stack carries this channel. */
  public MptcpHost host() {
    return host;
  }

  @Override
  public MptcpChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isOpen() {
    return !(stage instanceof ChannelStage.Closed);
  }

  @Override
  public boolean isActive() {
    return stage.isActive();
  }

  @Override
  public MptcpServerChannel parent() {
    return (MptcpServerChannel) super.parent();
  }

  /** The local end of the first subflow, {@code null} before {@code connect} and {@code bind}. */
  @Override
  public @Nullable InetSocketAddress localAddress() {
    return local;
  }

  /** The remote end of the first subflow, {@code null} before {@code connect}. */
  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new SocketUnsafe();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true; // doRegister says what is wrong in better words than Netty would
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    try {
      stage = stage.registered(host.register(this, stage.loop()));
    } catch (IllegalStateException refused) {
      config.setSoLinger(0); // nobody has said that what was written is complete
      unsafe().close(voidPromise());
      promise.setFailure(refused);
      return;
    }
    promise.setSuccess();
    if (stage instanceof ChannelStage.Waiting waiting) {
      eventLoop().execute(() -> catchUp(waiting));
    }
  }

  /** The pipeline is there: it gets what the stack has reported meanwhile. */
  private void catchUp(ChannelStage.Waiting waiting) {
    if (stage != waiting || !isRegistered()) {
      return;
    }
    stage = waiting.of();
    for (StackEvent event : waiting.missed().kept()) {
      if (isOpen()) {
        onEvent(event);
      }
    }
    if (isActive()) {
      input.readNow();
      flushMore();
    }
  }

  @Override
  protected void doDeregister() {
    Optional<StackLoop> at = stage.loop();
    stage = stage.deregistered();
    if (stage instanceof ChannelStage.Unregistered) {
      at.ifPresent(loop -> loop.remove(this)); // it has nothing that the host would have to end
    }
  }

  @Override
  protected void doBind(SocketAddress localAddress) {
    local = MptcpHost.inetAddress(localAddress);
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    if (!isOpen()) {
      return;
    }
    ChannelStage last = stage;
    stage = new ChannelStage.Closed(last);
    input.markShutDown();
    outputShutdown = true;
    last.loop().ifPresent(at -> at.executeUnlessEnded(() -> at.remove(this)));
    last.end(config.getSoLinger());
  }

  // --- half close

  @Override
  public boolean isInputShutdown() {
    return input.isShutDown();
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  @Override
  public boolean isShutdown() {
    return input.isShutDown() && outputShutdown;
  }

  /**
   * Stops reading: bytes that come later are acknowledged and thrown away, as a kernel socket does.
   */
  @Override
  public ChannelFuture shutdownInput() {
    return shutdownInput(newPromise());
  }

  @Override
  public ChannelFuture shutdownInput(ChannelPromise promise) {
    inLoop(
        () -> {
          if (!isActive()) {
            promise.tryFailure(
                isOpen() ? new NotYetConnectedException() : new ClosedChannelException());
            return;
          }
          input.shutDown();
          promise.trySuccess();
        });
    return promise;
  }

  /**
   * Sends DATA_FIN (or FIN on plain TCP) after what was flushed and taken by the stack; the rest
   * fails.
   */
  @Override
  public ChannelFuture shutdownOutput() {
    return shutdownOutput(newPromise());
  }

  @Override
  public ChannelFuture shutdownOutput(ChannelPromise promise) {
    inLoop(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
    return promise;
  }

  @Override
  public ChannelFuture shutdown() {
    return shutdown(newPromise());
  }

  /** Both directions; when the output cannot be shut down, or was before, the input still is. */
  @Override
  public ChannelFuture shutdown(ChannelPromise promise) {
    shutdownOutput()
        .addListener(
            output ->
                shutdownInput()
                    .addListener(
                        input -> {
                          if (output.isSuccess() && input.isSuccess()) {
                            promise.trySuccess();
                          } else {
                            promise.tryFailure(output.isSuccess() ? input.cause() : output.cause());
                          }
                        }));
    return promise;
  }

  @Override
  protected void doShutdownOutput() {
    if (!isActive()) {
      throw new NotYetConnectedException();
    }
    outputShutdown = true;
    stage.socket().shutdownOutput();
    stage.at().touched();
  }

  // --- reading

  @Override
  protected void doBeginRead() {
    input.begin();
  }

  void clearReadPending() {
    if (isRegistered() && !eventLoop().inEventLoop()) {
      eventLoop().execute(this::clearReadPending);
      return;
    }
    input.clearPending();
  }

  // --- writing

  @Override
  protected Object filterOutboundMessage(Object msg) {
    return Outbound.prepare(msg, alloc());
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) throws IOException {
    if (failure != null) {
      throw failure;
    }
    boolean more = Outbound.write(in, stage.socket(), alloc(), maxMessagesPerWrite());
    stage.at().touched();
    if (more) {
      eventLoop().execute(this::flushMore);
    }
  }

  private void flushMore() {
    ((SocketUnsafe) unsafe()).flushPending();
  }

  // --- what the stack reports

  /**
   * Takes one event of this channel's socket; called on the event loop, never from within a
   * handler.
   */
  void onEvent(StackEvent event) {
    if (stage instanceof ChannelStage.Waiting waiting) {
      waiting.missed().add(event);
      return;
    }
    switch (event.type()) {
      case CONNECTED -> connected();
      case CONNECT_FAILED -> connectFailed(event.error());
      case READABLE, END_OF_STREAM -> input.readNow();
      case URGENT ->
          pipeline().fireUserEventTriggered(new UrgentData(stage.socket().urgentBytes()));
      case WRITABLE -> flushMore();
      case CLOSED -> over(event.error());
      case ESTABLISHED, SUB_ESTABLISHED, SUB_CLOSED, SUB_PRIORITY, ANNOUNCED, REMOVED ->
          pipeline().fireUserEventTriggered(PathEvents.of(event));
      case ACCEPTABLE ->
          throw new IllegalStateException("ACCEPTABLE is an event of a server socket");
    }
  }

  private void connected() {
    if (stage instanceof ChannelStage.Connecting connecting) {
      MptcpSocket socket = connecting.socket();
      stage = new ChannelStage.Active(connecting.at(), socket);
      local = socket.localAddress();
      remote = socket.remoteAddress();
      boolean wanted = connecting.attempt().succeed();
      pipeline().fireChannelActive();
      if (!wanted) {
        unsafe().close(voidPromise());
      }
    }
  }

  private void connectFailed(SocketError error) {
    if (stage instanceof ChannelStage.Connecting connecting) {
      connecting.attempt().fail(error);
      unsafe().close(voidPromise());
    }
  }

  private void over(SocketError error) {
    if (!isActive()) {
      return;
    }
    if (!input.drain(error == SocketError.NONE)) {
      return; // nothing is lost by waiting for the reader, who finds the end after the last byte
    }
    if (isActive() && error != SocketError.NONE) {
      IOException why = SocketErrors.ioException(error);
      failure = why;
      flushMore(); // what waits to be written fails with it
      pipeline().fireExceptionCaught(why);
    }
    if (isActive()) {
      unsafe().close(voidPromise());
    }
  }

  private void inLoop(Runnable task) {
    if (eventLoop().inEventLoop()) {
      task.run();
    } else {
      eventLoop().execute(task);
    }
  }

  /** The transport operations of Netty that are not overridable hooks of the channel. */
  private final class SocketUnsafe extends AbstractUnsafe {

    void flushPending() {
      flush0();
    }

    @Override
    public void connect(
        SocketAddress remoteAddress, @Nullable SocketAddress localAddress, ChannelPromise promise) {
      if (promise.isDone() || !ensureOpen(promise)) {
        return;
      }
      try {
        if (isActive()) {
          throw new AlreadyConnectedException();
        }
        if (stage instanceof ChannelStage.Connected) {
          throw new ConnectionPendingException();
        }
        InetSocketAddress peer = MptcpHost.inetAddress(remoteAddress);
        if (localAddress != null) {
          doBind(localAddress);
        }
        StackLoop at = stage.at();
        MptcpSocket socket = at.connect(peer, config.forConnecting(local));
        ConnectAttempt attempt = new ConnectAttempt(promise, peer);
        stage = new ChannelStage.Connecting(at, socket, attempt);
        config.opened(at, socket);
        socket.setAttachment(MptcpChannel.this);
        remote = peer;
        attempt.start(config.getConnectTimeoutMillis(), () -> close(voidPromise()));
        if (config.opensFast()) {
          // As Netty's epoll transport: without a flush, which would fail on a channel like this.
          Outbound.writeBeforeConnected(outboundBuffer(), socket, alloc());
        }
        at.touched();
      } catch (IOException | RuntimeException failure) {
        promise.tryFailure(failure);
        closeIfClosed();
      }
    }
  }
}
