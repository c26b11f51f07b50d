package org.mptcp4j.testkit.peer;

import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;
import static org.mptcp4j.testkit.segment.SegmentMatcher.segment;
import static org.mptcp4j.wire.TcpFlags.ACK;

import org.junit.jupiter.api.Test;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** What a peer driven by hand is for, in one test. */
class HandDrivenPeerExampleTest {
  @Test
  void dataThatComesInTheWrongOrderIsPutInOrder() {
    try (SimWorld world = new SimWorld(1)) {
      SimStack server = world.stack("server");
      HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");
      world.path(peer, server, LinkProfile.perfect());
      Listener listener = server.listen(80, Endpoint::keeping);

      PeerConnection connection = peer.connection();
      PeerSubflow first = connection.connect(server.at(0, 80));

      first.data("world").dsn(6).send();
      first.expect(segment().flags(ACK).ack(6).dataAck(connection.dsn(1)));
      assertThat(listener.one().receivedBytes()).isEmpty();

      first.data("hello").dsn(1).send();
      first.expect(segment().flags(ACK).ack(11).dataAck(connection.dsn(11)));
      assertThat(listener.one().receivedBytes()).asString().isEqualTo("helloworld");
    }
  }
}
