package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mptcp4j.api.Protocol;

class MptcpChannelTest {

  @Test
  void echoesAndCloses() {
    try (Pair pair = new Pair(new Recorder.Echo()).connected()) {
      assertThat(pair.client.isActive()).isTrue();
      assertThat(pair.client.remoteAddress())
          .isEqualTo(new InetSocketAddress(SimulatedNetwork.SERVER, 80));
      assertThat(pair.client.localAddress().getHostString()).isEqualTo("10.0.0.1");
      assertThat(pair.atServer.channel.remoteAddress()).isEqualTo(pair.client.localAddress());

      pair.net.await(
          pair.client.writeAndFlush(
              Unpooled.copiedBuffer("hello", java.nio.charset.StandardCharsets.US_ASCII)));
      pair.until(() -> pair.atClient.bytes == 5);

      assertThat(pair.client.connectionInfo().protocol()).isEqualTo(Protocol.MPTCP);
      pair.net.await(pair.client.close());
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atClient.inactive).isTrue();
      assertThat(pair.atServer.failures).isEmpty();
      assertThat(pair.client.isOpen()).isFalse();
    }
  }

  @Test
  void plainTcpWhenMptcpIsSwitchedOff() {
    try (Pair pair = new Pair(new Recorder.Echo()).listening()) {
      pair.connected(pair.bootstrap().option(MptcpChannelOption.MPTCP, false));
      pair.client.writeAndFlush(payload(3000));
      pair.until(() -> pair.atClient.bytes == 3000);
      assertThat(pair.client.connectionInfo().protocol()).isEqualTo(Protocol.TCP);
    }
  }

  @Test
  void whatWasWrittenBeforeCloseArrives() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      ByteBuf data = payload(200_000);
      long expected = hash(data);
      pair.client.writeAndFlush(data);
      pair.net.await(pair.client.close());
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.bytes).isEqualTo(200_000);
      assertThat(pair.atServer.hash.getValue()).isEqualTo(expected);
      assertThat(pair.atServer.failures).isEmpty();
    }
  }

  @Test
  void lingerZeroResets() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      pair.client.config().setSoLinger(0);
      pair.client.close();
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.failures)
          .singleElement()
          .isInstanceOf(SocketException.class)
          .extracting(Throwable::getMessage)
          .isEqualTo("Connection reset by peer");
    }
  }

  @Test
  void refused() {
    try (Pair pair = new Pair(new Recorder())) {
      ChannelFuture connect = pair.bootstrap().connect(SimulatedNetwork.SERVER, 81);
      pair.until(connect::isDone);
      assertThat(connect.cause())
          .isInstanceOf(ConnectException.class)
          .hasMessage("Connection refused: /10.1.0.2:81");
      assertThat(connect.channel().isOpen()).isFalse();
    }
  }

  @Test
  void connectTimesOut() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      pair.net.path(0).blackhole();
      ChannelFuture connect =
          pair.bootstrap()
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_500)
              .connect(SimulatedNetwork.SERVER, 80);
      pair.net.runFor(Duration.ofMillis(2_499));
      assertThat(connect.isDone()).isFalse();
      pair.net.runFor(Duration.ofMillis(2));
      assertThat(connect.cause())
          .isInstanceOf(ConnectTimeoutException.class)
          .hasMessageContaining("timed out after 2500 ms");
      assertThat(connect.channel().isOpen()).isFalse();
    }
  }

  @Test
  void connectCanBeCancelled() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      pair.net.path(0).blackhole();
      ChannelFuture connect = pair.bootstrap().connect(SimulatedNetwork.SERVER, 80);
      pair.net.runFor(Duration.ofMillis(1));
      assertThat(connect.cancel(false)).isTrue();
      pair.net.runFor(Duration.ofMillis(1));
      assertThat(connect.channel().isOpen()).isFalse();
    }
  }

  @Test
  void noRouteToHost() {
    try (Pair pair = new Pair(new Recorder())) {
      ChannelFuture connect = pair.bootstrap().connect("2001:db8::1", 80);
      pair.until(connect::isDone);
      assertThat(connect.cause())
          .isInstanceOf(SocketException.class)
          .hasMessage("Network is unreachable: /[2001:db8:0:0:0:0:0:1]:80");
    }
  }

  @Test
  void addressInUseAndNotOurs() {
    try (Pair pair = new Pair(new Recorder()).listening()) {
      ChannelFuture again = pair.serverBootstrap().bind(80);
      pair.until(again::isDone);
      assertThat(again.cause())
          .isInstanceOf(BindException.class)
          .hasMessageMatching("Address already in use: .*/0.0.0.0:80");
      ChannelFuture foreign = pair.serverBootstrap().bind("10.9.9.9", 80);
      pair.until(foreign::isDone);
      assertThat(foreign.cause())
          .isInstanceOf(BindException.class)
          .hasMessage("Cannot assign requested address: /10.9.9.9:80");
    }
  }

  @Test
  void localAddressOfAClientCanBeChosen() {
    try (Pair pair = new Pair(new Recorder(), Pair.PATH, Pair.PATH).listening()) {
      pair.client =
          (MptcpChannel)
              pair.net
                  .await(
                      pair.bootstrap()
                          .localAddress("10.0.1.1", 4321)
                          .connect(SimulatedNetwork.SERVER, 80))
                  .channel();
      assertThat(pair.client.localAddress()).isEqualTo(new InetSocketAddress("10.0.1.1", 4321));
    }
  }

  @Test
  void anotherEventLoopIsRefusedInWords() {
    EventLoopGroup other = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    try (Pair pair = new Pair(new Recorder())) {
      assertThatThrownBy(
              () ->
                  new Bootstrap()
                      .group(other)
                      .channelFactory(pair.net.client().channelFactory())
                      .handler(new Recorder())
                      .connect(SimulatedNetwork.SERVER, 80)
                      .sync())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("use .group(host.eventLoop())");
    } finally {
      other.shutdownGracefully();
    }
  }

  @Test
  void halfClose() {
    Recorder echoAfterEnd =
        new Recorder() {
          @Override
          public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            super.userEventTriggered(ctx, event);
            if (event == ChannelInputShutdownReadComplete.INSTANCE) {
              ctx.writeAndFlush(payload(100_000));
              ctx.close();
            }
          }
        };
    try (Pair pair = new Pair(echoAfterEnd)) {
      pair.server =
          pair.net
              .await(
                  pair.serverBootstrap()
                      .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                      .bind(80))
              .channel();
      pair.connected(pair.bootstrap());
      pair.client.writeAndFlush(payload(50_000));
      pair.net.await(pair.client.shutdownOutput());

      assertThat(pair.client.isOutputShutdown()).isTrue();
      assertThat(pair.atClient.events).contains(ChannelOutputShutdownEvent.INSTANCE);
      pair.until(() -> pair.atClient.inactive);
      assertThat(pair.atServer.bytes).isEqualTo(50_000);
      assertThat(pair.atServer.events).contains(ChannelInputShutdownEvent.INSTANCE);
      assertThat(pair.atClient.bytes).isEqualTo(100_000);
      ChannelFuture late = pair.client.writeAndFlush(payload(1));
      assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void inputThatIsShutDownIsThrownAway() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      pair.net.await(pair.client.shutdownInput());
      pair.atServer.channel.writeAndFlush(payload(20_000_000));
      pair.until(
          () -> ((MptcpChannel) pair.atServer.channel).connectionInfo().bytesAcked() >= 20_000_000);
      assertThat(pair.atClient.bytes).isZero();
      assertThat(pair.client.isInputShutdown()).isTrue();
    }
  }

  @Test
  void filesAndHeapBuffersAreCopied(@TempDir Path directory) throws IOException {
    byte[] content = new byte[300_000];
    new java.util.Random(2).nextBytes(content);
    File file = Files.write(directory.resolve("file"), content).toFile();
    try (Pair pair = new Pair(new Recorder()).connected()) {
      pair.client.write(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
      pair.client.write(Unpooled.wrappedBuffer(payload(10), payload(20)));
      pair.net.await(pair.client.writeAndFlush(new DefaultFileRegion(file, 0, content.length)));
      pair.until(() -> pair.atServer.bytes == content.length + 33);
      ChannelFuture wrong = pair.client.writeAndFlush("text");
      assertThat(wrong.cause())
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("String");
    }
  }

  @Test
  void closingTheHostClosesItsChannels() {
    try (Pair pair = new Pair(new Recorder()).connected()) {
      pair.net.server().close();
      pair.until(() -> pair.atClient.inactive);
      assertThat(pair.atServer.inactive).isTrue();
      assertThat(pair.server.isOpen()).isFalse();
    }
  }
}
