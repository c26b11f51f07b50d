package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.mptcp4j.tcp.Ecn.CE;
import static org.mptcp4j.tcp.Ecn.ECT_0;
import static org.mptcp4j.tcp.Ecn.NOT_ECT;
import static org.mptcp4j.tcp.EcnPeer.ASKS;
import static org.mptcp4j.tcp.EcnPeer.ace;
import static org.mptcp4j.tcp.EcnPeer.hasOption;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.AE;
import static org.mptcp4j.wire.TcpFlags.CWR;
import static org.mptcp4j.wire.TcpFlags.ECE;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.api.AccurateEcnRules;

/** Handshakes with Accurate ECN that take more than three segments: RFC 9768 section 3.1. */
class TcpAccurateEcnHandshakeTest {
  private final ScriptedPeer peer = EcnPeer.of(AccurateEcnRules.DEFAULT);

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  @Test
  void aSynAckThatIsSentAgainHasNoOptionAndThenNoFlags() {
    // Section 3.2.3.2.2.
    EcnPeer.syn(peer, ASKS, NOT_ECT);
    ScriptedPeer.Sent first = peer.one();
    assertThat(first.flags()).isEqualTo(SYN | ACK | CWR);
    assertThat(hasOption(first)).isTrue();
    peer.expire();
    ScriptedPeer.Sent second = peer.one();
    assertThat(second.flags()).isEqualTo(SYN | ACK | CWR);
    assertThat(hasOption(second)).isFalse();
    peer.expire();
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    // Section 3.1.5: feedback is given all the same, but nothing that is sent may be marked.
    assertFeedbackWithoutMarks();
  }

  @Test
  void theAnswerTellsOfTheLatestSyn() {
    EcnPeer.syn(peer, ASKS, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | CWR);
    EcnPeer.syn(peer, ASKS, ECT_0);
    ScriptedPeer.Sent again = peer.one();
    assertThat(again.flags()).isEqualTo(SYN | ACK | AE);
    assertThat(hasOption(again)).isFalse();
  }

  @Test
  void aSynThatAsksForNothingMoreLeavesTheFeedback() {
    EcnPeer.syn(peer, ASKS, NOT_ECT);
    peer.one();
    EcnPeer.syn(peer, SYN, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | CWR);
    assertFeedbackWithoutMarks();
  }

  @Test
  void whoAskedForNothingFirstGetsNothing() {
    EcnPeer.syn(peer, SYN, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    EcnPeer.syn(peer, ASKS, ECT_0);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    peer.arrive(1, 1, ACK, 0);
    assertThat(EcnPeer.flight(peer, 1).get(0).ecn()).isEqualTo(NOT_ECT);
  }

  @Test
  void aSynForEachFeedbackIsReset() {
    EcnPeer.syn(peer, ASKS, NOT_ECT);
    peer.one();
    assertThat(EcnPeer.syn(peer, SYN | CWR | ECE, NOT_ECT)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void soItIsInTheOtherOrder() {
    EcnPeer.syn(peer, SYN | CWR | ECE, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | ECE);
    assertThat(EcnPeer.syn(peer, ASKS, NOT_ECT)).isEqualTo(SegmentVerdict.REPLY_RESET);
  }

  @Test
  void classicFeedbackStaysWhenTheSecondSynAsksForNothing() {
    EcnPeer.syn(peer, SYN | CWR | ECE, NOT_ECT);
    peer.one();
    EcnPeer.syn(peer, SYN, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | ECE);
    peer.arrive(1, 1, ACK, 0);
    // RFC 3168 section 6.1.1.
    assertThat(EcnPeer.flight(peer, 1).get(0).ecn()).isEqualTo(NOT_ECT);
  }

  @Test
  void anAnswerAfterASynThatAskedForNothingIsTaken() {
    // Section 3.1.4.1.
    peer.connect();
    peer.one();
    peer.expire();
    peer.one();
    peer.expire();
    assertThat(peer.one().flags()).isEqualTo(SYN);
    EcnPeer.answer(peer, CWR, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(ACK | CWR);
    assertThat(EcnPeer.flight(peer, 1).get(0).ecn()).isEqualTo(ECT_0);
  }

  @Test
  void aSynAckThatComesAgainIsTold() {
    // Section 3.2.2.1; section 3.2.2.2: a mark on it counts once.
    EcnPeer.connected(peer, CWR, NOT_ECT);
    EcnPeer.answer(peer, CWR, CE);
    assertThat(peer.one().flags()).isEqualTo(ACK | AE | CWR);
    EcnPeer.answer(peer, 0, CE);
    assertThat(peer.one().flags()).isEqualTo(ACK | AE | CWR);
    EcnPeer.answer(peer, CWR, ECT_0);
    assertThat(peer.one().flags()).isEqualTo(ACK | AE);
    assertThat(ace(EcnPeer.flight(peer, 1).get(0))).isEqualTo(6);
  }

  @Test
  void theAnswerThatIsReservedIsTrusted() {
    // Section 3.1.3.
    assertThat(EcnPeer.connected(peer, AE | ECE, NOT_ECT).flags()).isEqualTo(ACK | CWR);
    assertThat(EcnPeer.flight(peer, 1).get(0).ecn()).isEqualTo(ECT_0);
  }

  @Test
  void whoseSynsCrossAnswerEachOther() {
    // Section 3.1.2.
    peer.connect();
    peer.one();
    EcnPeer.syn(peer, ASKS, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | CWR);
    EcnPeer.answer(peer, CWR, NOT_ECT);
    assertThat(ace(peer.one())).isEqualTo(5);
    assertThat(EcnPeer.flight(peer, 1).get(0).ecn()).isEqualTo(ECT_0);
  }

  @Test
  void noFeedbackBeforeTheFirstSynAck() {
    // Section 3.1.1: of who has asked for it only.
    peer.connect();
    peer.one();
    EcnPeer.syn(peer, SYN, NOT_ECT);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    peer.arrive(1, 1, ACK, 0, s -> s.trafficClass(CE));
    ScriptedPeer.Sent data = EcnPeer.flight(peer, 1).get(0);
    assertThat(ace(data)).isZero();
    assertThat(data.ecn()).isEqualTo(NOT_ECT);
  }

  @Test
  void theThirdAckGoesBeforeData() {
    // Section 3.2.2.1: data could not say what the SYN/ACK had.
    peer.connect();
    peer.one();
    peer.write(100);
    EcnPeer.answer(peer, CWR, NOT_ECT);
    assertThat(peer.sent())
        .extracting(ScriptedPeer.Sent::length, EcnPeer::ace)
        .containsExactly(tuple(0, 2), tuple(100, 5));
  }

  private void assertFeedbackWithoutMarks() {
    peer.arrive(1, 1, ACK | CWR, 0);
    ScriptedPeer.Sent data = EcnPeer.flight(peer, 1).get(0);
    assertThat(ace(data)).isEqualTo(5);
    assertThat(data.ecn()).isEqualTo(NOT_ECT);
  }
}
