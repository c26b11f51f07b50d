package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;

/** Group {@code fastclose} of the kernel's own join tests: who ends it says so, once. */
@Tag("matrix")
@Interop
class JoinFastcloseTest {
  private final Netns kernel = Netns.create();
  private StackHost ours;

  @BeforeEach
  void start() throws IOException {
    ours = StackHost.start(kernel, StackConfig.defaultConfig(), "m4j1:10.0.1.1/24");
  }

  @AfterEach
  void stop() {
    ours.close();
    kernel.close();
  }

  private static void fastclosed(Map<String, Long> by, Map<String, Long> other) {
    assertThat(by.getOrDefault("MPTcpExtMPFastcloseTx", 0L)).isEqualTo(1);
    assertThat(other.getOrDefault("MPTcpExtMPFastcloseRx", 0L)).isEqualTo(1);
    assertThat(by.getOrDefault("MPTcpExtMPRstTx", 0L)).isPositive();
    assertThat(other.getOrDefault("MPTcpExtMPRstRx", 0L)).isPositive();
    assertThat(other.getOrDefault("MPTcpExtMPJoinSynRx", 0L)).isZero();
  }

  @Test
  void fastcloseOfOurClient() {
    try (KernelPeer peer = KernelPeer.serveFor(kernel, "10.0.1.2", "80")) {
      Transfer transfer = ours.connect("10.0.1.2", 80, s -> Transfer.mode(s, 'I'));
      ours.call(() -> transfer.at(1, () -> transfer.socket().abort()));
      assertThat(ours.result(transfer, 5).error()).isEqualTo(SocketError.ECONNABORTED);
      assertThat(peer.line(5)).contains("ECONNRESET");
    }
    fastclosed(ours.counters(), kernel.counters());
  }

  @Test
  void fastcloseOfOurServer() {
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "wait", "10.0.1.1", "80")) {
      Transfer transfer = ours.accepted();
      assertThat(peer.line(5)).isEqualTo("waiting");
      ours.call(
          () -> {
            transfer.socket().abort();
            return null;
          });
      assertThat(peer.result(5)).contains("ECONNRESET");
    }
    fastclosed(ours.counters(), kernel.counters());
  }

  @Test
  void fastcloseOfTheKernelsClient() {
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "abort", "10.0.1.1", "80")) {
      assertThat(ours.result(ours.accepted(), 10).error()).isEqualTo(SocketError.ECONNRESET);
      peer.result(5);
    }
    fastclosed(kernel.counters(), ours.counters());
  }

  @Test
  void fastcloseOfTheKernelsServer() {
    try (KernelPeer peer = KernelPeer.serveFor(kernel, "10.0.1.2", "80")) {
      Transfer transfer = ours.connect("10.0.1.2", 80, s -> Transfer.mode(s, 'A'));
      assertThat(ours.result(transfer, 10).error()).isEqualTo(SocketError.ECONNRESET);
      assertThat(peer.line(5)).contains("\"A\"");
    }
    fastclosed(kernel.counters(), ours.counters());
  }
}
