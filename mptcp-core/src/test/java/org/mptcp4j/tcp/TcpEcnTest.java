package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.Ecn.CE;
import static org.mptcp4j.tcp.Ecn.ECT_0;
import static org.mptcp4j.tcp.Ecn.NOT_ECT;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.AE;
import static org.mptcp4j.wire.TcpFlags.CWR;
import static org.mptcp4j.wire.TcpFlags.ECE;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.EcnMode;

/** Explicit congestion notification as RFC 3168 has it, and ABE (RFC 8511). */
class TcpEcnTest {

  private static final int MSS = 1448;
  private static final int ECN = ECE | CWR | AE;

  private ScriptedPeer peer = with(EcnMode.REQUEST);

  private static ScriptedPeer with(EcnMode policy) {
    return new ScriptedPeer(TcpConfig.builder().options(o -> o.quickAcks(0).ecn(policy)).build());
  }

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private void agreed() {
    peer.connect();
    assertThat(peer.one().flags()).isEqualTo(SYN | ECE | CWR);
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(0, 1, SYN | ACK | ECE, 0, ScriptedPeer.fullOptions(peer));
    assertThat(peer.one().flags()).isEqualTo(ACK);
    peer.ack(1);
  }

  private List<ScriptedPeer.Sent> flight(int segments) {
    peer.write(segments * MSS);
    return peer.sent();
  }

  // ---- who agrees to what

  @ParameterizedTest
  @CsvSource({
    // policy, flags of the SYN, ECN field of its IP header, what the answer has
    "ACCEPT,          ECE|CWR,    0, ECE",
    "ACCEPT,          ECE|CWR,    2, none",
    "ACCEPT,          AE|ECE|CWR, 0, ECE",
    "ACCEPT,          ECE,        0, none",
    "ACCEPT,          CWR,        0, none",
    "ACCEPT,          none,       0, none",
    "OFF,             ECE|CWR,    0, none",
    "OFF,             AE|ECE|CWR, 0, none",
    "ACCEPT_ACCURATE, ECE|CWR,    0, ECE",
    "ACCEPT_ACCURATE, none,       0, none",
    "ACCEPT_ACCURATE, AE|ECE|CWR, 0, CWR",
    "ACCEPT_ACCURATE, AE|ECE|CWR, 1, ECE|CWR",
    "ACCEPT_ACCURATE, AE|ECE|CWR, 2, AE",
    "ACCEPT_ACCURATE, AE|ECE|CWR, 3, AE|CWR",
    "ACCEPT_ACCURATE, AE,         0, CWR",
    "ACCEPT_ACCURATE, ECE,        0, CWR",
  })
  void aListenerAnswersWhatItIsAskedFor(EcnMode most, String asked, int codePoint, String answer) {
    // RFC 3168 section 6.1.1, RFC 9768 table 2.
    peer = with(most);
    peer.arrive(0, 0, SYN | flags(asked), 0, s -> s.trafficClass(codePoint));
    ScriptedPeer.Sent synAck = peer.one();
    assertThat(synAck.flags() & ECN).isEqualTo(flags(answer));
    assertThat(synAck.ecn()).isEqualTo(NOT_ECT);
  }

  @ParameterizedTest
  @CsvSource({
    "REQUEST,  ECE,        true",
    "REQUEST,  ECE|CWR,    false",
    "REQUEST,  none,       false",
    "ACCURATE, ECE,        true",
    "ACCURATE, AE|ECE,     true",
    "ACCURATE, CWR,        true",
    "ACCURATE, AE|ECE|CWR, false",
    "ACCURATE, none,       false",
    "ACCEPT,   ECE,        false",
  })
  void dataMayBeMarkedOnlyAfterBothAgreed(EcnMode asked, String answer, boolean agreed) {
    // RFC 3168 section 6.1.1: ECN-setup SYN-ACK: ECE set, CWR not. RFC 9768 table 2.
    peer = with(asked).connect();
    peer.one();
    peer.arrive(0, 1, SYN | ACK | flags(answer), 0, ScriptedPeer.fullOptions(peer));
    peer.sent();
    peer.ack(1);
    assertThat(flight(1).get(0).ecn()).isEqualTo(agreed ? ECT_0 : NOT_ECT);
  }

  private static int flags(String names) {
    int bits = 0;
    for (String name : names.split("\\|")) {
      bits |=
          switch (name) {
            case "ECE" -> ECE;
            case "CWR" -> CWR;
            case "AE" -> AE;
            default -> 0;
          };
    }
    return bits;
  }

