package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.LinkDevice;

/**
 * Uploads by the host's kernel with checksums, closed at once after a last, short chunk, and echoed
 * back. Linux then repeats the mapping of a tail that had to wait, longer or with a DATA_FIN.
 */
@Interop
class UploadsTest {
  private static final int UPLOADS = 50;
  private static final int BYTES = 1_000_000;
  private static final int DSS_BYTES = 28;

  private Netns kernel;
  private StackHost ours;

  /** What the stack believes that the link carries is too little for an option of MPTCP. */
  private static final class Narrow extends LinkInFront {
    Narrow(LinkDevice link) {
      super(link);
    }

    @Override
    public int mtu() {
      return super.mtu() - DSS_BYTES;
    }
  }

  @BeforeEach
  void start() throws IOException {
    kernel = Netns.create();
    kernel.sysctl("net.mptcp.checksum_enabled", "1");
    start(UnaryOperator.identity());
    kernel.routeFrom("10.2.0.1", "m4j1", 2);
    kernel.routeFrom("fd02::1", "m4j1", 2);
  }

  private void start(UnaryOperator<LinkDevice> between) throws IOException {
    String[] devices = {"m4j0:10.1.0.2/24,fd01::2/64", "m4j1:10.2.0.2/24,fd02::2/64"};
    ours = StackHost.start(kernel, StackConfig.defaults(), between, devices);
    ours.listen(80);
  }

  @AfterEach
  void stop() {
    ours.close();
    kernel.close();
  }

  @ParameterizedTest(name = "{0}, {1} subflows")
  @CsvSource({"10.1.0.2, 1", "10.1.0.2, 2", "fd01::2, 1", "fd01::2, 2"})
  void allComplete(String address, int subflows) {
    if (subflows == 2) {
      kernel.endpoint(address.contains(":") ? "fd02::1" : "10.2.0.1", "m4j1", "subflow");
    }
    try (KernelPeer peer =
        KernelPeer.client(kernel, "uploads", address, "80", "" + BYTES, "" + UPLOADS)) {
      assertThat(peer.result(60)).isEqualTo("{\"complete\": " + UPLOADS + "}");
    }
    Map<String, Long> counters = kernel.counters();
    assertThat(counters.get("MPTcpExtMPCapableSYNACKRX")).isEqualTo(UPLOADS);
    assertThat(counters.get("MPTcpExtMPJoinSynAckRx") > 0).isEqualTo(subflows == 2);
    assertThat(counters.get("TcpEstabResets")).isZero();
    assertThat(ours.counters()).doesNotContainKeys("MPTcpExtDSSNotMatching", "MPTcpExtDataCsumErr");
  }

  // RFC 8684 section 3.7: a wrong checksum on the only subflow. Linux falls back; the bytes that it
  // uploads meanwhile all arrive, and all come back, one of them changed. The kernel's end stays
  // open till then: a shutdown right behind its fallback makes it send its FIN before its last
  // data.
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void aChangedByteOfOursCostsNoOther(String address) throws IOException {
    for (int run = 1; run <= 10; run++) {
      ours.close();
      int changed = 50_000 * run;
      start(link -> new BitFlip(link, changed));
      try (KernelPeer peer = KernelPeer.client(kernel, "echo", address, "80", "" + 2 * BYTES)) {
        assertThat(peer.result(20)).contains("\"bytes\": 2000000", "\"equal\": false");
      }
      assertThat(ours.counters())
          .containsEntry("MPTcpExtMPFailRx", 1L)
          .containsEntry("MPTcpExtMPFailTx", 1L)
          .containsKey("MPTcpExtInfiniteMapTx");
      assertThat(kernel.counters())
          .containsEntry("MPTcpExtMPFailTx", (long) run)
          .containsEntry("MPTcpExtMPFailRx", (long) run);
    }
  }

  // The same the other way: this end finds the wrong checksum, and Linux answers its MP_FAIL with
  // one and with the infinite mapping. It does not count that option when it cuts its segments:
  // full ones are longer than its MTU and never leave. So this end takes smaller ones.
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"10.1.0.2", "fd01::2"})
  void aChangedByteOfTheKernelCostsNoOther(String address) throws IOException {
    for (int run = 1; run <= 10; run++) {
      ours.close();
      int changed = 50_000 * run;
      start(link -> BitFlip.ofReceived(new Narrow(link), changed));
      try (KernelPeer peer = KernelPeer.client(kernel, "echo", address, "80", "" + 2 * BYTES)) {
        assertThat(peer.result(20)).contains("\"bytes\": 2000000", "\"equal\": false");
      }
      assertThat(ours.counters())
          .containsEntry("MPTcpExtDataCsumErr", 1L)
          .containsEntry("MPTcpExtMPFailTx", 1L)
          .containsEntry("MPTcpExtMPFailRx", 1L)
          .containsKey("MPTcpExtInfiniteMapRx");
      assertThat(kernel.counters())
          .containsEntry("MPTcpExtMPFailRx", (long) run)
          .containsEntry("MPTcpExtMPFailTx", (long) run);
    }
  }
}
