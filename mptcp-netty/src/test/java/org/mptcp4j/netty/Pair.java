package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;

/** A client and a server in a simulated network. */
final class Pair implements AutoCloseable {
  static final LinkProfile PATH = LinkProfile.of(100_000_000, millis(5)).queueTime(millis(50));
  static final Duration LONG = Duration.ofMinutes(2);

  /** Counts exactly what is not released. */
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

  final SimulatedNetwork net;
  final Recorder atServer;
  final Recorder atClient = new Recorder();
  Channel server;
  MptcpChannel client;

  Pair(Recorder atServer, LinkProfile... paths) {
    this(7, atServer, paths);
  }

  Pair(long seed, Recorder atServer, LinkProfile... paths) {
    this.net =
        SimulatedNetwork.between(
            seed,
            allocator,
            StackConfig.defaults(),
            StackConfig.defaults(),
            paths.length == 0 ? new LinkProfile[] {PATH} : paths);
    this.atServer = atServer;
  }

  ServerBootstrap serverBootstrap() {
    return new ServerBootstrap()
        .group(net.eventLoop())
        .channelFactory(net.server().serverChannelFactory())
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .childHandler(handlers(atServer));
  }

  Bootstrap bootstrap() {
    return new Bootstrap()
        .group(net.eventLoop())
        .channelFactory(net.client().channelFactory())
        .option(ChannelOption.ALLOCATOR, allocator)
        .handler(handlers(atClient));
  }

  static ChannelInitializer<Channel> handlers(ChannelHandler... handlers) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handlers);
      }
    };
  }

  /** A handler of its own for each channel. */
  static ChannelInitializer<Channel> perChannel(Supplier<ChannelHandler> handler) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handler.get());
      }
    };
  }

  /** Listens and connects with the defaults. */
  Pair connected() {
    listening();
    return connected(bootstrap());
  }

  Pair listening() {
    server = net.await(serverBootstrap().bind(80)).channel();
    return this;
  }

  Pair connected(Bootstrap bootstrap) {
    client = (MptcpChannel) net.await(bootstrap.connect(SimulatedNetwork.SERVER, 80)).channel();
    until(() -> atServer.active);
    return this;
  }

  /** Registers a channel that was deregistered. */
  ChannelFuture register(Channel channel) {
    EventLoopGroup loop = net.eventLoop();
    return loop.register(channel);
  }

  void until(BooleanSupplier condition) {
    if (!net.runUntil(condition, LONG)) {
      throw new AssertionError("did not happen within " + LONG + " of virtual time");
    }
  }

  /** Random bytes, the same in every run. */
  static ByteBuf payload(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes);
  }

  static long hash(ByteBuf buf) {
    CRC32 crc = new CRC32();
    crc.update(buf.nioBuffer());
    return crc.getValue();
  }

  @Override
  public void close() {
    net.close();
    assertThat(allocator.metric().usedDirectMemory()).as("direct memory not released").isZero();
    assertThat(allocator.metric().usedHeapMemory()).as("heap buffers not released").isZero();
  }
}
