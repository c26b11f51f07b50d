package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** As many addresses as there are ids: RFC 8684 section 3.4.1. */
class ManyAddressesTest {
  private static final int ALL = 255;
  private static final int KB = 1_000;

  private final SimWorld world = new SimWorld(1);

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  /** A server announces all of them; a client with that limit takes so many, and echoes all. */
  @ParameterizedTest
  @ValueSource(ints = {8, 100, ALL})
  void allAreAnnouncedAndEchoed(int limit) {
    Endpoints.Builder endpoints = Endpoints.builder();
    for (int i = 1; i <= ALL; i++) {
      endpoints.add(
          org.mptcp4j.pm.Endpoint.of("10.99.1." + i, org.mptcp4j.pm.Endpoint.Flag.SIGNAL));
    }
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.maxAcceptedAddresses(limit))
            .limits(l -> l.remoteAddressesPerConnection(limit))
            .build();
    SimStack client = world.stack("client", config);
    SimStack server = world.stack("server", config);
    world.path(client, server, LinkProfile.of(5_000_000, millis(10)));
    SocketOptions byHand = SocketOptions.builder().pathManager("application").build();
    Listener listener =
        server.listen(
            80,
            SocketOptions.builder().pathManager(endpoints.build()).build(),
            Endpoint::closeAtEndOfStream);
    Endpoint atClient = client.connect(server, 80, byHand).send(KB);
    world.require("all echoed", () -> server.counter("MPTcpExtEchoAdd") == ALL, seconds(60));
    assertThat(client.counter("MPTcpExtAddAddr")).isEqualTo(ALL);
    assertThat(atClient.info().remoteAddresses()).isEqualTo(limit);
    assertThat(listener.one().info().mptcp().addAddrSignal()).isEqualTo(ALL);
    atClient.send(KB).thenClose();
    world.requireAllClosed(seconds(300));
  }
}
