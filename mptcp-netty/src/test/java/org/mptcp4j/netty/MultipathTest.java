package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.netty.Pair.hash;
import static org.mptcp4j.netty.Pair.payload;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Priority;

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

      InetSocketAddress local = pair.atClient.eventsOf(SubflowUp.class).get(1).subflow().local();
      IpAddress gone = IpAddress.of(local.getAddress());
      pair.net.await(pair.net.client().withStack((now, stack) -> stack.removeAddress(now, gone)));
      pair.until(() -> !pair.atClient.eventsOf(SubflowDown.class).isEmpty());
      assertThat(pair.atClient.eventsOf(SubflowDown.class))
          .singleElement()
          .satisfies(down -> assertThat(down.subflow().linkIndex()).isEqualTo(1));
      assertThat(pair.client.isActive()).isTrue();
    }
  }

  @Test
  void theApplicationManagesThePathsOfAChannel() {
    try (Pair pair = new Pair(new Recorder(), Pair.PATH, Pair.PATH).connected()) {
      pair.net.await(pair.client.paths().setPathManager("application"));
      pair.client.writeAndFlush(payload(1));
      pair.until(() -> !pair.atClient.eventsOf(MptcpEstablished.class).isEmpty());
      assertThat(pair.client.connectionInfo().pathManager()).isEqualTo("application");
      InetSocketAddress second = new InetSocketAddress("10.0.1.1", 0);
      InetSocketAddress server = pair.client.remoteAddress();

      int id =
          pair.net.await(pair.client.paths().openSubflow(second, server, Priority.NORMAL)).getNow();
      pair.until(() -> pair.atServer.eventsOf(SubflowUp.class).size() == 2);
      pair.net.await(pair.client.paths().setPriority(id, Priority.BACKUP));
      pair.until(() -> pair.atServer.eventsOf(SubflowPriority.class).size() == 1);
      pair.net.await(pair.client.paths().announceAddress(second));
      pair.until(() -> pair.atServer.eventsOf(AddressAnnounced.class).size() == 1);
      pair.net.await(pair.client.paths().closeSubflow(id));
      pair.until(() -> pair.atServer.eventsOf(SubflowDown.class).size() == 1);
      pair.until(() -> pair.client.connectionInfo().subflows().size() == 1);
      pair.net.await(pair.client.paths().withdrawAddress(IpAddress.of(second.getAddress())));
      pair.until(() -> pair.atServer.eventsOf(AddressRemoved.class).size() == 1);

      Future<Void> unknown = pair.client.paths().closeSubflow(9);
      pair.until(unknown::isDone);
      assertThat(unknown.cause())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there never was a subflow 9; choose one of [0]");
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
