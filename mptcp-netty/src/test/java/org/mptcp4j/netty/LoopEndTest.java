package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host whose event loop is shut down right after the last write. */
class LoopEndTest {
  private enum End {
    LOOP,
    LOOP_AT_ONCE,
    HOST,
    HOST_ON_ITS_LOOP
  }

  private static final class Peer extends Recorder {
    final CountDownLatch over = new CountDownLatch(1);

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      super.channelInactive(ctx);
      over.countDown();
    }
  }

  private final MultiThreadIoEventLoopGroup here =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final MultiThreadIoEventLoopGroup there =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final Cable cable = new Cable();
  private final Peer peer = new Peer();
  private MptcpHost server;

  @BeforeEach
  void listen() {
    server = cable.right(there.next(), Duration.ZERO);
    new ServerBootstrap()
        .group(server.eventLoop())
        .channelFactory(server.serverChannelFactory())
        .childHandler(peer)
        .bind(80)
        .syncUninterruptibly();
  }

  @AfterEach
  void end() {
    server.close();
    here.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    there.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private MptcpHost client(Duration linger) {
    return cable.left(here.next(), linger);
  }

  private Channel connect(MptcpHost client) {
    return new Bootstrap()
        .group(client.eventLoop())
        .channelFactory(client.channelFactory())
        .handler(new Recorder())
        .connect("10.0.0.2", 80)
        .syncUninterruptibly()
        .channel();
  }

  private void end(End how, MptcpHost client) {
    switch (how) {
      case LOOP -> here.shutdownGracefully();
      case LOOP_AT_ONCE -> here.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      case HOST -> client.close();
      case HOST_ON_ITS_LOOP -> client.eventLoop().execute(client::close);
    }
  }

  private void assertOver() throws InterruptedException {
    assertThat(peer.over.await(300, TimeUnit.SECONDS)).as("the peer hears of the end").isTrue();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whatWasWrittenIsDelivered(End how) throws Exception {
    MptcpHost client = client(Duration.ofSeconds(30));
    Channel channel = connect(client);
    channel.writeAndFlush(payload(2_000_000)).sync();
    channel.close().sync();
    end(how, client);
    assertOver();
    assertThat(peer.bytes).isEqualTo(2_000_000);
    assertThat(peer.failures).isEmpty();
    if (how == End.HOST) {
      assertThat(client.isClosed()).isTrue();
    }
    client.close();
    assertThat(client.isClosed()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void whatThePeerDoesNotTakeIsReset(End how) throws Exception {
    MptcpHost client = client(Duration.ofMillis(1));
    Channel channel = connect(client);
    while (peer.channel == null) {
      server.eventLoop().submit(() -> {}).sync();
    }
    server.eventLoop().submit(() -> peer.channel.config().setAutoRead(false)).sync();
    channel.writeAndFlush(payload(4_000_000)).sync();
    channel.close().sync();
    end(how, client);
    assertOver();
    assertThat(peer.failures).singleElement().isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void anOpenChannelIsReset(End how) throws Exception {
    MptcpHost client = client(Duration.ofSeconds(30));
    Channel channel = connect(client);
    channel.writeAndFlush(payload(1_000)).sync();
    while (peer.channel == null) {
      server.eventLoop().submit(() -> {}).sync();
    }
    end(how, client);
    assertOver();
    assertThat(peer.failures).singleElement().isInstanceOf(IOException.class);
    assertThat(channel.closeFuture().await(300, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aHostThatIsClosingEndsWithItsLoop() throws Exception {
    MptcpHost client = client(Duration.ofSeconds(30));
    Channel channel = connect(client);
    channel.writeAndFlush(payload(2_000_000)).sync();
    channel.close().sync();
    client.eventLoop().execute(client::close);
    here.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    assertOver();
    assertThat(peer.bytes).isEqualTo(2_000_000);
    assertThat(peer.failures).isEmpty();
    client.close();
    assertThat(client.isClosed()).isTrue();
  }
}
