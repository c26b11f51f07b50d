package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.middlebox.Boxes;
import org.mptcp4j.testkit.middlebox.TcpBox;

/**
 * One segment with data loses its options on the way, on each of two subflows. RFC 8684 section
 * 3.3.1: bytes without a mapping are of no use, so it is taken for lost, and comes again with one.
 */
class LostMappingTest {
  private static final int PORT = 80;
  private static final int BYTES = 400_000;

  @ParameterizedTest
  @CsvSource({
    "V4, true, false",
    "V4, false, false",
    "V4, true, true",
    "V6, true, false",
    "V6, false, true"
  })
  void costsNoSubflow(SimWorld.Family family, boolean toServer, boolean checksum) {
    try (SimWorld world = new SimWorld(5)) {
      world.family(family);
      StackConfig config = StackConfig.builder().mptcp(m -> m.checksumRequired(checksum)).build();
      SimStack client = world.stack("client", config);
      SimStack server = world.stack("server", config);
      for (int i = 0; i < 2; i++) {
        LinkProfile profile =
            LinkProfile.of(20_000_000, millis(10))
                .queueTime(millis(100))
                .superSegments(LinkProfile.SuperSegments.CUT)
                .checksums(LinkProfile.Checksums.COMPUTED);
        SimLink link = world.path(client, server, profile);
        SimChannel there = link.from(client.host());
        SimChannel back = link.to(client.host());
        // Of each flow the first segment from there on.
        TcpBox box = Boxes.stripsThirdAck().fromByte(BYTES / 8);
        if (toServer) {
          box.attach(there, back, world.allocator());
        } else {
          box.attach(back, there, world.allocator());
        }
      }
      Listener listener = server.listen(PORT);
      Endpoint from = client.connect(server, PORT);
      world.runFor(millis(200));
      Endpoint writer = toServer ? from : listener.one();
      Endpoint reader = toServer ? listener.one() : from;
      writer.send(BYTES).thenClose();
      reader.thenShutDown();
      world.requireAllClosed(seconds(300));

      assertThat(reader.received()).isEqualTo(BYTES);
      assertThat(from.info().protocol()).isEqualTo(Protocol.MPTCP);
      SimStack receiving = toServer ? server : client;
      assertThat(receiving.counter("TcpExtTCPRcvQDrop")).as("taken for lost").isEqualTo(2);
      for (SimStack stack : new SimStack[] {client, server}) {
        assertThat(stack.counter("TcpEstabResets")).as("resets of %s", stack.name()).isZero();
      }
    }
  }
}
