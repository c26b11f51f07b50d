package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 5682 sections 2.1 and 3.1 step 3a: F-RTO finds that a timeout was right. */
class TimeoutForALossTest {
  private static final int MSS = 1460;

  private ScriptedPeer peer;

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private static int at(int segment) {
    return 1 + segment * MSS;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theAnswerToNewDataLetsLostDataOutInASmallWindow(boolean sack) {
    peer =
        new ScriptedPeer(
                TcpConfig.builder()
                    .options(o -> o.timestamps(false).sack(sack).quickAcks(0))
                    .build())
            .established();
    peer.ack(1);
    peer.write(10 * MSS);
    peer.sent();
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      if (peer.sock.backoffs() == 0) {
        peer.sent();
      }
    }
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.write(3 * MSS);
    peer.nowNs += 10 * MS;
    peer.ack(at(1));
    assertThat(peer.one().length()).isEqualTo(2 * MSS);
    peer.nowNs += 10 * MS;
    if (sack) {
      peer.sack(at(1), at(10), at(12));
    } else {
      peer.ack(at(1));
    }
    ScriptedPeer.Sent again = peer.sent().get(0);
    assertThat(again.offset()).isEqualTo(at(1));
    assertThat(again.length()).isEqualTo(sack ? 2 * MSS : MSS);
    assertThat(peer.cc.cwndBytes()).isLessThanOrEqualTo(3 * MSS);
    assertThat(peer.sock.inLossRecovery()).isTrue();
  }
}
