package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** What a TCP socket decides is counted under the kernel's names, once. */
class TcpCountersTest {
  private final ScriptedPeer peer = new ScriptedPeer();

  @AfterEach
  void nothingIsLeft() {
    peer.assertNoLeaks();
  }

  private long count(Mib counter) {
    return peer.window.count(counter);
  }

  @Test
  void segmentsWithOldTimestamps() {
    peer.established();
    peer.peerTs -= 1;
    peer.data(1, 10);
    assertThat(count(Mib.PAWS_ESTAB)).isEqualTo(1);
    assertThat(count(Mib.TCP_CHALLENGE_ACK)).isZero();
  }

  @Test
  void challengeAcksThatLeaveAndNotThoseThatTheLimitStops() {
    peer.established();
    for (int i = 0; i < 100; i++) {
      peer.arrive(2, 0, RST, 0);
      peer.sent();
    }
    assertThat(count(Mib.TCP_CHALLENGE_ACK))
        .isEqualTo(peer.config.limits().challengeAcksPerSecond());
  }

  @Test
  void synsSentAgainAndTheEnd() {
    peer.connect();
    peer.one();
    for (int i = 0; i < 6; i++) {
      peer.expire();
      peer.one();
    }
    assertThat(count(Mib.TCP_SYN_RETRANS)).isEqualTo(6);
    assertThat(count(Mib.TCP_ABORT_ON_TIMEOUT)).isZero();
    peer.expire();
    assertThat(count(Mib.TCP_SYN_RETRANS)).isEqualTo(6);
    assertThat(count(Mib.TCP_ABORT_ON_TIMEOUT)).isEqualTo(1);
    assertThat(count(Mib.ATTEMPT_FAILS)).isEqualTo(1);
  }

  @Test
  void refusedConnections() {
    peer.connect();
    peer.one();
    peer.arrive(0, 1, RST | ACK, 0);
    assertThat(count(Mib.ATTEMPT_FAILS)).isEqualTo(1);
    assertThat(count(Mib.ESTAB_RESETS)).isZero();
  }

  @Test
  void halfOpenConnectionsThatAreReset() {
    peer.arrive(0, 0, SYN, 0);
    peer.one();
    peer.arrive(1, 0, RST, 0);
    assertThat(count(Mib.ATTEMPT_FAILS)).isEqualTo(1);
  }

  @Test
  void establishedConnectionsThatAreResetByEitherEnd() {
    peer.established();
    peer.arrive(1, 0, RST, 0);
    assertThat(count(Mib.ESTAB_RESETS)).isEqualTo(1);

    ScriptedPeer other = new ScriptedPeer().established();
    other.arrive(1, 1, FIN | ACK, 0);
    other.sent();
    other.sock.abort();
    other.sent();
    assertThat(other.window.count(Mib.ESTAB_RESETS)).isEqualTo(1);
    other.assertNoLeaks();
  }

  @Test
  void connectionsThatEndInOrderFailedNowhere() {
    peer.established();
    peer.sock.shutdownOutput();
    peer.one();
    peer.ack(2);
    peer.arrive(1, 2, FIN | ACK, 0);
    peer.one();
    peer.expire();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(count(Mib.ESTAB_RESETS)).isZero();
    assertThat(count(Mib.ATTEMPT_FAILS)).isZero();
  }

  @Test
  void segmentsThatWaitBeyondAHole() {
    peer.established();
    peer.data(101, 100);
    peer.data(101, 100);
    peer.data(1, 100);
    assertThat(peer.drain()).isEqualTo(200);
    assertThat(count(Mib.TCP_OFO_QUEUE)).isEqualTo(1);
  }
}
