package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Mib;

/**
 * Boxes on both paths change data, which checksums find: RFC 8684 section 3.7. Subflows are reset
 * until one is left alone on which everything is contiguous; it goes on as TCP.
 */
class RuinedPathsTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int BYTES = 1_000_000;
  private static final int EVERY = 20;

  private final TestNet net = new TestNet(1, 2);
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.close();
    assertThat(client.leaked() + server.leaked()).isZero();
  }

  /** Flips a bit in one of so many segments with data. */
  private void flip(TestNet.Path path, boolean up, boolean down) {
    int[] seen = {0};
    path.drop =
        d -> {
          boolean fromClient = Cutter.isFromClient(d);
          if (Cutter.payload(d) > 0 && (fromClient ? up : down) && ++seen[0] % EVERY == 0) {
            flipLast(d);
          }
          return false;
        };
  }

  private static void flipLast(ByteBuf d) {
    int last = d.writerIndex() - 1;
    d.setByte(last, d.getByte(last) ^ 1);
  }

  @ParameterizedTest
  @CsvSource({
    "true, false, 0", "false, true, 0", "true, true, 0",
    "true, false, 0.01", "false, true, 0.01", "true, true, 0.01"
  })
  void theLastPathGoesOnAsTcp(boolean up, boolean down, double loss) {
    net.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(true)));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S);
    server = net.server.apps.get(0);
    for (TestNet.Path path : net.paths) {
      path.cut = true;
      path.loss = loss;
      path.bitsPerSecond = 20_000_000;
      flip(path, up, down);
    }
    client.toSend += BYTES;
    server.toSend += BYTES;
    client.finish = true;
    server.finish = true;
    net.runUntil(() -> client.connection.done() && server.connection.done(), net.nowNs() + 90 * S);
    assertThat(server.received).isEqualTo(10_000 + BYTES);
    assertThat(client.received).isEqualTo(BYTES);
    assertThat(client.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP_FALLBACK);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
    // What is not altered is right: the numbers of both levels were carried over.
    assertThat(up || server.wrongAt == -1).isTrue();
    assertThat(down || client.wrongAt == -1).isTrue();
    assertThat(net.client.count(Mib.MP_FAIL_TX)).isPositive();
    assertThat(net.server.count(Mib.MP_FAIL_TX)).isPositive();
  }
}
