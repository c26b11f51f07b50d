package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;

/** 64 MB each way over two subflows between this stack and the host's kernel. */
@Interop
class TransferTest {
  private static final long BYTES = 64L << 20;
  private static final String[] DEVICES = {
    "m4j0:10.1.0.2/24,fd01::2/64", "m4j1:10.2.0.2/24,fd02::2/64"
  };

  private Netns kernel;
  private StackHost ours;

  @BeforeEach
  void start() throws IOException {
    kernel = Netns.create();
    ours = StackHost.start(kernel, StackConfig.defaults(), DEVICES);
    kernel.routeFrom("10.2.0.1", "m4j1", 2);
    kernel.routeFrom("fd02::1", "m4j1", 2);
  }

  @AfterEach
  void stop() {
    ours.close();
    kernel.close();
  }

  private static void nothingWentWrong(Map<String, Long> kernelCounters, Map<String, Long> ours) {
    assertThat(Faults.in(kernelCounters)).as("of the kernel").isEmpty();
    assertThat(Faults.in(ours)).as("ours").isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"10.1.0.1, up", "10.1.0.1, down", "fd01::1, up", "fd01::1, down"})
  void asClient(String address, String direction) {
    String six = address.contains(":") ? "-6" : "serve";
    String[] words =
        six.equals("-6") ? new String[] {"-6", "serve", "80"} : new String[] {"serve", "80"};
    try (KernelPeer peer = KernelPeer.serve(kernel, words)) {
      Transfer transfer =
          ours.connect(
              address,
              80,
              s -> direction.equals("up") ? Transfer.up(s, BYTES) : Transfer.down(s, BYTES));
      Transfer.Result result = ours.result(transfer, 60);

      assertThat(result.error()).isEqualTo(SocketError.NONE);
      if (direction.equals("up")) {
        assertThat(result.peerGotOurs()).isTrue();
      } else {
        assertThat(result.received()).isEqualTo(BYTES + Transfer.DIGEST);
        assertThat(result.weGotTheirs()).isTrue();
      }
      assertThat(peer.line(10)).contains("\"mptcp\": true", "\"subflows\": 1");
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableSYNRX")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPCapableACKRX")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPJoinAckRx")).isEqualTo(1);
    nothingWentWrong(counters, ours.counters());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"10.1.0.2, up", "10.1.0.2, down", "fd01::2, up", "fd01::2, down"})
  void asServer(String address, String direction) {
    boolean six = address.contains(":");
    kernel.endpoint(six ? "fd02::1" : "10.2.0.1", "m4j1", "subflow");
    ours.listen(80);
    try (KernelPeer peer =
        KernelPeer.start(
            kernel, six ? "-6" : "--bind=10.1.0.1", direction, address, "80", "" + BYTES)) {
      Transfer.Result result = ours.result(ours.accepted(), 60);

      assertThat(peer.result(20)).contains("\"equal\": true", "\"mptcp\": true", "\"subflows\": 1");
      assertThat(result.error()).isEqualTo(SocketError.NONE);
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx")).isEqualTo(1);
    nothingWentWrong(counters, ours.counters());
  }
}
