package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.PeerTimeouts;

/**
 * Everything is acknowledged and the window of the data level is closed: nothing is in flight that
 * would show that a path, or the peer, is gone. RFC 8684 section 3.3.1, RFC 9293 section 3.8.6.1.
 */
class ClosedDataWindowTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int BUFFER = 64 << 10;

  private TestNet net;
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.close();
  }

  private void fillWindow(int paths) {
    net = new TestNet(paths, paths);
    net.server.config = TestHost.config(c -> c.buffers(b -> b.receive(BufferRange.fixed(BUFFER))));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S / 2);
    server = net.server.apps.get(0);
    server.reading = false;
    client.toSend += 300_000;
    net.run(5 * S);
    assertThat(server.connection.meta().readableBytes()).isBetween(60_000L, 67_000L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aPathThatFellSilentMeanwhileDoesNotHideThatTheWindowIsOpen(int dead) {
    fillWindow(2);
    net.paths[dead].up = false;
    // The news of the open window is lost on the other path.
    net.paths[1 - dead].up = false;
    server.reading = true;
    net.run(S / 10);
    net.paths[1 - dead].up = true;
    net.run(60 * S);
    assertThat(server.received).isEqualTo(310_000);
    assertThat(server.wrongAt).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPeerThatIsGoneIsGivenUp(int paths) {
    fillWindow(paths);
    for (int i = 0; i < paths; i++) {
      net.paths[i].up = false;
    }
    net.run(900 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    net.run(300 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
  }

  @Test
  void aPeerThatAnswersIsKept() {
    fillWindow(1);
    net.run(3 * 3600 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    server.reading = true;
    net.run(200 * S);
    assertThat(server.received).isEqualTo(310_000);
  }

  // RFC 5482: the application says how long it waits, also for a peer that answers.
  @Test
  void theApplicationMayNotWaitForSoLong() {
    fillWindow(1);
    PeerTimeouts now = client.connection.meta().peerTimeouts().userTimeoutNs(30 * S);
    client.connection.meta().setPeerTimeouts(now);
    net.run(20 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    net.run(60 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
  }
}
