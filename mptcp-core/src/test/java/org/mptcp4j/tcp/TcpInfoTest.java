package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.info.LossState;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.wire.TcpFlags;

/** Fields of {@code tcp_info} that say what became of what was sent, and what comes. */
class TcpInfoTest {
  private static final int MSS = 1448;

  private final ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private static int at(int segment) {
    return 1 + segment * MSS;
  }

  private TcpInfo info() {
    return peer.sock.info();
  }

  private LossState loss() {
    return info().loss();
  }

  private void flight(int segments) {
    peer.ack(1);
    peer.write(segments * MSS);
    peer.sent();
    peer.nowNs += 10 * MS;
  }

  @Test
  void aRecoveryThatATimeoutBeganIsCountedWithItsTime() {
    flight(4);
    peer.expire();
    peer.sent();
    assertThat(info().retransmits()).as("a loss probe is none").isZero();
    peer.expire();
    long beganNs = peer.nowNs;
    peer.sent();
    assertThat(info().retransmits()).isEqualTo(1);
    peer.expire();
    peer.sent();
    assertThat(info().retransmits()).isEqualTo(2);
    assertThat(loss().rtoRecoveries()).as("it is still the same").isEqualTo(1);
    assertThat(loss().rtoRecoveryNs()).as("it is not over").isZero();
    peer.nowNs += 10 * MS;
    peer.ack(at(4));
    assertThat(info().retransmits()).isZero();
    assertThat(loss().rtoRecoveries()).isEqualTo(1);
    assertThat(loss().rtoRecoveryNs()).isEqualTo(peer.nowNs - beganNs);
    assertThat(info().totalRto()).isEqualTo(2);
  }

  @Test
  void aFastRecoveryIsNone() {
    flight(6);
    peer.sack(at(0), at(1), at(5));
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(at(6));
    assertThat(info().fastRecoveries()).isEqualTo(1);
    assertThat(loss().rtoRecoveries()).isZero();
    assertThat(loss().rtoRecoveryNs()).isZero();
  }

  @Test
  void whatCameTwiceIsCountedWhetherItWasSentTwiceOrNot() {
    flight(6);
    peer.sack(at(0), at(1), at(5));
    peer.sent();
    peer.ack(at(6));
    peer.sack(at(6), at(0), at(1));
    assertThat(loss().dsackBytes()).isEqualTo(MSS);
    peer.sack(at(6), at(2), at(4));
    assertThat(loss().dsackBytes()).isEqualTo(3 * MSS);
  }

  @Test
  void howFarSomethingWasOvertakenAtMost() {
    flight(8);
    peer.sack(at(0), at(1), at(2));
    peer.ack(at(2));
    assertThat(loss().reorderingBytes()).isEqualTo(2 * MSS);
    peer.sack(at(2), at(5), at(6));
    peer.sack(at(2), at(3), at(4), at(5), at(6));
    assertThat(loss().reorderingBytes()).as("of 3, 4 and 5 the last came first").isEqualTo(3 * MSS);
    peer.sent();
    peer.ack(at(8));
    assertThat(loss().reorderingSeen()).isTrue();
  }

  @Test
  void packetsWithDataAreCountedAsTheyAreOnTheWire() {
    flight(5);
    assertThat(info().dataSegsOut()).isEqualTo(5);
    long out = info().segsOut();
    peer.ack(at(5));
    assertThat(info().receiving().dataSegments()).isZero();
    assertThat(info().receiving().atoNs()).as("nothing to be acknowledged").isZero();
    peer.data(1, 100);
    peer.data(201, 100);
    peer.data(101, 100);
    assertThat(info().receiving().dataSegments()).isEqualTo(3);
    assertThat(info().receiving().outOfOrderSegments()).isEqualTo(1);
    assertThat(info().receiving().atoNs()).isPositive();
    assertThat(info().receiving().windowBytes()).isPositive();
    peer.sent();
    assertThat(info().dataSegsOut()).as("acknowledgements have none").isEqualTo(5);
    assertThat(info().segsOut()).isGreaterThan(out);
    peer.drain();
  }

  @Test
  void probesOfAClosedWindowAreNoRetransmissions() {
    flight(1);
    peer.arrive(1, at(1), TcpFlags.ACK, 0, s -> s.window(0));
    peer.write(100);
    peer.sent();
    for (int i = 1; i < 4; i++) {
      peer.expire();
      peer.sent();
      assertThat(info().probes()).isEqualTo(i);
      assertThat(info().retransmits()).isZero();
    }
  }
}
