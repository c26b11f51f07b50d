package org.mptcp4j.lab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.EOFException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.netty.SimulatedNetwork;

/** Client and server of the load protocol over two simulated paths. */
class LoadProtocolTest {
  private static final int PORT = 5001;

  private final SimulatedNetwork network =
      SimulatedNetwork.between(
          7,
          LinkProfile.of(100_000_000, LinkProfile.millis(2)).queueTime(LinkProfile.millis(20)),
          LinkProfile.of(50_000_000, LinkProfile.millis(4)).queueTime(LinkProfile.millis(20)));
  private final LoadCounters counters = new LoadCounters();

  @AfterEach
  void closeNetwork() {
    network.close();
  }

  @Test
  void upUsesBothPaths() {
    LoadResult.Bulk result = (LoadResult.Bulk) run(client -> client.up(1, 0.6));
    assertThat(result.bitsPerSecond()).isBetween(100e6, 200e6);
  }

  @Test
  void downUsesBothPaths() {
    LoadResult.Bulk result = (LoadResult.Bulk) run(client -> client.down(2, 0.6));
    assertThat(result.bitsPerSecond()).isBetween(100e6, 200e6);
  }

  @Test
  void requestResponseTakesARoundTrip() {
    LoadResult.RequestResponse result =
        (LoadResult.RequestResponse) run(client -> client.requestResponse(1, 64, 0.3));
    assertThat(result.p50Us()).isBetween(4000.0, 4500.0);
    assertThat(result.requests()).isBetween(60L, 78L);
  }

  @Test
  void connectRateOpensOneAfterAnother() {
    LoadResult.ConnectRate result =
        (LoadResult.ConnectRate) run(client -> client.connectRate(3, 0.3));
    assertThat(result.connections()).isBetween(60L, 120L);
    network.runFor(Duration.ofSeconds(5));
    assertThat(counters.snapshot().open()).isZero();
  }

  @Test
  void hashesAreEqual() {
    LoadResult result = run(client -> client.hash(new SplittableRandom(1), 3_000_000));
    assertThat(result.succeeded()).isTrue();
  }

  @Test
  void aPeerThatRefusesIsAnError() {
    Future<LoadResult> result = client(PORT + 1).up(1, 1);
    network.runUntil(result::isDone, Duration.ofSeconds(60));
    assertThat(result.cause()).isInstanceOf(ConnectException.class).hasMessageContaining("refused");
  }

  @Test
  void aPeerThatNeverAnswersIsAnError() {
    network.path(0).blackhole();
    network.path(1).blackhole();
    Future<LoadResult> result = client(PORT).hash(new SplittableRandom(1), 1);
    network.runUntil(result::isDone, Duration.ofSeconds(60));
    assertThat(result.cause())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("timed out");
  }

  @Test
  void aPeerThatEndsEarlyIsAnError() {
    serve(
        () ->
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
                ctx.close();
              }
            });
    Future<LoadResult> result = client(PORT).down(1, 5);
    network.runUntil(result::isDone, Duration.ofSeconds(60));
    assertThat(result.cause())
        .isInstanceOf(EOFException.class)
        .hasMessage("the peer closed the connection");
  }

  private LoadResult run(Function<LoadClient, Future<LoadResult>> load) {
    serve(() -> new LoadServerHandler(counters));
    return network.await(load.apply(client(PORT))).getNow();
  }

  private void serve(Supplier<ChannelHandler> handler) {
    network.await(
        new ServerBootstrap()
            .group(network.eventLoop())
            .channelFactory(network.server().serverChannelFactory())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(handler.get());
                  }
                })
            .bind(PORT));
  }

  private LoadClient client(int port) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(network.eventLoop())
            .channelFactory(network.client().channelFactory())
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
            .remoteAddress(SimulatedNetwork.SERVER, port);
    return new LoadClient(bootstrap, network.network()::nowNs);
  }
}
