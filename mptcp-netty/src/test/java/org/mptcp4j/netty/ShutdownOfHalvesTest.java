package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two directions of a channel are shut down, as those of a {@code NioSocketChannel}. */
class ShutdownOfHalvesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Pair connected(boolean mptcp) {
    Pair pair = new Pair(new Recorder()).listening();
    pair.connected(
        pair.bootstrap()
            .option(MptcpChannelOption.MPTCP, mptcp)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true));
    pair.atServer.channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    pair.net.runFor(SECOND);
    return pair;
  }

  private static SocketChannel end(Pair pair, boolean client) {
    return client ? pair.client : (SocketChannel) pair.atServer.channel;
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void theInputIsShutDownAlthoughTheOutputWas(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      SocketChannel channel = end(pair, client);
      pair.net.await(channel.shutdownOutput());
      ChannelFuture both = channel.shutdown();
      pair.net.runFor(SECOND);
      assertThat(both.cause()).isInstanceOf(ClosedChannelException.class);
      assertThat(channel.isInputShutdown()).isTrue();
      assertThat(channel.isShutdown()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void theOutputIsShutDownAlthoughTheInputWas(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      SocketChannel channel = end(pair, client);
      pair.net.await(channel.shutdownInput());
      pair.net.await(channel.shutdown());
      assertThat(channel.isShutdown()).isTrue();
      pair.net.runFor(SECOND);
      Recorder ofPeer = client ? pair.atServer : pair.atClient;
      assertThat(ofPeer.events).contains(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whoReadsFindsTheEndOfItsInputAtOnce(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      Recorder of = client ? pair.atClient : pair.atServer;
      pair.net.await(end(pair, client).shutdownInput());
      pair.net.runFor(Duration.ofMillis(1));
      assertThat(of.eventsOf(ChannelInputShutdownReadComplete.class)).hasSize(1);
      assertThat(of.eventsOf(ChannelInputShutdownEvent.class)).isEmpty();
      end(pair, !client).writeAndFlush(payload(1_000));
      end(pair, !client).shutdownOutput();
      pair.net.runFor(SECOND);
      assertThat(of.bytes).isZero();
      assertThat(of.eventsOf(ChannelInputShutdownReadComplete.class)).as("once").hasSize(1);
      assertThat(of.eventsOf(ChannelInputShutdownEvent.class)).isEmpty();
      assertThat(of.inactive).isFalse();
      end(pair, client).writeAndFlush(payload(700));
      pair.net.await(end(pair, client).shutdownOutput());
      pair.until(() -> of.inactive);
      assertThat((client ? pair.atServer : pair.atClient).bytes).isEqualTo(700);
      assertThat(of.failures).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whoDoesNotReadFindsItWhenItDoes(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      Recorder of = client ? pair.atClient : pair.atServer;
      SocketChannel channel = end(pair, client);
      channel.config().setAutoRead(false);
      end(pair, !client).writeAndFlush(payload(1_000));
      pair.net.runFor(SECOND);
      end(pair, !client).writeAndFlush(payload(1_000));
      pair.net.runFor(SECOND);
      pair.net.await(channel.shutdownInput());
      pair.net.runFor(SECOND);
      assertThat(of.eventsOf(ChannelInputShutdownReadComplete.class)).isEmpty();
      channel.read();
      pair.net.runFor(SECOND);
      channel.read();
      pair.net.runFor(SECOND);
      assertThat(of.eventsOf(ChannelInputShutdownReadComplete.class)).hasSize(1);
    }
  }

  // Nobody reads any more: the connection that is over is not kept for a reader.
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aConnectionWithoutAReaderEnds(boolean mptcp, boolean client) {
    try (Pair pair = connected(mptcp)) {
      Recorder of = client ? pair.atClient : pair.atServer;
      SocketChannel channel = end(pair, client);
      channel.config().setAutoRead(false);
      end(pair, !client).writeAndFlush(payload(1_000));
      pair.net.runFor(SECOND);
      pair.net.await(channel.shutdownInput());
      pair.net.await(end(pair, !client).shutdownOutput());
      pair.net.await(channel.shutdownOutput());
      pair.until(() -> of.inactive);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aClosedChannelSaysSo(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.net.await(pair.client.close());
      ChannelFuture input = pair.client.shutdownInput();
      ChannelFuture both = pair.client.shutdown();
      pair.net.runFor(SECOND);
      assertThat(input.cause()).isInstanceOf(ClosedChannelException.class);
      assertThat(both.cause()).isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void whatIsNotConnectedSaysSo() {
    try (Pair pair = new Pair(new Recorder())) {
      Channel channel = pair.net.await(pair.bootstrap().register()).channel();
      ChannelFuture input = ((SocketChannel) channel).shutdownInput();
      assertThat(input.cause()).isInstanceOf(NotYetConnectedException.class);
      pair.net.await(channel.close());
    }
  }
}
