package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.pm.ApplicationPathManager;
import org.mptcp4j.pm.DefaultPathManager;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.PathManager;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.wire.RemoveAddr;

/** RFC 8684 section 3.4.2: REMOVE_ADDR, at both ends. */
class RemovedAddressTest {
  private static final long S = 1_000 * TestNet.MS;

  private final TestNet net = new TestNet(5, 2);
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.client.close();
    net.server.close();
  }

  private void start(Supplier<PathManager> atServer) {
    start(atServer, 2);
  }

  private void start(Supplier<PathManager> atServer, int subflows) {
    net.server.config = TestHost.config(c -> c.sockets(o -> o.pathManager(atServer)));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S);
    server = net.server.apps.get(0);
    assertThat(server.connection.flows()).hasSize(subflows);
  }

  /** The client's second address, which it goes on to use: a copy that came late, or a lie. */
  private void removeAddr() {
    MptcpTcpSock first = (MptcpTcpSock) client.connection.flows().get(0);
    int id = ((MptcpTcpSock) client.connection.flows().get(1)).localId();
    first.options().addControl(RemoveAddr.of(id));
    first.tcp().requestAck();
  }

  @Test
  void aSubflowThatAnswersIsNotRemoved() {
    start(DefaultPathManager::new);
    removeAddr();
    net.run(60 * S);
    assertThat(net.server.count(Mib.RM_ADDR)).isOne();
    assertThat(server.connection.flows()).hasSize(2).allMatch(Flow::established);
    assertThat(client.connection.flows()).hasSize(2).allMatch(Flow::established);
  }

  // RFC 8684 section 3.4.2: only what was announced, or used, is withdrawn.
  @ParameterizedTest
  @ValueSource(strings = {"default", "fullmesh", "kernel", "application"})
  void ofAnAddressThatThePeerNeverHeardOfNothingIsSaid(String manager) {
    net.client.config = TestHost.config(c -> c.sockets(o -> o.pathManager(manager)));
    start(DefaultPathManager::new, manager.equals("default") || manager.equals("fullmesh") ? 2 : 1);
    LocalAddress unused =
        new LocalAddress(99, IpAddress.parse("10.99.0.1"), 1, Priority.NORMAL, false);
    for (int i = 0; i < 300; i++) {
      client.connection.onLocalAddressGone(net.nowNs(), unused);
    }
    net.run(S);
    assertThat(net.client.count(Mib.RM_ADDR_TX)).isZero();
    assertThat(net.server.count(Mib.RM_ADDR)).isZero();
    assertThat(server.connection.flows()).allMatch(Flow::established);
  }

  @Test
  void aSubflowThatIsDeadIsRemoved() {
    start(DefaultPathManager::new);
    net.paths[1].drop = d -> true;
    removeAddr();
    net.run(2 * S);
    assertThat(server.connection.flows()).hasSize(2);
    net.run(2 * S);
    assertThat(server.connection.flows()).hasSize(1);
    assertThat(net.server.count(Mib.MP_RST_TX)).isOne();
  }

  @Test
  void linuxClosesItAtOnceAndInOrder() {
    start(Endpoints.builder().limits(2, 0).build());
    removeAddr();
    net.run(S / 2);
    assertThat(server.connection.flows()).hasSize(1);
    assertThat(net.server.count(Mib.MP_RST_TX)).isZero();
  }

  // "A subflow that is still functioning MUST be closed with a FIN exchange as in regular TCP."
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsWithdrawnAndWorksEndsWithFins(boolean works) throws Exception {
    start(ApplicationPathManager::new);
    if (!works) {
      net.paths[1].drop = d -> true;
      net.client.apps.get(0).sends(200_000);
      net.run(2 * S);
    }
    client.connection.paths("test").withdraw(net.client.address(1));
    net.run(5 * S);
    assertThat(client.connection.flows()).hasSize(1);
    assertThat(server.connection.flows()).hasSize(1);
    assertThat(net.client.count(Mib.RM_SUBFLOW)).isOne();
    assertThat(net.client.count(Mib.MP_RST_TX)).isEqualTo(works ? 0 : 1);
  }
}
