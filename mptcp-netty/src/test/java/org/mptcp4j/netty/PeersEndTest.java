package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpMode;

/** What a channel reports when its peer has sent all that it will. */
class PeersEndTest {
  /** Notes failures where the order matters. */
  private static class Server extends Recorder {
    final List<String> order = new ArrayList<>();

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      super.exceptionCaught(ctx, cause);
      order.add("failed");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      super.channelInactive(ctx);
      order.add("inactive");
    }
  }

  private static Pair connected(Recorder server, MptcpMode mptcp, boolean halfClosure) {
    Pair pair = new Pair(server);
    pair.server =
        pair.net
            .await(
                pair.serverBootstrap()
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure)
                    .bind(80))
            .channel();
    return pair.connected(
        pair.bootstrap()
            .option(MptcpChannelOption.MPTCP, mptcp == MptcpMode.ENABLED)
            .option(ChannelOption.SO_RCVBUF, 65_536));
  }

  /** Else what was written would seem to be delivered. */
  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void aResetAfterItIsReported(MptcpMode mptcp) {
    Server answers = answering();
    try (Pair pair = connected(answers, mptcp, true)) {
      pair.client.config().setAutoRead(false);
      pair.client.writeAndFlush(payload(100));
      pair.net.await(pair.client.shutdownOutput());
      pair.net.runFor(Duration.ofSeconds(1));
      assertThat(answers.order).isEmpty();
      pair.client.config().setSoLinger(0);
      pair.client.close();
      pair.until(() -> answers.inactive);
      assertThat(answers.order).containsExactly("failed", "inactive");
      assertThat(answers.failures.get(0)).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void silenceAfterItIsReported(MptcpMode mptcp) {
    Server answers = answering();
    try (Pair pair = connected(answers, mptcp, true)) {
      answers.channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, 5_000);
      pair.client.writeAndFlush(payload(100));
      pair.net.await(pair.client.shutdownOutput());
      pair.until(() -> answers.events.contains(ChannelInputShutdownReadComplete.INSTANCE));
      pair.net.path(0).blackhole();
      pair.until(() -> answers.inactive);
      assertThat(answers.order).containsExactly("failed", "inactive");
    }
  }

  private static Server answering() {
    return new Server() {
      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        super.userEventTriggered(ctx, event);
        if (event == ChannelInputShutdownReadComplete.INSTANCE) {
          ctx.writeAndFlush(payload(1_000_000));
          ((MptcpChannel) ctx.channel()).shutdownOutput();
        }
      }
    };
  }

  /** As with sockets of the JDK, it is found by a read, whether it came with the last bytes. */
  @ParameterizedTest
  @EnumSource(MptcpMode.class)
  void whoDoesNotReadCanAnswerFirst(MptcpMode mptcp) {
    List<ChannelFuture> answers = new ArrayList<>();
    Recorder later =
        new Recorder() {
          @Override
          void received(ChannelHandlerContext ctx, ByteBuf buf) {
            buf.release();
            ctx.channel().config().setAutoRead(false);
            Runnable answer = () -> answers.add(ctx.writeAndFlush(payload(1_000)));
            ctx.executor().schedule(answer, 100, TimeUnit.MILLISECONDS);
          }
        };
    try (Pair pair = connected(later, mptcp, false)) {
      pair.client.writeAndFlush(payload(100));
      pair.net.await(pair.client.shutdownOutput());
      pair.net.runFor(Duration.ofSeconds(1));
      assertThat(later.inactive).isFalse();
      assertThat(answers).singleElement().matches(ChannelFuture::isSuccess);
      assertThat(pair.atClient.bytes).isEqualTo(1_000);
      later.channel.read();
      pair.until(() -> later.inactive);
      assertThat(later.failures).isEmpty();
    }
  }
}
