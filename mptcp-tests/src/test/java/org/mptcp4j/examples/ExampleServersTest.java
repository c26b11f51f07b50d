package org.mptcp4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.netty.SimulatedNetwork;

/** The servers of the examples over a simulated network. */
class ExampleServersTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int MANY_BYTES = 50_000_000;

  private final SimulatedNetwork net =
      SimulatedNetwork.between(1, LinkProfile.of(1_000_000_000, LinkProfile.millis(1)));

  private record Answer(long contentLength, int bodyBytes) {}

  private final List<Answer> answers = new ArrayList<>();
  private long echoed;
  private boolean closed;
  private Channel client;

  @AfterEach
  void close() {
    net.close();
  }

  private static ChannelInitializer<Channel> handlers(ChannelHandler... handlers) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(handlers);
      }
    };
  }

  private Channel connect(ChannelHandler... handlers) {
    return net.await(
            new Bootstrap()
                .group(net.eventLoop())
                .channelFactory(net.client().channelFactory())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(handlers(handlers))
                .connect(SimulatedNetwork.SERVER, 80))
        .channel();
  }

  private Channel connectToEcho() {
    AtomicReference<Channel> accepted = new AtomicReference<>();
    net.await(
        new ServerBootstrap()
            .group(net.eventLoop())
            .channelFactory(net.server().serverChannelFactory())
            .option(ChannelOption.SO_SNDBUF, 64 * 1024)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.set(channel);
                    channel.pipeline().addLast(new EchoServer.Echo());
                  }
                })
            .bind(80));
    client =
        connect(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                echoed += bytes.readableBytes();
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                closed = true;
              }
            });
    assertThat(net.runUntil(() -> accepted.get() != null, LONG)).isTrue();
    return accepted.get();
  }

  @Test
  void theEchoServerKeepsNoMoreThanItsWaterMarkForAClientThatDoesNotRead() {
    Channel server = connectToEcho();
    client.config().setAutoRead(false);
    client.writeAndFlush(Unpooled.wrappedBuffer(new byte[MANY_BYTES]));
    net.runFor(Duration.ofSeconds(20));
    assertThat(server.unsafe().outboundBuffer().totalPendingWriteBytes()).isLessThan(1 << 20);
    assertThat(client.isWritable()).isFalse();

    client.config().setAutoRead(true);
    assertThat(net.runUntil(() -> echoed == MANY_BYTES, LONG)).isTrue();
  }

  @Test
  void theEchoServerSendsAllBackThatCameBeforeTheEnd() {
    connectToEcho();
    client
        .writeAndFlush(Unpooled.wrappedBuffer(new byte[MANY_BYTES]))
        .addListener(written -> ((DuplexChannel) client).shutdownOutput());
    assertThat(net.runUntil(() -> closed || echoed == MANY_BYTES, LONG)).isTrue();
    assertThat(echoed).isEqualTo(MANY_BYTES);
    assertThat(net.runUntil(() -> closed, LONG)).isTrue();
  }

  @Test
  void theHttpServerAnswersPipelinedRequestsInTurn() {
    net.await(HttpServer.bootstrap(net.server()).bind(80));
    Channel channel =
        connect(
            new HttpClientCodec(),
            new HttpObjectAggregator(MANY_BYTES),
            new SimpleChannelInboundHandler<FullHttpResponse>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
                answers.add(
                    new Answer(
                        Long.parseLong(response.headers().get(HttpHeaderNames.CONTENT_LENGTH)),
                        response.content().readableBytes()));
              }
            });
    request(channel, HttpMethod.GET, "/bytes/0");
    request(channel, HttpMethod.GET, "/bytes/5000000");
    request(channel, HttpMethod.HEAD, "/bytes/70000");
    request(channel, HttpMethod.GET, "/bytes/3");
    request(channel, HttpMethod.HEAD, "/");
    request(channel, HttpMethod.GET, "/");
    assertThat(net.runUntil(() -> answers.size() == 6, LONG)).as("%s", answers).isTrue();
    assertThat(answers.subList(0, 4))
        .containsExactly(
            new Answer(0, 0),
            new Answer(5_000_000, 5_000_000),
            new Answer(70_000, 0),
            new Answer(3, 3));
    assertThat(answers.get(4).bodyBytes()).isZero();
    assertThat(answers.get(5).bodyBytes()).isEqualTo((int) answers.get(5).contentLength());
    assertThat(answers.get(5).bodyBytes()).isPositive();

    request(channel, HttpMethod.GET, "/bytes/1");
    assertThat(net.runUntil(() -> answers.size() == 7, LONG)).isTrue();
  }

  private static void request(Channel channel, HttpMethod method, String uri) {
    channel.writeAndFlush(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, uri));
  }
}
