package org.mptcp4j.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.pm.Endpoint;
import org.mptcp4j.pm.Endpoints;

/** Group {@code add_addr_ports} of the kernel's own join tests. */
@Tag("matrix")
@Interop
class JoinAddAddrPortsTest {
  private static final String DEVICE = "m4j1:10.0.1.1/24";

  @TestFactory
  Stream<DynamicTest> cases() {
    return JoinCase.tests("add_addr_ports");
  }

  // "port-based signal endpoint must not accept mpc"
  @Test
  void ourPortTakesNoConnection() throws IOException {
    Endpoint port = Endpoint.of("10.0.1.1", Endpoint.Flag.SIGNAL).withPort(10_100);
    Endpoints endpoints = Endpoints.builder().add(port).build();
    try (Netns kernel = Netns.create();
        StackHost host =
            StackHost.start(
                kernel,
                StackConfig.defaults(),
                link -> link,
                builder -> builder.pathManager(endpoints),
                DEVICE);
        KernelPeer peer = KernelPeer.client(kernel, "rounds", "10.0.1.1", "10100")) {
      assertThat(peer.line(10)).contains("ECONNREFUSED");
      assertThat(host.counters())
          .doesNotContainKey("MPTcpExtMPCapableACKRX")
          .containsEntry("MPTcpExtMPCapableEndpAttempt", 1L);
    }
  }

  @Test
  void thePortOfTheKernelTakesNoConnection() throws IOException {
    try (Netns kernel = Netns.create();
        StackHost host = StackHost.start(kernel, StackConfig.defaults(), DEVICE)) {
      kernel.endpoint("10.0.1.2", "m4j1", "signal", "port", "10100");
      Transfer transfer = host.connect("10.0.1.2", 10_100, s -> Transfer.mode(s, 'I'));
      assertThat(host.result(transfer, 10).error()).isEqualTo(SocketError.ECONNREFUSED);
      assertThat(kernel.counters()).containsEntry("MPTcpExtMPCapableEndpAttempt", 1L);
    }
  }
}
