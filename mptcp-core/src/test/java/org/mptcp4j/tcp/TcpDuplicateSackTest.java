package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.wire.TcpFlags.ACK;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** DSACKs that we send: RFC 2883 section 4. */
class TcpDuplicateSackTest {

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.drain();
    peer.assertNoLeaks();
  }

  @Test
  void aDuplicateBelowTheAcknowledgementIsReportedOnce() {
    // RFC 2883 section 4.1.1.
    peer.data(1, 300);
    peer.sent();
    peer.data(101, 100);
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.ack()).isEqualTo(301);
    assertThat(ack.sack()).containsExactly(101, 201);
    peer.sock.requestAck();
    assertThat(peer.one().sack()).isEmpty();
  }

  @Test
  void aDuplicateComesBeforeTheBlocks() {
    // RFC 2883 section 4.1.2.
    peer.data(1, 100);
    peer.sent();
    peer.data(301, 100);
    peer.sent();
    peer.data(51, 50);
    assertThat(peer.one().sack()).containsExactly(51, 101, 301, 401);
  }

  @Test
  void aDuplicateBeyondAHoleIsFollowedByItsBlock() {
    // RFC 2883 section 4.1.3.
    peer.data(101, 100);
    peer.data(201, 100);
    peer.sent();
    peer.data(201, 100);
    assertThat(peer.one().sack()).containsExactly(201, 301, 101, 301);
  }

  @Test
  void ofAPartialDuplicateTheDuplicatePartIsReported() {
    // RFC 2883 section 4.2.
    peer.data(1, 100);
    peer.sent();
    peer.data(51, 100);
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.ack()).isEqualTo(151);
    assertThat(ack.sack()).containsExactly(51, 101);
    peer.data(201, 100);
    peer.sent();
    peer.data(251, 100);
    assertThat(peer.one().sack()).containsExactly(251, 301, 201, 351);
  }

  @Test
  void duplicatesInOneBurstAreOneBlock() {
    peer.data(1, 300);
    peer.sent();
    peer.data(1, 100);
    peer.data(101, 100);
    assertThat(peer.one().sack()).containsExactly(1, 201);
  }

  @Test
  void anAckWithoutPayloadCarriesTheReportWhenDataWaits() {
    peer.data(1, 100);
    peer.sent();
    peer.write(10);
    peer.data(1, 100);
    ScriptedPeer.Sent ack = peer.sent().get(0);
    assertThat(ack.pureAck()).isTrue();
    assertThat(ack.sack()).containsExactly(1, 101);
  }

  @Test
  void whereTheOptionSpaceEndsTheDuplicateComesFirst() {
    // RFC 2018 section 3: SACK takes what room other options leave.
    peer.data(301, 100);
    peer.data(501, 100);
    peer.data(701, 100);
    peer.sent();
    peer.data(701, 50);
    assertThat(peer.one().sack()).containsExactly(701, 751, 701, 801, 501, 601);
  }

  @Test
  void withoutSackThereIsNoReport() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    peer.data(1, 100);
    peer.sent();
    peer.data(1, 100);
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.sack()).isEmpty();
    assertThat(ack.ack()).isEqualTo(101);
  }

  @Test
  void aFinThatComesAgainIsReported() {
    peer.arrive(1, 1, ACK | org.mptcp4j.wire.TcpFlags.FIN, 0);
    peer.sent();
    peer.arrive(1, 1, ACK | org.mptcp4j.wire.TcpFlags.FIN, 0);
    assertThat(peer.one().sack()).containsExactly(1, 2);
  }

  // ---- DSACKs that we get: RFC 2883 section 5

  private void flight(int segments) {
    peer.ack(1);
    peer.write(segments * 1448);
    peer.sent();
    peer.nowNs += 10 * ScriptedPeer.MS;
  }

  private static int at(int segment) {
    return 1 + segment * 1448;
  }

  @Test
  void aBlockIsJudgedByTheAckBesideItAndNotByALaterOne() {
    flight(6);
    peer.ack(at(4));
    // Overtaken: the block lies beyond its own ACK, and is none for a duplicate.
    peer.sack(at(2), at(3), at(4));
    assertThat(peer.window.count(Mib.TCP_DSACK_RECV)).isZero();
    assertThat(peer.window.count(Mib.TCP_DSACK_OFO_RECV)).isZero();
    peer.sack(at(4), at(3), at(4));
    assertThat(peer.window.count(Mib.TCP_DSACK_RECV)).isEqualTo(1);
  }

  @Test
  void aBlockBeyondTheAckIsADuplicateWhenTheSecondCoversIt() {
    flight(8);
    peer.sack(at(0), at(3), at(4), at(2), at(6));
    assertThat(peer.window.count(Mib.TCP_DSACK_RECV)).isZero();
    assertThat(peer.window.count(Mib.TCP_DSACK_OFO_RECV)).isEqualTo(1);
    peer.sack(at(0), at(6), at(7), at(2), at(4));
    assertThat(peer.window.count(Mib.TCP_DSACK_OFO_RECV)).isEqualTo(1);
  }
}
