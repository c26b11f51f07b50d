package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.MptcpSocket;

class FlowControlTest {
  private static final int SIZE = 10_000_000;
  private static final int BUFFER = 256 * 1024;

  private static Pair paused() {
    Pair pair = new Pair(new Recorder());
    pair.server =
        pair.net
            .await(
                pair.serverBootstrap()
                    .option(ChannelOption.SO_RCVBUF, BUFFER)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .bind(80))
            .channel();
    return pair.connected(pair.bootstrap().option(ChannelOption.SO_SNDBUF, BUFFER));
  }

  @Test
  void aServerThatDoesNotReadStopsTheClient() {
    try (Pair pair = paused()) {
      ByteBuf data = payload(SIZE);
      long expected = hash(data);
      ChannelFuture written = pair.client.writeAndFlush(data);
      pair.net.runFor(Duration.ofSeconds(10));

      // the receive buffer and the send buffer are full, the rest waits in the channel
      assertThat(pair.atServer.bytes).isZero();
      assertThat(pair.client.isWritable()).isFalse();
      assertThat(written.isDone()).isFalse();
      assertThat(pair.client.connectionInfo().bytesSent()).isLessThanOrEqualTo(2 * BUFFER);

      pair.atServer.channel.config().setAutoRead(true);
      pair.until(() -> pair.atServer.bytes == SIZE);
      assertThat(pair.atServer.hash.getValue()).isEqualTo(expected);
      assertThat(written.isSuccess()).isTrue();
      assertThat(pair.client.isWritable()).isTrue();
      assertThat(pair.atClient.writability).containsExactly(false, true);
    }
  }

  @Test
  void oneReadGivesOneRound() {
    try (Pair pair = paused()) {
      pair.atServer.channel.config().setRecvByteBufAllocator(oneMessage());
      pair.client.writeAndFlush(payload(100_000));
      pair.net.runFor(Duration.ofSeconds(1));
      pair.atServer.channel.read();
      pair.net.runFor(Duration.ofSeconds(1));
      long first = pair.atServer.bytes;
      assertThat(first).isPositive().isLessThan(100_000);
      assertThat(pair.atServer.mostReadsInRound).isEqualTo(1);
      pair.atServer.channel.read();
      pair.net.runFor(Duration.ofSeconds(1));
      assertThat(pair.atServer.bytes).isGreaterThan(first);
    }
  }

  @Test
  void anAllocatorForReadingBoundsWhatOneReadGives() {
    try (Pair pair = paused()) {
      pair.atServer.channel.config().setRecvByteBufAllocator(oneMessage());
      pair.client.writeAndFlush(payload(5_000)).addListener(ChannelFutureListener.CLOSE);
      pair.net.runFor(Duration.ofSeconds(1));
      for (long bytes = 0; bytes < 5_000; ) {
        pair.atServer.channel.read();
        pair.net.runFor(Duration.ofSeconds(1));
        assertThat(pair.atServer.bytes).isBetween(bytes + 1, bytes + 2048);
        bytes = pair.atServer.bytes;
        assertThat(pair.atServer.inactive).isFalse();
      }
      pair.atServer.channel.read();
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.bytes).isEqualTo(5_000);
      assertThat(pair.atServer.failures).isEmpty();
    }
  }

  private static FixedRecvByteBufAllocator oneMessage() {
    FixedRecvByteBufAllocator one = new FixedRecvByteBufAllocator(2048);
    one.maxMessagesPerRead(1);
    return one;
  }

  @Test
  void endOfStreamWaitsForTheReader() {
    try (Pair pair = paused()) {
      pair.client.writeAndFlush(payload(10));
      pair.client.close();
      pair.net.runFor(Duration.ofSeconds(5));
      assertThat(pair.atServer.inactive).isFalse();
      pair.atServer.channel.config().setAutoRead(true);
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.bytes).isEqualTo(10);
      assertThat(pair.atServer.failures).isEmpty();
    }
  }

  @Test
  void bytesOfAConnectionThatIsOverWaitForTheReader() {
    try (Pair pair = paused()) {
      MptcpChannel server = (MptcpChannel) pair.atServer.channel;
      server.config().setAllowHalfClosure(true);
      pair.client.writeAndFlush(payload(10));
      pair.net.runFor(Duration.ofSeconds(1));
      pair.client.close();
      server.shutdownOutput();
      pair.net.runFor(Duration.ofSeconds(5));
      assertThat(server.connectionInfo().state()).isEqualTo(MptcpSocket.State.CLOSED);
      assertThat(pair.atServer.bytes).isZero();
      assertThat(server.isActive()).isTrue();

      server.read();
      pair.until(() -> pair.atServer.bytes == 10);
      server.read();
      pair.until(() -> pair.atServer.inactive);
      assertThat(pair.atServer.failures).isEmpty();
    }
  }
}
