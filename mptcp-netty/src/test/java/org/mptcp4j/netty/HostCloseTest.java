package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a host: a peer gets what was written, or a reset, and is never left in silence. */
class HostCloseTest {

  private static Pair connected(Recorder atServer, boolean mptcp) {
    Pair pair = new Pair(atServer).listening();
    return pair.connected(pair.bootstrap().option(MptcpChannelOption.MPTCP, mptcp));
  }

  /** Answers the first bytes and closes, without reading more. */
  private static final class Refusing extends Recorder {
    @Override
    void received(ChannelHandlerContext ctx, ByteBuf buf) {
      super.received(ctx, buf);
      ctx.channel().config().setAutoRead(false);
      ctx.executor()
          .schedule(
              () -> ctx.writeAndFlush(payload(700)).addListener(ChannelFutureListener.CLOSE),
              1,
              java.util.concurrent.TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whatClosedChannelsWroteIsDelivered(boolean mptcp, boolean byClient) {
    try (Pair pair = connected(new Recorder(), mptcp)) {
      MptcpChannel closing = (MptcpChannel) (byClient ? pair.client : pair.atServer.channel);
      Recorder peer = byClient ? pair.atServer : pair.atClient;
      MptcpHost host = byClient ? pair.net.client() : pair.net.server();
      ByteBuf data = payload(1_000_000);
      long expected = hash(data);
      pair.net.await(closing.writeAndFlush(data));
      pair.net.await(closing.close());
      host.close();
      assertThat(host.isClosed()).isFalse();
      pair.until(() -> peer.inactive);
      assertThat(peer.bytes).isEqualTo(1_000_000);
      assertThat(peer.hash.getValue()).isEqualTo(expected);
      assertThat(peer.failures).isEmpty();
      pair.until(host::isClosed);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCannotBeDeliveredInTimeIsReset(boolean mptcp) {
    try (Pair pair = connected(new Recorder(), mptcp)) {
      pair.atServer.channel.config().setAutoRead(false);
      pair.net.await(pair.client.writeAndFlush(payload(4_000_000)));
      pair.net.await(pair.client.close());
      pair.net.client().close();
      pair.net.runFor(MptcpHost.LINGER.minusMillis(1));
      assertThat(pair.net.client().isClosed()).isFalse();
      assertThat(pair.atServer.failures).isEmpty();
      pair.net.runFor(Duration.ofMillis(20));
      pair.until(pair.net.client()::isClosed);
      assertThat(pair.atServer.inactive).isTrue();
      assertThat(pair.atServer.failures).singleElement().isInstanceOf(IOException.class);
    }
  }

  @Test
  void anOpenChannelIsReset() {
    try (Pair pair = connected(new Recorder(), true)) {
      pair.net.client().close();
      assertThat(pair.client.isOpen()).isFalse();
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.failures).singleElement().isInstanceOf(IOException.class);
      assertThat(pair.net.client().isClosed()).isTrue();
    }
  }

  // An upload is refused in its midst.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerArrivesAlthoughTheRequestIsNotRead(boolean mptcp) {
    try (Pair pair = connected(new Refusing(), mptcp)) {
      pair.client.writeAndFlush(payload(8_000_000));
      pair.until(() -> pair.atClient.inactive);
      assertThat(pair.atClient.bytes).isEqualTo(700);
      assertThat(pair.atClient.failures).singleElement().isInstanceOf(IOException.class);
    }
  }
}