  @Test
  void aSynThatIsSentAgainAsksNoMore() {
    // RFC 3168 section 6.1.1.1: it may have been dropped for its flags.
    peer.connect();
    peer.one();
    peer.expire();
    assertThat(peer.one().flags()).isEqualTo(SYN);
    peer.arrive(0, 1, SYN | ACK | ECE, 0, ScriptedPeer.fullOptions(peer));
    peer.sent();
    peer.ack(1);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
  }

  @Test
  void aSynThatComesAgainWithoutAskingIsTheOneThatCounts() {
    peer.arrive(0, 0, SYN | ECE | CWR, 0);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | ECE);
    peer.arrive(0, 0, SYN, 0);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
  }

  @Test
  void whoWasAnsweredPlainlyGetsNothingLater() {
    // RFC 3168 section 6.1.1: no ECT after a SYN/ACK that did not agree.
    peer.arrive(0, 0, SYN, 0, ScriptedPeer.fullOptions(peer));
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    peer.arrive(0, 0, SYN | ECE | CWR, 0, ScriptedPeer.fullOptions(peer));
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
    peer.ack(1);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
  }

  @ParameterizedTest
  @CsvSource({
    // how often our SYN was sent again, the SYN that crosses it, our answer, the peer's, whether
    // data may be marked
    "0, ECE|CWR, ECE,  ECE,  true",
    "0, ECE|CWR, ECE,  none, false",
    "0, none,    none, ECE,  false",
    "0, none,    none, none, false",
    "1, ECE|CWR, none, ECE,  false",
  })
  void whoseSynsCrossMustAllAgree(
      int repetitions, String crossing, String ours, String answer, boolean agreed) {
    // RFC 3168 section 6.1.1: no SYN and no SYN/ACK of either end may have done without.
    peer.connect();
    peer.one();
    for (int i = 0; i < repetitions; i++) {
      peer.expire();
      peer.one();
    }
    peer.arrive(0, 0, SYN | flags(crossing), 0, ScriptedPeer.fullOptions(peer));
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | flags(ours));
    peer.arrive(0, 1, SYN | ACK | flags(answer), 0, ScriptedPeer.fullOptions(peer));
    assertThat(peer.one().flags()).isEqualTo(ACK);
    assertThat(flight(1).get(0).ecn()).isEqualTo(agreed ? ECT_0 : NOT_ECT);
  }

  // ---- the receiver of marks

  @Test
  void aMarkIsToldUntilTheSenderAnswers() {
    // RFC 3168 section 6.1.3: ECE is set in a series of ACKs until a packet with CWR comes.
    agreed();
    peer.arrive(1, 1, ACK, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK | ECE);
    peer.arrive(1 + MSS, 1, ACK, MSS, s -> s.trafficClass(ECT_0));
    peer.arrive(1 + 2 * MSS, 1, ACK, MSS, s -> s.trafficClass(ECT_0));
    assertThat(peer.one().flags()).isEqualTo(ACK | ECE);
    // On data of ours, too.
    assertThat(flight(1).get(0).flags() & ECN).isEqualTo(ECE);
    peer.arrive(1 + 3 * MSS, 1, ACK | CWR, MSS, s -> s.trafficClass(ECT_0));
    assertThat(peer.one().flags()).isEqualTo(ACK);
  }

  @Test
  void aMarkOnThePacketWithCwrIsANewOne() {
    agreed();
    peer.arrive(1, 1, ACK, MSS, s -> s.trafficClass(CE));
    peer.one();
    peer.arrive(1 + MSS, 1, ACK | CWR, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK | ECE);
  }

  @Test
  void aMarkBeyondAHoleIsTold() {
    agreed();
    peer.arrive(1 + MSS, 1, ACK, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK | ECE);
  }

  @Test
  void marksOutsideTheWindowAreIgnored() {
    // RFC 3168 section 6.1.5.
    agreed();
    peer.data(1, MSS);
    peer.data(1 + MSS, MSS);
    assertThat(peer.one().flags()).isEqualTo(ACK);
    peer.arrive(1, 1, ACK, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK);
    peer.arrive(3_000_000, 1, ACK, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK);
  }

  @Test
  void aMarkOnAWindowProbeIsTold() {
    // RFC 3168 section 6.1.6.
    agreed();
    peer.sock.requestAck();
    int edge = 1 + (peer.one().window() << peer.sock.info().rcvWscale());
    peer.window.unread = peer.window.capacity;
    for (int at = 1; at < edge; at += 60_000) {
      peer.data(at, Math.min(60_000, edge - at));
    }
    assertThat(peer.sent()).noneMatch(s -> s.has(ECE));
    peer.arrive(edge, 1, ACK, 1, s -> s.trafficClass(CE));
    ScriptedPeer.Sent answer = peer.one();
    assertThat(answer.flags()).isEqualTo(ACK | ECE);
    assertThat(answer.ack()).isEqualTo(edge);
    assertThat(answer.window()).isZero();
  }

  @Test
  void marksMeanNothingWhereNothingWasAgreed() {
    peer = with(EcnMode.OFF).established();
    peer.arrive(1, 1, ACK, MSS, s -> s.trafficClass(CE));
    peer.arrive(1 + MSS, 1, ACK, MSS, s -> s.trafficClass(CE));
    assertThat(peer.one().flags()).isEqualTo(ACK);
    int cwnd = peer.cc.cwndBytes();
    flight(2);
    peer.arrive(1, 1 + MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
  }

  // ---- the sender

  @Test
  void theWindowIsReducedOnceForEachWindowOfData() {
    // RFC 3168 section 6.1.2; RFC 8511 section 3: by 0.8 for a mark.
    agreed();
    flight(10);
    peer.arrive(1, 1 + MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isEqualTo(8 * MSS);
    for (int i = 2; i <= 10; i++) {
      peer.arrive(1, 1 + i * MSS, ACK | ECE, 0);
    }
    assertThat(peer.cc.cwndBytes()).isEqualTo(8 * MSS);
    assertThat(peer.sock.inLossRecovery()).isFalse();
    flight(6);
    peer.arrive(1, 1 + 12 * MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isLessThan(8 * MSS);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(12);
  }

  @Test
  void cwrGoesWithTheFirstNewDataAndOnOnePacket() {
    // RFC 3168 section 6.1.2.
    agreed();
    flight(10);
    peer.write(6 * MSS);
    peer.nothing();
    peer.arrive(1, 1 + 9 * MSS, ACK | ECE, 0);
    List<ScriptedPeer.Sent> more = peer.sent();
    assertThat(more.get(0).flags() & ECN).isEqualTo(CWR);
    assertThat(more.get(0).length()).isEqualTo(MSS);
    assertThat(more.subList(1, more.size())).isNotEmpty().allMatch(s -> (s.flags() & ECN) == 0);
    assertThat(more).allMatch(s -> s.ecn() == ECT_0);
  }

  @Test
  void whatIsSentAgainCannotBeMarkedNorCanAcksFinsAndResets() {
    // RFC 3168 sections 6.1.4 and 6.1.5.
    agreed();
    assertThat(flight(4)).allMatch(s -> s.ecn() == ECT_0);
    peer.sack(1, 1 + MSS, 1 + 4 * MSS);
    ScriptedPeer.Sent again = peer.one();
    assertThat(again.offset()).isEqualTo(1);
    assertThat(again.ecn()).isEqualTo(NOT_ECT);
    peer.data(1, 2 * MSS);
    assertThat(peer.one().ecn()).isEqualTo(NOT_ECT);
    peer.ack(1 + 4 * MSS);
    peer.sock.shutdownOutput();
    ScriptedPeer.Sent fin = peer.one();
    assertThat(fin.has(FIN)).isTrue();
    assertThat(fin.ecn()).isEqualTo(NOT_ECT);
    peer.sock.abort();
    ScriptedPeer.Sent reset = peer.one();
    assertThat(reset.has(RST)).isTrue();
    assertThat(reset.ecn()).isEqualTo(NOT_ECT);
    assertThat(reset.flags() & ECN).isZero();
  }

  @Test
  void aLossAnswersForTheMarksOfItsWindowAndIsToldByCwr() {
    // RFC 3168 section 6.1.2: CWR after any reduction; and one reduction for each window of data.
    agreed();
    flight(10);
    peer.arrive(1, 1 + MSS, ACK | ECE, 0);
    int reduced = peer.cc.cwndBytes();
    peer.sack(1 + MSS, 1 + 2 * MSS, 1 + 10 * MSS);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.cwndBytes()).isEqualTo(reduced);
    peer.sent();

    peer.ack(1 + 10 * MSS);
    List<ScriptedPeer.Sent> more = flight(4);
    assertThat(more.get(0).flags() & ECN).isEqualTo(CWR);
  }

  @Test
  void marksDuringARecoveryAreItsOwn() {
    agreed();
    flight(10);
    peer.sack(1, 1 + MSS, 1 + 10 * MSS);
    int reduced = peer.cc.cwndBytes();
    peer.sent();
    peer.arrive(1, 1 + 10 * MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isEqualTo(reduced);
  }

  @Test
  void aTimeoutAnswersForTheMarksOfItsWindow() {
    agreed();
    flight(10);
    peer.arrive(1, 1 + MSS, ACK | ECE, 0);
    int reduced = peer.cc.ssthreshBytes();
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      if (peer.sock.backoffs() == 0) {
        peer.sent();
      }
    }
    assertThat(peer.cc.cwndBytes()).isEqualTo(MSS);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(reduced);
    // Whether or not the timeout was spurious, the marks were none of its doing.
    peer.sent();
    peer.ack(1 + 2 * MSS);
    peer.ack(1 + 3 * MSS);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(reduced);
  }

  @Test
  void aMarkDoesNotOpenAWindowOfOneSegment() {
    // RFC 3168 section 6.1.2.
    agreed();
    flight(1);
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      peer.sent();
    }
    peer.arrive(1, 1 + MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isEqualTo(MSS);
    flight(1);
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(1, 1 + 2 * MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isEqualTo(MSS);
  }

  @Test
  void aLossThatTheProbeRepairedIsToldByCwr() {
    // RFC 3168 section 6.1.2: CWR after any reduction.
    agreed();
    flight(4);
    int cwnd = peer.cc.cwndBytes();
    peer.expire();
    peer.one();
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.ack(1 + 4 * MSS);
    assertThat(flight(1).get(0).flags() & ECN).isZero();
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(1, 1 + 5 * MSS, ACK | ECE, 0);
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    assertThat(flight(1).get(0).flags() & ECN).isEqualTo(CWR);
    assertThat(flight(1).get(0).flags() & ECN).isZero();
  }

  @ParameterizedTest
  @CsvSource({"none, false", "ECE, true"})
  void marksKeepAReductionThatWouldBeTakenBack(String marks, boolean kept) {
    // RFC 4015 section 3.4: the ACK that shows a timeout to be spurious tells of marks, too.
    agreed();
    flight(10);
    int sentTick = (int) (peer.nowNs / ScriptedPeer.MS);
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      if (peer.sock.backoffs() == 0) {
        peer.sent();
      }
    }
    peer.sent();
    int reduced = peer.cc.ssthreshBytes();
    assertThat(reduced).isLessThan(10 * MSS);
    peer.nowNs += 5 * ScriptedPeer.MS;
    peer.stamps = false;
    peer.arrive(
        1, 1 + MSS, ACK | flags(marks), 0, s -> s.options().timestamps(peer.peerTs, sentTick));
    assertThat(peer.cc.ssthreshBytes() == reduced).isEqualTo(kept);
    assertThat(peer.cc.cwndBytes() <= reduced).isEqualTo(kept);
  }

  @Test
  void aMarkWithTheAckThatBeginsARecoveryKeepsItFromBeingTakenBack() {
    // RFC 4015 section 3.2; the echo alone would (RFC 3522 section 3.2).
    agreed();
    int cwnd = peer.cc.cwndBytes();
    flight(10);
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(
        1,
        1,
        ACK | ECE,
        0,
        s -> {
          s.options().sack(1);
          s.options().sackBlock(ScriptedPeer.ISS + 1 + MSS, ScriptedPeer.ISS + 1 + 4 * MSS);
        });
    assertThat(peer.sock.inLossRecovery()).isTrue();
    peer.one();
    peer.nowNs += 5 * ScriptedPeer.MS;
    peer.ack(1 + 10 * MSS);
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    assertThat(peer.cc.ssthreshBytes()).isLessThan(cwnd);
  }

  @Test
  void windowProbesCannotBeMarkedAndTellOfNoReduction() {
    // RFC 3168 section 6.1.6: neither an ECT codepoint nor CWR, which the next data has.
    agreed();
    flight(2);
    peer.arrive(1, 1 + 2 * MSS, ACK | ECE, 0, s -> s.window(0));
    peer.write(MSS);
    peer.nothing();
    for (int i = 0; i < 3; i++) {
      peer.expire();
      ScriptedPeer.Sent probe = peer.one();
      assertThat(probe.flags()).isEqualTo(ACK);
      assertThat(probe.ecn()).isEqualTo(NOT_ECT);
    }
    peer.ack(1 + 2 * MSS);
    ScriptedPeer.Sent data = peer.one();
    assertThat(data.flags() & ECN).isEqualTo(CWR);
    assertThat(data.ecn()).isEqualTo(ECT_0);
  }
}
