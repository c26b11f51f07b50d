package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.wire.RxSegment;

/**
 * Two subflows, and boxes on both paths that strip the options of segments without data: plain TCP
 * would survive that, and so does a connection that cannot fall back any more.
 */
class BareAcksTest {
  private static final long S = 1_000 * TestNet.MS;

  private final TestNet net = new TestNet(1, 2);
  private final RxSegment segment = new RxSegment();

  @AfterEach
  void close() {
    net.close();
  }

  /** Strips the options of what a host sends without data. */
  private boolean strip(ByteBuf datagram, boolean ofClient, boolean ofServer) {
    ByteBuf copy = datagram.copy();
    segment.parse(copy, ChecksumState.PARTIAL, 0);
    boolean client = segment.dstPort() == 80;
    boolean empty = segment.payloadLength() == 0 && !segment.syn();
    copy.release();
    if (empty && (client ? ofClient : ofServer)) {
      Cutter.blankMptcp(datagram);
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({
    "true,false,300000,300000,false",
    "false,true,300000,300000,false",
    "true,true,300000,300000,false",
    "true,true,300000,300000,true",
    "true,true,2000000,100,false",
    "true,true,100,2000000,true",
    "true,false,300000,0,false",
    "false,true,300000,0,false",
    "true,true,300000,0,true"
  })
  void theirDataArrivesAndTheyEndInOrder(
      boolean ofClient, boolean ofServer, long up, long down, boolean checksums) {
    net.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(checksums)));
    net.server.acceptedFinish = false;
    TestApp client = net.client.connect(net.server, new TestApp(net).sends(20_000));
    client.finish = false;
    net.run(S);
    TestApp server = net.server.apps.get(0);
    assertThat(client.connection.flows()).hasSize(2);
    for (TestNet.Path path : net.paths) {
      path.drop = datagram -> strip(datagram, ofClient, ofServer);
    }
    client.sends(20_000 + up).finish = true;
    server.sends(down).finish = true;
    net.runUntil(() -> client.connection.done() && server.connection.done(), 600 * S);
    assertThat(client.connection.done() && server.connection.done()).isTrue();
    assertThat(client.received).isEqualTo(down);
    assertThat(server.received).isEqualTo(20_000 + up);
    assertThat(client.wrongAt).isEqualTo(-1);
    assertThat(server.wrongAt).isEqualTo(-1);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(client.connection.protocol()).isEqualTo(Protocol.MPTCP);
    assertThat(client.leaked() + server.leaked()).isZero();
  }
}
