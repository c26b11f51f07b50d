package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.LinkDevice;

/**
 * Group {@code fail} of the kernel's own join tests: one bit of what the client sends is changed on
 * the way, and both ends use checksums.
 */
@Tag("matrix")
@Interop
class JoinFailTest {
  private static final int PORT = 80;
  private static final long BYTES_BEFORE = 60_000;
  private static final int ROUND_BYTES = 4_000_000;

  /** What the kernel's own case transfers. */
  private static final int KERNEL_CASE_BYTES = 128 << 10;

  private static final int SMALL = 1000;

  /** Of the first link, where there is a second one: then there is something to send on that. */
  private static final int SLOW = 20;

  private static final StackConfig CHECKSUMS =
      StackConfig.builder().mptcp(m -> m.checksumRequired(true)).build();

  private final Netns kernel = Netns.create();
  private StackHost host;
  private KernelPeer peer;

  @AfterEach
  void stop() {
    if (peer != null) {
      peer.close();
    }
    host.close();
    kernel.close();
  }

  private void start(int net, int end, String flipped, List<Integer> links) throws IOException {
    kernel.sysctl("net.mptcp.checksum_enabled", "1");
    UnaryOperator<LinkDevice> flip =
        link -> {
          if (!link.name().equals(flipped)) {
            return link;
          }
          return end == 2
              ? new BitFlip(link, BYTES_BEFORE)
              : BitFlip.ofReceived(link, BYTES_BEFORE);
        };
    String[] devices =
        links.stream()
            .map(n -> "m4j" + n + ":" + address(net, n, end) + (net == 4 ? "/24" : "/64"))
            .toArray(String[]::new);
    host = StackHost.start(kernel, CHECKSUMS, flip, devices);
    if (links.size() > 1) {
      kernel.rate("m4j1", SLOW);
      kernel.rateIncoming("m4j1", SLOW);
    }
  }

  private static String address(int net, int link, int end) {
    return net == 4 ? "10.0." + link + "." + end : "dead:beef:" + link + "::" + end;
  }

  private static long count(Map<String, Long> counters, String name) {
    return counters.getOrDefault("MPTcpExt" + name, 0L);
  }

  // RFC 8684 section 3.7: with one subflow MP_FAIL is answered by MP_FAIL, an infinite mapping
  // follows, and the connection goes on as TCP.
  private static void infinite(Map<String, Long> c, Map<String, Long> s) {
    assertThat(count(s, "MPJoinSynRx")).isZero();
    assertThat(count(s, "DataCsumErr")).isEqualTo(1);
    assertThat(count(s, "MPFailTx")).isEqualTo(1);
    assertThat(count(c, "MPFailRx")).isEqualTo(1);
    assertThat(count(c, "MPFailTx")).isEqualTo(1);
    assertThat(count(s, "MPFailRx")).isEqualTo(1);
    assertThat(count(s, "InfiniteMapRx")).isEqualTo(1);
    // Linux falls back by the infinite mapping that comes first: its own, or that of S.
    assertThat(count(c, "InfiniteMapTx") + count(c, "InfiniteMapRx")).isPositive();
    assertThat(count(c, "MPRstTx") + count(s, "MPRstTx")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void infiniteMapThisStackAsC(int net) throws IOException {
    start(net, 2, "m4j1", List.of(1));
    Rounds client = connect(net);
    host.await(host.call(() -> client.round(ROUND_BYTES)), 10);
    assertThat(host.await(host.call(() -> client.round(SMALL)), 10)).isTrue();
    assertThat(host.call(() -> client.socket().isMptcp())).isFalse();
    infinite(host.counters(), peer.counters());
    assertThat(host.await(host.call(client::end), 10)).isEqualTo(SocketError.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void infiniteMapThisStackAsS(int net) throws IOException {
    start(net, 1, "m4j1", List.of(1));
    MptcpSocket server = accept(net);
    assertThat(round(KERNEL_CASE_BYTES)).isIn("equal", "different");
    assertThat(round(SMALL)).isEqualTo("equal");
    assertThat(host.call(server::isMptcp)).isFalse();
    infinite(peer.counters(), host.counters());
    peer.say("end");
    assertThat(peer.line(10)).contains("\"left\": 0");
  }

  // RFC 8684 section 3.7: with another subflow the one that failed is reset, and nothing is lost.
  private static void reset(Map<String, Long> c, Map<String, Long> s) {
    assertThat(count(s, "DataCsumErr")).isEqualTo(1);
    assertThat(count(s, "MPFailTx")).isEqualTo(1);
    assertThat(count(c, "MPFailRx")).isEqualTo(1);
    assertThat(count(s, "MPRstTx")).isPositive();
    assertThat(count(c, "MPRstRx")).isPositive();
    assertThat(count(c, "InfiniteMapTx") + count(s, "InfiniteMapTx")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void failAndResetThisStackAsC(int net) throws IOException {
    start(net, 2, "m4j2", List.of(1, 2));
    Rounds client = connect(net);
    long deadline = Patience.deadlineNs(10);
    while (count(peer.counters(), "MPJoinAckRx") == 0 && System.nanoTime() < deadline) {
      assertThat(host.await(host.call(() -> client.round(SMALL)), 10)).isTrue();
    }
    assertThat(host.await(host.call(() -> client.round(ROUND_BYTES)), 10)).isTrue();
    assertThat(host.await(host.call(() -> client.round(SMALL)), 10)).isTrue();
    assertThat(host.call(() -> client.socket().isMptcp())).isTrue();
    reset(host.counters(), peer.counters());
    assertThat(host.await(host.call(client::end), 10)).isEqualTo(SocketError.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6})
  void failAndResetThisStackAsS(int net) throws IOException {
    start(net, 1, "m4j2", List.of(1, 2));
    String family = net == 4 ? "-4" : "-6";
    for (int n = 1; n <= 2; n++) {
      kernel.run("ip", family, "route", "add", "default", "dev", "m4j" + n, "metric", "10" + n);
    }
    kernel.endpoint(address(net, 2, 2), "m4j2", "subflow");
    MptcpSocket server = accept(net);
    long deadline = Patience.deadlineNs(10);
    while (count(host.counters(), "MPJoinAckRx") == 0 && System.nanoTime() < deadline) {
      assertThat(round(SMALL)).isEqualTo("equal");
    }
    assertThat(round(ROUND_BYTES)).isEqualTo("equal");
    assertThat(round(SMALL)).isEqualTo("equal");
    assertThat(host.call(server::isMptcp)).isTrue();
    reset(peer.counters(), host.counters());
    peer.say("end");
    assertThat(peer.line(10)).contains("\"left\": 0");
  }

  private Rounds connect(int net) {
    peer = KernelPeer.serveFor(kernel, address(net, 1, 1), "" + PORT);
    Rounds client = host.rounds(address(net, 1, 1), PORT);
    host.await(client.connected(), 10);
    return client;
  }

  private MptcpSocket accept(int net) {
    host.listen(PORT);
    peer = KernelPeer.client(kernel, "rounds", address(net, 1, 1), "" + PORT);
    assertThat(peer.line(10)).isEqualTo("connected");
    return host.accepted().socket();
  }

  private String round(int bytes) {
    peer.say("round " + bytes);
    try {
      return peer.line(10);
    } catch (AssertionError e) {
      return e.getMessage()
          + host.call(() -> host.stack().connections().toString())
          + kernel.run("ss", "-tMnmie");
    }
  }
}
