package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mptcp4j.link.tun.TunException;
import org.mptcp4j.link.tun.TunIo;
import org.mptcp4j.link.tun.TunOptions;

/**
 * Two hosts on TUN devices in a namespace of its own, with the kernel as the router between them.
 */
@Tag("interop")
class TunHostTest {
  private static final int SIZE = 20_000_000;

  @RegisterExtension private final CapturedLog logged = new CapturedLog();
  @RegisterExtension private final KernelRouter router = new KernelRouter("nty-");

  private MptcpHost host(IoEventLoop loop, String... tuns) throws IOException {
    MptcpHostBuilder builder = MptcpHost.builder();
    if (loop != null) {
      builder.eventLoop(loop);
    }
    for (String tun : tuns) {
      builder.tun(TunOptions.parse(tun).withNamespace(router.namespace()));
    }
    return builder.build();
  }

  private static Channel listen(MptcpHost host, Recorder handler) throws InterruptedException {
    return new ServerBootstrap()
        .group(host.eventLoop())
        .channelFactory(host.serverChannelFactory())
        .childHandler(Pair.handlers(handler))
        .bind(80)
        .sync()
        .channel();
  }

  private static Bootstrap bootstrap(MptcpHost host, Recorder handler) {
    return new Bootstrap()
        .group(host.eventLoop())
        .channelFactory(host.channelFactory())
        .handler(Pair.handlers(handler));
  }

