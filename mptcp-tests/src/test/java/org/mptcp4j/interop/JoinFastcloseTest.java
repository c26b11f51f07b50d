package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.StackConfig;

/** Group {@code fastclose} of the kernel's own join tests: who ends it says so, once. */
@Tag("matrix")
@Interop
class JoinFastcloseTest {
  private final Netns kernel = Netns.create();
  private StackHost ours;

  @BeforeEach
  void start() throws IOException {
    ours = StackHost.start(kernel, StackConfig.defaults(), "m4j1:10.0.1.1/24");
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

  private Aborts aborts() {
    return new Aborts(ours, "10.0.1.1", kernel, "10.0.1.2");
  }

  @Test
  void fastcloseOfOurClient() throws IOException {
    aborts().byOurClient();
    fastclosed(ours.counters(), kernel.counters());
  }

  @Test
  void fastcloseOfOurServer() throws IOException {
    aborts().byOurServer();
    fastclosed(ours.counters(), kernel.counters());
  }

  @Test
  void fastcloseOfTheKernelsClient() throws IOException {
    aborts().byTheKernelsClient();
    fastclosed(kernel.counters(), ours.counters());
  }

  @Test
  void fastcloseOfTheKernelsServer() throws IOException {
    aborts().byTheKernelsServer();
    fastclosed(kernel.counters(), ours.counters());
  }
}
