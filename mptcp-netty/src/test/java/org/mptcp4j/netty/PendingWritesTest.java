package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What waits to be written when the connection ends before its time: its promises say why. */
class PendingWritesTest {
  private static final int SIZE = 50_000_000;
  private static final String RESET = "Connection reset by peer";

  private static Pair connected(boolean mptcp) {
    Pair pair = new Pair(new Recorder()).listening();
    pair.connected(pair.bootstrap().option(MptcpChannelOption.MPTCP, mptcp));
    pair.net.runFor(Duration.ofSeconds(1));
    return pair;
  }

  private static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aResetByThePeerIsTheirCause(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      Channel channel = client ? pair.client : pair.atServer.channel;
      Channel peer = client ? pair.atServer.channel : pair.client;
      Recorder of = client ? pair.atClient : pair.atServer;
      peer.config().setAutoRead(false);
      ChannelFuture first = channel.writeAndFlush(payload(SIZE));
      ChannelFuture second = channel.writeAndFlush(payload(1_000));
      ChannelFuture unflushed = channel.write(payload(1_000));
      pair.net.runFor(Duration.ofMillis(300));
      reset(peer);
      pair.until(() -> of.inactive);
      assertThat(first.cause()).isInstanceOf(SocketException.class).hasMessage(RESET);
      assertThat(second.cause()).isInstanceOf(SocketException.class).hasMessage(RESET);
      assertThat(unflushed.cause()).isInstanceOf(ClosedChannelException.class);
      assertThat(of.failures).singleElement().isSameAs(first.cause());
      ChannelFuture late = channel.writeAndFlush(payload(1_000));
      assertThat(late.cause()).isInstanceOf(ClosedChannelException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void theHandlerHearsOfItAlsoWhenAListenerCloses(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.atServer.channel.config().setAutoRead(false);
      ChannelFuture written = pair.client.writeAndFlush(payload(SIZE));
      written.addListener(ChannelFutureListener.CLOSE);
      pair.net.runFor(Duration.ofMillis(300));
      reset(pair.atServer.channel);
      pair.until(() -> pair.atClient.inactive);
      assertThat(pair.atClient.failures).singleElement().isSameAs(written.cause());
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aDeregisteredChannelTellsAfterwards(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.atServer.channel.config().setAutoRead(false);
      final ChannelFuture written = pair.client.writeAndFlush(payload(SIZE));
      pair.net.runFor(Duration.ofMillis(300));
      pair.net.await(pair.client.deregister());
      reset(pair.atServer.channel);
      pair.net.runFor(Duration.ofSeconds(1));
      pair.net.await(pair.register(pair.client));
      pair.until(() -> pair.atClient.inactive);
      assertThat(written.cause()).isInstanceOf(SocketException.class).hasMessage(RESET);
    }
  }

  // The user timeout of RFC 9293 section 3.8.3, as on Linux.
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void soIsThatThePeerIsGone(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.client.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, 5_000);
      ChannelFuture written = pair.client.writeAndFlush(payload(SIZE));
      pair.net.runFor(Duration.ofMillis(100));
      pair.net.path(0).blackhole();
      pair.until(() -> pair.atClient.inactive);
      assertThat(written.cause())
          .isInstanceOf(SocketException.class)
          .hasMessage("Connection timed out");
    }
  }
}
