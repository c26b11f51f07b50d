package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;

/**
 * Boxes on both paths take the options off segments with data, in the middle of a connection that
 * uses both, so that it cannot fall back: RFC 8684 section 3.7. Acknowledgements pass, and so can
 * mappings on them: section 3.3.1.
 */
class OptionsLostTest {
  private static final long S = 1_000 * TestNet.MS;
  private static final int BYTES = 400_000;

  /** One case. */
  record Setting(Way way, boolean checksums, double loss) {}

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (Way way : Way.values()) {
      for (boolean checksums : new boolean[] {false, true}) {
        all.add(new Setting(way, checksums, 0));
        all.add(new Setting(way, checksums, 0.01));
      }
    }
    return all;
  }

  private final TestNet net = new TestNet(1, 2);
  private TestApp client;
  private TestApp server;

  @AfterEach
  void close() {
    net.close();
    assertThat(client.leaked() + server.leaked()).isZero();
  }

  private void start(Setting setting, boolean withAcks) {
    net.client.config = TestHost.config(c -> c.mptcp(m -> m.checksumRequired(setting.checksums())));
    net.server.acceptedFinish = false;
    client = net.client.connect(net.server, new TestApp(net).sends(10_000));
    client.finish = false;
    net.run(S);
    server = net.server.apps.get(0);
    assertThat(client.connection.flows()).hasSize(2);
    for (TestNet.Path path : net.paths) {
      path.loss = setting.loss();
      path.bitsPerSecond = 20_000_000;
      path.drop =
          d -> {
            boolean hit = withAcks || Cutter.payload(d) > 0;
            if (hit && setting.way().has(d)) {
              Cutter.blankMptcp(d);
            }
            return false;
          };
    }
    client.toSend += BYTES;
    server.toSend += BYTES;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void mappingsOnAcknowledgementsKeepItAlive(Setting setting) {
    start(setting, false);
    net.runUntil(
        () -> server.received == 10_000 + BYTES && client.received == BYTES, net.nowNs() + 60 * S);
    assertThat(server.received).isEqualTo(10_000 + BYTES);
    assertThat(client.received).isEqualTo(BYTES);
    assertThat(server.wrongAt + client.wrongAt).isEqualTo(-2);
    assertThat(server.connection.protocol()).isEqualTo(Protocol.MPTCP);
    client.finish = true;
    server.finish = true;
    net.run(20 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.NONE);
    assertThat(client.connection.done() && server.connection.done()).isTrue();
  }

  /** Nothing of MPTCP passes on any path: there is no way on, and both applications soon know. */
  @Test
  void whenNothingPassesBothEndsSoonHearOfIt() {
    start(new Setting(Way.BOTH, false, 0), true);
    net.runUntil(
        () -> client.connection.meta().closed() && server.connection.meta().closed(),
        net.nowNs() + 30 * S);
    assertThat(client.connection.meta().error()).isEqualTo(SocketError.EPROTO);
    assertThat(server.connection.meta().error()).isEqualTo(SocketError.EPROTO);
  }
}
