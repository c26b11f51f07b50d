package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.link.tun.TunDevice;
import org.mptcp4j.link.tun.TunIo;
import org.mptcp4j.link.tun.TunOptions;

/** Hosts of several event loops on TUN devices, with the kernel as the router between them. */
@Tag("interop")
class SeveralLoopsTest {
  private static final int CONNECTIONS = 12;
  private static final int SIZE = 3_000_000;

  @RegisterExtension private final KernelRouter router = new KernelRouter("ntl-");

  /** Which queue of a device each event loop writes to, and so where the kernel's answers come. */
  private enum Writing {
    OWN_QUEUE {
      @Override
      TunIo io(TunDevice device, int queue) {
        return new EpollTunIo(device, queue);
      }
    },
    /** Every packet of a flow comes in on another event loop than that of its connection. */
    QUEUE_OF_ANOTHER_LOOP {
      @Override
      TunIo io(TunDevice device, int queue) {
        return new CrossedIo(
            new EpollTunIo(device, queue), new EpollTunIo(device, (queue + 1) % device.queues()));
      }
    };

    abstract TunIo io(TunDevice device, int queue);
  }

  private record CrossedIo(TunIo reads, TunIo writes) implements TunIo {
    @Override
    public int read(long address, int length) {
      return reads.read(address, length);
    }

    @Override
    public int writev(long iovAddress, int count) {
      return writes.writev(iovAddress, count);
    }
  }

  private MptcpHostBuilder builder(int loops, String... tuns) throws IOException {
    MptcpHostBuilder builder = MptcpHost.builder().eventLoops(loops);
    for (String tun : tuns) {
      builder.tun(TunOptions.parse(tun).withNamespace(router.namespace()));
    }
    return builder;
  }

  /** What happens on the server, from several threads. */
  private static final class Server {
    private final Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger elsewhere = new AtomicInteger();