  private static final class Until extends Recorder {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch joined = new CountDownLatch(2);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      super.channelRead(ctx, msg);
      if (bytes == SIZE) {
        reached.countDown();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SubflowUp) {
        joined.countDown();
      }
    }
  }

  @Test
  void bytesThereAndBackOverTwoDevices() throws Exception {
    EventLoopGroup shared = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (MptcpHost server = host(null, "srv0:10.9.3.2/24", "srv1:10.9.4.2/24");
        MptcpHost client =
            host((IoEventLoop) shared.next(), "cli0:10.9.1.2/24", "cli1:10.9.2.2/24")) {
      listen(server, new Recorder.Echo());
      Until received = new Until();
      MptcpChannel channel =
          (MptcpChannel) bootstrap(client, received).connect("10.9.3.2", 80).sync().channel();
      var data = Pair.payload(SIZE);
      long expected = Pair.hash(data);
      channel.writeAndFlush(data);
      received.joined.await();
      received.reached.await();
      assertThat(received.hash.getValue()).isEqualTo(expected);
      assertThat(channel.connectionInfo().subflows()).hasSizeGreaterThanOrEqualTo(2);
      channel.close().sync();
    } finally {
      shared.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void refusedByTheKernel() throws Exception {
    try (MptcpHost client = host(null, "cli0:10.9.1.2/24")) {
      assertThatThrownBy(() -> bootstrap(client, new Recorder()).connect("10.9.1.1", 81).sync())
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("Connection refused")
          .hasMessageContaining("10.9.1.1:81");
    }
  }

  @Test
  void theEndOfTheEventLoopClosesEverything() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    MptcpHost host = host((IoEventLoop) group.next(), "cli0:10.9.1.2/24");
    Channel server = listen(host, new Recorder());
    group.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).sync();
    assertThat(server.closeFuture().isDone()).isTrue();
    assertThat(logged.take())
        .anyMatch(line -> line.contains("ends before its MptcpHost was closed"));
    // the device is gone, so that its name is free again
    host(null, "cli0:10.9.1.2/24").close();
    host.close();
  }

  @Test
  void anErrorWhileReadingADeviceDoesNotEndTheEventLoop() throws Exception {
    AtomicInteger errors = new AtomicInteger();
    MptcpHostBuilder builder =
        MptcpHost.builder()
            .tun(TunOptions.parse("srv0:10.9.3.2/24").withNamespace(router.namespace()))
            .spin(Duration.ofMillis(1))
            .tunIo((device, queue) -> new Failing(new EpollTunIo(device, queue), errors));
    try (MptcpHost server = builder.build();
        MptcpHost client = host(null, "cli0:10.9.1.2/24")) {
      Channel listening = listen(server, new Recorder.Echo());
      Until received = new Until();
      Channel channel = bootstrap(client, received).connect("10.9.3.2", 80).sync().channel();
      errors.set(5);
      channel.writeAndFlush(Pair.payload(SIZE));
      received.reached.await();
      assertThat(errors.get()).isNotPositive();
      assertThat(logged.take()).anyMatch(line -> line.contains("reading from a device failed"));
      assertThat(listening.isActive()).isTrue();
      channel.close().sync();
    }
  }

  private record Failing(TunIo device, AtomicInteger errors) implements TunIo {
    @Override
    public int read(long address, int length) {
      if (errors.get() > 0 && errors.getAndDecrement() > 0) {
        throw new OutOfMemoryError("made by a test");
      }
      return device.read(address, length);
    }

    @Override
    public int writev(long iovAddress, int count) {
      return device.writev(iovAddress, count);
    }
  }

  /** Ends an event loop by an error. */
  private record Dying(IoHandler handler, AtomicBoolean now) implements IoHandler {
    @Override
    public void initialize() {
      handler.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      if (now.get()) {
        throw new OutOfMemoryError("made by a test");
      }
      return handler.run(context);
    }

    @Override
    public void prepareToDestroy() {
      handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
      handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return handler.register(handle);
    }

    @Override
    public void wakeup() {
      handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return handler.isCompatible(handleType);
    }
  }

  @Test
  void anEventLoopThatAnErrorEndedClosesEveryChannelOfTheHost() throws Exception {
    AtomicBoolean dies = new AtomicBoolean();
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, loop -> new Dying(epoll.newHandler(loop), dies));
    EventLoopGroup others = new MultiThreadIoEventLoopGroup(1, epoll);
    MptcpHost host =
        MptcpHost.builder()
            .tun(TunOptions.parse("srv0:10.9.3.2/24").withNamespace(router.namespace()))
            .eventLoops(List.of((IoEventLoop) group.next(), (IoEventLoop) others.next()))
            .build();
    List<Channel> channels = new ArrayList<>();
    for (EventExecutor loop : host.eventLoops()) {
      Channel channel = host.serverChannelFactory().newChannel();
      ((EventLoop) loop).register(channel).sync();
      channel.bind(new InetSocketAddress(80 + channels.size()), channel.newPromise()).sync();
      channels.add(channel);
    }
    assertThat(channels).allMatch(Channel::isActive);
    dies.set(true);
    group.next().execute(() -> {});
    for (Channel channel : channels) {
      channel.closeFuture().await();
    }
    group.terminationFuture().await();
    others.next().submit(() -> {}).sync();
    assertThat(logged.take())
        .anyMatch(line -> line.contains("Unexpected exception from an event executor"))
        .anyMatch(line -> line.contains("ends before its MptcpHost was closed"));
    // the device is gone, so that its name is free again
    host(null, "srv0:10.9.3.2/24").close();
    host.close();
    others.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void anEventLoopThatHasEndedIsRefusedAndLeavesNothing() throws Exception {
    EventLoopGroup ended = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    EventLoopGroup alive = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    IoEventLoop gone = (IoEventLoop) ended.next();
    IoEventLoop there = (IoEventLoop) alive.next();
    ended.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    for (List<IoEventLoop> loops :
        List.of(List.of(gone), List.of(there, gone), List.of(gone, there))) {
      MptcpHostBuilder builder =
          MptcpHost.builder()
              .tun(TunOptions.parse("cli0:10.9.1.2/24").withNamespace(router.namespace()))
              .eventLoops(loops);
      assertThatThrownBy(builder::build).isInstanceOf(RejectedExecutionException.class);
      // the device is gone, so that its name is free again
      host(null, "cli0:10.9.1.2/24").close();
    }
    alive.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void whatCannotBeOpenedIsSaidClearlyAndLeavesNothing() throws Exception {
    assertThatThrownBy(() -> host(null, "cli0:10.9.1.2/24", "cli0:10.9.2.2/24"))
        .isInstanceOf(TunException.class)
        .hasMessageContaining("cli0");
    host(null, "cli0:10.9.1.2/24").close();
    assertThatThrownBy(() -> MptcpHost.builder().tun("cli0:10.9.1.2"))
        .isInstanceOf(TunException.class);
    EventLoopGroup nio = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      assertThatThrownBy(() -> host((IoEventLoop) nio.next(), "cli0:10.9.1.2/24"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("EpollIoHandler.newFactory()");
    } finally {
      nio.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }
}
