package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;

class MultipathTest {
  private static final int SIZE = 10_000_000;
  private static final LinkProfile LOSSY =
      LinkProfile.of(40_000_000, millis(10)).queueTime(millis(100)).loss(0.005);

  @Test
  void tenMegabytesOverTwoLossyPathsOfWhichOneDies() {
    Recorder server = new Recorder();
    try (Pair pair = new Pair(server, LOSSY, LOSSY.delay(millis(20))).connected()) {
      ByteBuf data = payload(SIZE);
      long expected = hash(data);
      pair.client.writeAndFlush(data);
      pair.until(() -> server.bytes > SIZE / 3);
      assertThat(pair.client.connectionInfo().subflows()).hasSize(2);

      pair.net.path(0).blackhole();
      pair.until(() -> server.bytes == SIZE);
      assertThat(server.hash.getValue()).isEqualTo(expected);
    }
  }

  @Test
  void channelsHearOfSubflows() {
    try (Pair pair = new Pair(new Recorder(), Pair.PATH, Pair.PATH).connected()) {
      pair.client.writeAndFlush(
          payload(1)); // joins begin when the peer has proved that it has the keys
      pair.until(() -> pair.atServer.eventsOf(SubflowUp.class).size() == 2);
      pair.until(() -> pair.atClient.eventsOf(SubflowUp.class).size() == 2);
      assertThat(pair.atClient.eventsOf(SubflowUp.class))
          .extracting(up -> up.subflow().local().getHostString())
          .containsExactly("10.0.0.1", "10.0.1.1");

      InetAddress gone =
          pair.atClient.eventsOf(SubflowUp.class).get(1).subflow().local().getAddress();
      pair.net.await(pair.net.client().withStack((stack, now) -> stack.removeAddress(now, gone)));
      pair.until(() -> !pair.atClient.eventsOf(SubflowDown.class).isEmpty());
      assertThat(pair.atClient.eventsOf(SubflowDown.class))
          .singleElement()
          .satisfies(down -> assertThat(down.subflow().linkIndex()).isEqualTo(1));
      assertThat(pair.client.isActive()).isTrue();
    }
  }

  @Test
  void sameSeedSameRun() {
    assertThat(traceOf(11)).isEqualTo(traceOf(11)).isNotEqualTo(traceOf(12));
  }

  private static long traceOf(long seed) {
    try (Pair pair = new Pair(seed, new Recorder.Echo(), LOSSY, LOSSY).connected()) {
      pair.client.writeAndFlush(payload(500_000));
      pair.until(() -> pair.atClient.bytes == 500_000);
      pair.client.close();
      pair.net.runFor(Duration.ofSeconds(1));
      return pair.net.network().traceHash();
    }
  }
}
