package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;

/** Plain TCP, checksums, and ends that are not orderly, against the host's kernel. */
@Interop
class ModesTest {
  private static final long BYTES = 16L << 20;

  private Netns kernel;
  private StackHost ours;

  @BeforeEach
  void start() throws IOException {
    kernel = Netns.create();
    start(StackConfig.defaults());
  }

  private void start(StackConfig config) throws IOException {
    if (ours != null) {
      ours.close();
    }
    ours =
        StackHost.start(
            kernel, config, "m4j0:10.1.0.2/24,fd01::2/64", "m4j1:10.2.0.2/24,fd02::2/64");
  }

  @AfterEach
  void stop() {
    ours.close();
    kernel.close();
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.1, false", "fd01::1, false", "10.1.0.1, true"})
  void ourClientTalksPlainTcpToAServerWithoutMptcp(String address, boolean enabled) {
    kernel.sysctl("net.mptcp.enabled", enabled ? "1" : "0");
    String[] words =
        address.startsWith("fd")
            ? new String[] {"--tcp", "-6", "serve", "80"}
            : new String[] {"--tcp", "serve", "80"};
    try (KernelPeer peer = KernelPeer.serve(kernel, words)) {
      Transfer.Result up = ours.result(ours.connect(address, 80, s -> Transfer.up(s, BYTES)), 30);
      Transfer.Result down =
          ours.result(ours.connect(address, 80, s -> Transfer.down(s, BYTES)), 30);

      assertThat(up.error()).isEqualTo(SocketError.NONE);
      assertThat(up.peerGotOurs()).isTrue();
      assertThat(down.weGotTheirs()).isTrue();
      assertThat(peer.line(5)).contains("\"mptcp\": false");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.2, up", "10.1.0.2, down", "fd01::2, up", "fd01::2, down"})
  void ourServerTalksPlainTcpToAClientWithoutMptcp(String address, String direction) {
    kernel.sysctl("net.mptcp.enabled", "0");
    ours.listen(80);
    String six = address.startsWith("fd") ? "-6" : "--tcp";
    try (KernelPeer peer =
        KernelPeer.start(kernel, "--tcp", six, direction, address, "80", "" + BYTES)) {
      ours.result(ours.accepted(), 30);
      assertThat(peer.result(10)).contains("\"equal\": true", "\"mptcp\": false");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down"})
  void kernelFallsBackWhenOurServerIsPlainTcp(String direction) throws IOException {
    start(StackConfig.builder().mptcp(MptcpMode.DISABLED).build());
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, direction, "10.1.0.2", "80", "" + BYTES)) {
      ours.result(ours.accepted(), 30);
      assertThat(peer.result(10)).contains("\"equal\": true", "\"mptcp\": false");
    }
    assertThat(kernel.counters().get("MPTcpExtMPCapableFallbackSYNACK")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"10.1.0.1, kernel", "fd01::1, kernel", "10.1.0.1, ours"})
  void checksumsOfTheDataWhenEitherSideWantsThem(String address, String who) throws IOException {
    if (who.equals("kernel")) {
      kernel.sysctl("net.mptcp.checksum_enabled", "1");
    } else {
      start(StackConfig.builder().mptcp(m -> m.checksumRequired(true)).build());
    }
    String mine = address.replace("::1", "::2").replace("0.1", "0.2");
    ours.listen(80);
    try (KernelPeer server = KernelPeer.serveFor(kernel, address, "80")) {
      Transfer.Result up = ours.result(ours.connect(address, 80, s -> Transfer.up(s, BYTES)), 30);
      Transfer.Result down =
          ours.result(ours.connect(address, 80, s -> Transfer.down(s, BYTES)), 30);

      assertThat(up.peerGotOurs()).isTrue();
      assertThat(up.open().checksum()).isTrue();
      assertThat(down.weGotTheirs()).isTrue();
      assertThat(server.line(5)).contains("\"mptcp\": true");
    }
    for (String direction : new String[] {"up", "down"}) {
      try (KernelPeer client = KernelPeer.client(kernel, direction, mine, "80", "" + BYTES)) {
        assertThat(client.result(30)).contains("\"equal\": true", "\"mptcp\": true");
      }
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtDataCsumErr")).isZero();
    assertThat(counters.get("MPTcpExtMPFailTx")).isZero();
    assertThat(ours.counters()).doesNotContainKeys("MPTcpExtDataCsumErr", "MPTcpExtMPFailTx");
  }

  private Aborts aborts() {
    return new Aborts(ours, "10.1.0.2", kernel, "10.1.0.1");
  }

  @Test
  void abortOfTheKernelsClientIsAResetHere() throws IOException {
    aborts().byTheKernelsClient();
    assertThat(kernel.counters().get("MPTcpExtMPFastcloseTx")).isPositive();
  }

  @Test
  void abortOfTheKernelsServerIsAResetHere() throws IOException {
    aborts().byTheKernelsServer();
  }

  @Test
  void abortOfOurServerIsAResetThere() throws IOException {
    aborts().byOurServer();
    assertThat(kernel.counters().get("MPTcpExtMPFastcloseRx")).isPositive();
  }

  @Test
  void abortOfOurClientIsAResetThere() throws IOException {
    aborts().byOurClient();
    assertThat(kernel.counters().get("MPTcpExtMPFastcloseRx")).isPositive();
  }

  @Test
  void refusalAndSilenceAreErrorsOfTheirOwn() {
    Transfer refused = ours.connect("10.1.0.1", 81, s -> Transfer.mode(s, 'I'));
    assertThat(ours.result(refused, 5).error()).isEqualTo(SocketError.ECONNREFUSED);

    SocketOptions hurry = SocketOptions.builder().connectTimeout(Duration.ofMillis(500)).build();
    Transfer silent = ours.connect("10.1.0.77", 80, hurry, s -> Transfer.mode(s, 'I'));
    assertThat(ours.result(silent, 5).error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void echoesWhatTheKernelSends(String address) {
    ours.listen(80);
    try (KernelPeer peer = KernelPeer.client(kernel, "echo", address, "80", "3000000")) {
      assertThat(peer.result(20)).contains("\"equal\": true", "\"mptcp\": true");
    }
  }
}
