package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.SocketError;

/** A peer whose subflow works and whose data level does not: RFC 8684 section 3.3.6. */
class StuckPeerTest extends OneVictim {
  // RFC 9293 section 3.8.3: TCP gives up what is never acknowledged, and so does the data level.
  @ParameterizedTest
  @MethodSource("settings")
  void dataThatIsNeverAcknowledgedIsGivenUp(Setting setting) {
    start(setting, new TestNet(1, 1));
    long una = victim.connection.meta().tx().una();
    net.paths[0].up = true;
    net.paths[0].drop =
        d -> {
          // The peer's TCP acknowledges at once, and names the same DATA_ACK again and again.
          peer.send(0, 0, s -> s.options().dssAck64(una));
          return true;
        };
    victim.toSend += 1_000;
    long beganNs = net.nowNs();
    net.runUntil(() -> victim.connection.meta().closed(), beganNs + 3_600 * S);
    assertThat(victim.connection.meta().error()).isEqualTo(SocketError.ETIMEDOUT);
    assertThat(net.nowNs() - beganNs).as("as long as TCP").isBetween(600 * S, 2_000 * S);
  }
}
