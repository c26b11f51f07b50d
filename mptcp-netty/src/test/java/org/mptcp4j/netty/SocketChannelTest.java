package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What was written for the socket channels of Netty's own transports. */
class SocketChannelTest {

  /** A client and a server as for {@code NioSocketChannel}, but for group and channel. */
  private static final class Program {
    private static final int BYTES = 300_000;

    private final StringBuilder seen = new StringBuilder();
    private int atServer;
    private int atClient;

    ServerBootstrap server(ServerBootstrap bootstrap) {
      return bootstrap
          .option(ChannelOption.SO_BACKLOG, 128)
          .option(ChannelOption.SO_REUSEADDR, true)
          .childOption(ChannelOption.SO_KEEPALIVE, true)
          .childOption(ChannelOption.TCP_NODELAY, true)
          .childOption(ChannelOption.SO_SNDBUF, 64 * 1024)
          .childOption(ChannelOption.SO_RCVBUF, 64 * 1024)
          .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
          .childOption(
              ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16_384, 65_536))
          .handler(
              new ChannelInitializer<ServerSocketChannel>() {
                @Override
                protected void initChannel(ServerSocketChannel channel) {
                  seen.append("server backlog ").append(channel.config().getBacklog());
                }
              })
          .childHandler(
              new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                  ServerSocketChannel parent = channel.parent();
                  seen.append(", accepted at port ").append(parent.localAddress().getPort());
                  channel.config().setTcpNoDelay(true).setSoLinger(-1).setAutoRead(true);
                  channel.pipeline().addLast(new Counter());
                }
              });
    }

    private final class Counter extends SimpleChannelInboundHandler<ByteBuf> {
      @Override
      protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        atServer += bytes.readableBytes();
        ctx.write(bytes.retain());
      }

      @Override
      public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
          SocketChannel channel = (SocketChannel) ctx.channel();
          seen.append(", input shut down ").append(channel.isInputShutdown());
          ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
              .addListener(
                  written -> channel.shutdownOutput().addListener(ChannelFutureListener.CLOSE));
        }
      }
    }

    Bootstrap client(Bootstrap bootstrap) {
      return bootstrap
          .option(ChannelOption.SO_KEEPALIVE, true)
          .option(ChannelOption.TCP_NODELAY, true)
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
          .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
          .handler(
              new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                  channel.config().setKeepAlive(true).setReceiveBufferSize(128 * 1024);
                  channel.pipeline().addLast(new Sender());
                }
              });
    }

    private final class Sender extends ChannelInboundHandlerAdapter {
      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        SocketChannel channel = (SocketChannel) ctx.channel();
        InetSocketAddress remote = channel.remoteAddress();
        seen.append(", connected to ").append(remote.getPort());
        channel.writeAndFlush(payload(BYTES)).addListener(f -> channel.shutdownOutput());
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        atClient += ((ByteBuf) message).readableBytes();
        ((ByteBuf) message).release();
      }

      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
          seen.append(", shut down ").append(((SocketChannel) ctx.channel()).isShutdown());
          ctx.close();
        }
      }
    }
  }

  @Test
  void aProgramForSocketChannelsRunsUnchanged() {
    Program program = new Program();
    try (Pair pair = new Pair(new Recorder())) {
      pair.net.await(program.server(pair.serverBootstrap()).bind(80));
      SocketChannel client =
          (SocketChannel)
              pair.net
                  .await(program.client(pair.bootstrap()).connect(SimulatedNetwork.SERVER, 80))
                  .channel();
      pair.until(() -> !client.isOpen());
      assertThat(program.atServer).isEqualTo(Program.BYTES);
      assertThat(program.atClient).isEqualTo(Program.BYTES);
      assertThat(program.seen)
          .hasToString(
              "server backlog 128, connected to 80, accepted at port 80, input shut down true,"
                  + " shut down true");
    }
  }

  @Test
  void theChannelsAreSocketChannels() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      SocketChannel client = pair.client;
      SocketChannel accepted = (SocketChannel) pair.atServer.channel;
      ServerSocketChannel server = (ServerSocketChannel) pair.server;
      assertThat(client.parent()).isNull();
      assertThat(accepted.parent()).isSameAs(server);
      assertThat(server.localAddress().getPort()).isEqualTo(80);
      assertThat(server.remoteAddress()).isNull();
      assertThat(accepted.remoteAddress()).isEqualTo(client.localAddress());
      assertThat(client.isShutdown()).isFalse();
      pair.net.await(client.shutdown());
      assertThat(client.isInputShutdown()).isTrue();
      assertThat(client.isOutputShutdown()).isTrue();
      assertThat(client.isShutdown()).isTrue();
    }
  }

  @Test
  void settersOfWhatIsThereAreSeenByTheGetters() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      SocketChannelConfig config = ((SocketChannel) pair.client).config();
      assertThat(config.isTcpNoDelay()).as("as in Netty's own transports").isTrue();
      assertThat(config.getSendBufferSize()).isPositive();
      assertThat(config.getReceiveBufferSize()).isPositive();
      config
          .setTcpNoDelay(false)
          .setSendBufferSize(50_000)
          .setReceiveBufferSize(1)
          .setSoLinger(7)
          .setAllowHalfClosure(true);
      assertThat(config.isTcpNoDelay()).isFalse();
      assertThat(config.getSendBufferSize()).isEqualTo(50_000);
      assertThat(config.getReceiveBufferSize()).as("the smallest there is").isEqualTo(4_096);
      assertThat(config.getSoLinger()).isEqualTo(7);
      assertThat(config.isAllowHalfClosure()).isTrue();
      assertThat(pair.client.connectionInfo().sendBufferBytes()).isEqualTo(50_000);
      assertThat(pair.client.connectionInfo().receiveBufferBytes()).isEqualTo(4_096);
      assertThat(config.setSoLinger(-5).getSoLinger()).isEqualTo(-1);
    }
  }

  @Test
  void gettersOfWhatIsNotThereSayWhatHolds() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      SocketChannelConfig config =
          ((SocketChannel) pair.client)
              .config()
              .setTrafficClass(8)
              .setReuseAddress(true)
              .setPerformancePreferences(1, 2, 3);
      assertThat(config.isKeepAlive()).isFalse();
      assertThat(config.setKeepAlive(true)).returns(true, SocketChannelConfig::isKeepAlive);
      assertThat(config.getTrafficClass()).isEqualTo(8);
      assertThat(config.isReuseAddress()).isFalse();
      assertThat(((ServerSocketChannel) pair.server).config().isReuseAddress()).isTrue();
    }
  }
}