    ServerBootstrap bootstrap(MptcpHost host) {
      return new ServerBootstrap()
          .group(host.eventLoops())
          .channelFactory(host.serverChannelFactory())
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  accepted.incrementAndGet();
                  loops.add(channel.eventLoop());
                  channel.pipeline().addLast(new Echo());
                }
              });
    }

    private final class Echo extends Recorder {
      @Override
      void received(ChannelHandlerContext ctx, ByteBuf buf) {
        if (!ctx.channel().eventLoop().inEventLoop()) {
          elsewhere.incrementAndGet();
        }
        ctx.write(buf);
      }
    }
  }

  /** A client that waits for its bytes and for a second subflow. */
  private static final class Client extends Recorder {
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

  private static MptcpChannel connect(MptcpHost host, Client handler) throws Exception {
    return (MptcpChannel)
        new Bootstrap()
            .group(host.eventLoops())
            .channelFactory(host.channelFactory())
            .handler(handler)
            .connect("10.9.3.2", 80)
            .sync()
            .channel();
  }

  private static long sum(MptcpHost host, String counter) {
    return host.withStacks((now, stack) -> stack.counters().getOrDefault(counter, 0L)).stream()
        .mapToLong(future -> future.syncUninterruptibly().getNow())
        .sum();
  }

  private static List<StackUsage> usage(MptcpHost host) {
    return host.withStacks((now, stack) -> stack.usage()).stream()
        .map(future -> future.syncUninterruptibly().getNow())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void connectionsWithTwoSubflowsEchoTheirBytes(Writing writing) throws Exception {
    Server server = new Server();
    try (MptcpHost there =
            builder(2, "srv0:10.9.3.2/24", "srv1:10.9.4.2/24").tunIo(writing::io).build();
        MptcpHost here =
            builder(2, "cli0:10.9.1.2/24", "cli1:10.9.2.2/24").tunIo(writing::io).build()) {
      server.bootstrap(there).bind(80).sync();
      List<Client> clients = new ArrayList<>();
      List<MptcpChannel> channels = new ArrayList<>();
      long expected = 0;
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(new Client());
        channels.add(connect(here, clients.get(i)));
        ByteBuf data = Pair.payload(SIZE);
        expected = Pair.hash(data);
        channels.get(i).writeAndFlush(data);
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        Client client = clients.get(i);
        client.joined.await();
        client.reached.await();
        assertThat(client.hash.getValue()).isEqualTo(expected);
        assertThat(channels.get(i).connectionInfo().subflows()).hasSizeGreaterThanOrEqualTo(2);
      }
      assertThat(server.accepted).hasValue(CONNECTIONS);
      assertThat(server.elsewhere).hasValue(0);
      assertThat(channels.stream().map(Channel::eventLoop).distinct()).hasSize(2);
      if (writing == Writing.QUEUE_OF_ANOTHER_LOOP) {
        // nearly every packet was counted twice
        long received = sum(there, "IpInReceives");
        assertThat(2 * sum(there, "StackHandedOver")).isGreaterThan(received - received / 20);
      }
      for (MptcpChannel channel : channels) {
        channel.close().sync();
      }
    }
  }

  @Test
  void theServerChannelListensOnEveryStack() throws Exception {
    Server server = new Server();
    try (MptcpHost there = builder(3, "srv0:10.9.3.2/24").build();
        MptcpHost here = builder(1, "cli0:10.9.1.2/24").build()) {
      Channel listening = server.bootstrap(there).bind(80).sync().channel();
      assertThatThrownBy(() -> new Server().bootstrap(there).bind(80).sync())
          .isInstanceOf(BindException.class);
      List<Channel> channels = new ArrayList<>();
      // the kernel spreads new flows by their hash: some of 64 come to each of three
      for (int i = 0; i < 64; i++) {
        channels.add(connect(here, new Client()));
      }
      assertThat(usage(there)).allMatch(usage -> usage.connections() > 0);
      assertThat(sum(there, "TcpOutRsts")).isZero();
      awaitAccepted(server, 64);
      listening.close().sync();
      assertThatThrownBy(() -> connect(here, new Client())).isInstanceOf(ConnectException.class);
      assertThat(channels).allMatch(Channel::isActive);
      assertThat(server.loops).hasSize(3);
      server.bootstrap(there).bind(80).sync();
      connect(here, new Client());
    }
  }

  @Test
  void nothingIsAcceptedAnywhereWhileTheServerDoesNotRead() throws Exception {
    Server server = new Server();
    try (MptcpHost there = builder(2, "srv0:10.9.3.2/24").build();
        MptcpHost here = builder(1, "cli0:10.9.1.2/24").build()) {
      Channel listening =
          server.bootstrap(there).option(ChannelOption.AUTO_READ, false).bind(80).sync().channel();
      for (int i = 0; i < 32; i++) {
        connect(here, new Client());
      }
      assertThat(usage(there)).allMatch(usage -> usage.connections() > 0);
      assertThat(server.accepted).hasValue(0);
      listening.config().setAutoRead(true);
      awaitAccepted(server, 32);
      assertThat(server.loops).hasSize(2);
    }
  }

  @Test
  void whoTakesTheTurnToAcceptAndHasNothingPassesItOn() throws Exception {
    Server server = new Server();
    try (MptcpHost there = builder(2, "srv0:10.9.3.2/24").build();
        MptcpHost here = builder(1, "cli0:10.9.1.2/24").build()) {
      MptcpServerChannel listening =
          (MptcpServerChannel)
              server
                  .bootstrap(there)
                  .option(ChannelOption.AUTO_READ, false)
                  .bind(80)
                  .sync()
                  .channel();
      listening.read();
      listening.eventLoop().submit(() -> {}).sync();
      assertThat(listening.wantsConnections()).isTrue();
      for (int i = 0; i < 32; i++) {
        connect(here, new Client());
      }
      assertThat(usage(there)).allMatch(usage -> usage.connections() > 0);
      assertThat(server.accepted).hasValue(0);
      listening.nothingAccepted();
      awaitAccepted(server, 1);
    }
  }

  private static void awaitAccepted(Server server, int count) {
    while (server.accepted.get() < count) {
      assertThat(Thread.currentThread().isInterrupted()).as("hangs").isFalse();
      Thread.onSpinWait();
    }
  }

  @Test
  void whatDoesNotFitIsSaidInWords() throws Exception {
    EventLoopGroup other = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try (MptcpHost host = builder(2, "cli0:10.9.1.2/24").build()) {
      assertThatThrownBy(() -> host.withStack((now, stack) -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("withStacks");
      assertThatThrownBy(
              () ->
                  new Bootstrap()
                      .group(other)
                      .channelFactory(host.channelFactory())
                      .handler(new Recorder())
                      .connect("10.9.1.1", 80)
                      .sync())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("use .group(host.eventLoops())");
    } finally {
      other.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
    // closed with its event loops, and so are the devices
    builder(1, "cli0:10.9.1.2/24").build().close();
  }
}
