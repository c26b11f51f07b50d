package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Netty's own handlers on the channels, in virtual time. */
class PipelineTest {

  private static final class Greeter extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              Unpooled.copiedBuffer(
                  "you asked for " + request.uri(), java.nio.charset.StandardCharsets.UTF_8));
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
      ctx.writeAndFlush(response);
    }
  }

  private static final class Client extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final List<String> answers = new ArrayList<>();

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
      answers.add(response.content().toString(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void http() {
    Client client = new Client();
    try (Pair pair = new Pair(new Recorder())) {
      pair.net.await(
          pair.serverBootstrap()
              .childHandler(
                  Pair.handlers(
                      new HttpServerCodec(), new HttpObjectAggregator(9999), new Greeter()))
              .bind(80));
      var channel =
          pair.net
              .await(
                  pair.bootstrap()
                      .handler(
                          Pair.handlers(
                              new HttpClientCodec(), new HttpObjectAggregator(9999), client))
                      .connect(SimulatedNetwork.SERVER, 80))
              .channel();
      for (String path : List.of("/a", "/b")) {
        channel.writeAndFlush(
            new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path));
      }
      pair.until(() -> client.answers.size() == 2);
      assertThat(client.answers).containsExactly("you asked for /a", "you asked for /b");
    }
  }

  @Test
  void idleHandlerSeesVirtualTime() {
    Recorder server = new Recorder();
    try (Pair pair = new Pair(server)) {
      pair.net.await(
          pair.serverBootstrap()
              .childHandler(
                  Pair.handlers(new IdleStateHandler(0, 0, 3600, TimeUnit.SECONDS), server))
              .bind(80));
      pair.connected(pair.bootstrap());
      long from = pair.net.network().nowNs();
      assertThat(
              pair.net.runUntil(
                  () -> !server.eventsOf(IdleStateEvent.class).isEmpty(),
                  java.time.Duration.ofHours(2)))
          .isTrue();
      assertThat(pair.net.network().nowNs() - from)
          .isBetween(TimeUnit.SECONDS.toNanos(3599), TimeUnit.SECONDS.toNanos(3601));
    }
  }

  @Test
  void readTimeoutWhenEveryPathIsGone() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      Recorder client = pair.atClient;
      pair.connected(pair.bootstrap().handler(Pair.handlers(new ReadTimeoutHandler(10), client)));
      pair.net.path(0).blackhole();
      pair.until(() -> client.inactive);
      assertThat(client.failures).singleElement().isInstanceOf(ReadTimeoutException.class);
    }
  }
}
