package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code SO_LINGER} with a number of seconds. */
class LingeringTest {
  private static Pair connected(boolean mptcp) {
    Pair pair = new Pair(new Recorder()).listening();
    return pair.connected(pair.bootstrap().option(MptcpChannelOption.MPTCP, mptcp));
  }

  /** Else it would be kept for all that time, and with it what the connection holds. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingWaitsForAConnectionThatIsOver(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.client.config().setSoLinger(3600);
      pair.client.writeAndFlush(payload(10_000));
      pair.net.await(pair.client.close());
      assertThat(nextTaskNs(pair)).isLessThan(Long.MAX_VALUE);
      pair.until(() -> pair.atServer.inactive);
      pair.net.runFor(Duration.ofSeconds(1));
      assertThat(pair.atServer.bytes).isEqualTo(10_000);
      assertThat(pair.atServer.failures).isEmpty();
      assertThat(nextTaskNs(pair)).isEqualTo(Long.MAX_VALUE);
    }
  }

  private static long nextTaskNs(Pair pair) {
    return ((VirtualEventLoop) pair.net.eventLoop()).nextDeadlineNs();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsNotDeliveredByThenIsReset(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      Channel server = pair.atServer.channel;
      server.config().setOption(ChannelOption.SO_LINGER, 7);
      pair.client.config().setAutoRead(false);
      server.writeAndFlush(payload(4_000_000));
      pair.net.await(server.close());
      pair.net.runFor(Duration.ofSeconds(6));
      assertThat(pair.atClient.inactive).isFalse();
      pair.net.runFor(Duration.ofSeconds(2));
      assertThat(pair.atClient.inactive).isTrue();
      assertThat(pair.atClient.failures).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAttemptThatIsGivenUpIsNotWaitedFor(boolean mptcp) {
    try (Pair pair = connected(mptcp)) {
      pair.net.path(0).blackhole();
      Channel late =
          pair.bootstrap()
              .option(ChannelOption.SO_LINGER, 3600)
              .option(MptcpChannelOption.MPTCP, mptcp)
              .handler(new Recorder())
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
              .connect(SimulatedNetwork.SERVER, 80)
              .channel();
      pair.net.runFor(Duration.ofSeconds(1));
      pair.net.await(late.close());
      pair.net.runFor(Duration.ofSeconds(1));
      assertThat(nextTaskNs(pair)).isEqualTo(Long.MAX_VALUE);
    }
  }
}
