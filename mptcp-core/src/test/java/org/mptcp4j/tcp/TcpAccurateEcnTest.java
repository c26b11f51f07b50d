package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.Ecn.CE;
import static org.mptcp4j.tcp.Ecn.ECT_0;
import static org.mptcp4j.tcp.Ecn.ECT_1;
import static org.mptcp4j.tcp.Ecn.NOT_ECT;
import static org.mptcp4j.tcp.EcnPeer.ASKS;
import static org.mptcp4j.tcp.EcnPeer.MSS;
import static org.mptcp4j.tcp.EcnPeer.ace;
import static org.mptcp4j.tcp.EcnPeer.withAce;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.AE;
import static org.mptcp4j.wire.TcpFlags.CWR;
import static org.mptcp4j.wire.TcpFlags.ECE;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.AccurateEcnRules.OptionUse;
import org.mptcp4j.api.EcnMode;
import org.mptcp4j.info.EcnCounters;

/** Accurate ECN: RFC 9768. */
class TcpAccurateEcnTest {

  private final ScriptedPeer peer = EcnPeer.of(AccurateEcnRules.DEFAULT);

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private ScriptedPeer.Sent connected(int answer, int codePoint) {
    return EcnPeer.connected(peer, answer, codePoint);
  }

  private List<ScriptedPeer.Sent> flight(int segments) {
    return EcnPeer.flight(peer, segments);
  }

  @ParameterizedTest
  @CsvSource({"0, 128", "1, 192", "2, 256", "3, 384"})
  void theThirdAckSaysWhatTheSynAckHad(int codePoint, int echo) {
    // RFC 9768 section 3.2.2.1, table 3.
    ScriptedPeer.Sent third = connected(CWR, codePoint);
    assertThat(third.flags()).isEqualTo(ACK | echo);
    // Section 3.2.1: a mark on the SYN/ACK counts.
    assertThat(ace(flight(1).get(0))).isEqualTo(codePoint == CE ? 6 : 5);
  }

  @Test
  void aPathThatChangesTheFieldIsNotTrusted() {
    // Section 3.2.2.3: our SYN was not ECN-capable, the answer says that it came as ECT(0).
    connected(AE, NOT_ECT);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
    assertMarksAreTold();
  }

  /** The first data with a mark raises the counter. */
  private void assertMarksAreTold() {
    peer.arrive(1, 1, withAce(5), MSS, s -> s.trafficClass(CE));
    assertThat(ace(peer.one())).isEqualTo(6);
  }

  @Test
  void clearedFlagsOnTheThirdAckSwitchSendingOff() {
    // Section 3.2.2.1, table 4, note 1: nor is the feedback believed.
    EcnPeer.accepted(peer, 0);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
    peer.arrive(1, 1 + MSS, withAce(7), 0);
    assertThat(peer.sock.info().deliveredCe()).isZero();
    assertMarksAreTold();
  }

  @Test
  void everySegmentTellsHowManyMarksCame() {
    connected(CWR, NOT_ECT);
    peer.arrive(1, 1, withAce(5), MSS, s -> s.trafficClass(CE));
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ace(ack)).isEqualTo(6);
    assertThat(ack.ceBytes()).isEqualTo(MSS);
    // Three packets that came as one super-segment.
    peer.arrive(1 + MSS, 1, withAce(5), 3 * MSS, s -> s.trafficClass(CE).gsoSize(MSS));
    ack = peer.one();
    assertThat(ace(ack)).isEqualTo(9 & 7);
    assertThat(ack.ceBytes()).isEqualTo(4 * MSS);
    assertThat(ace(flight(1).get(0))).isEqualTo(9 & 7);
  }

  @Test
  void marksReduceTheWindowOnceForEachWindowOfData() {
    connected(CWR, NOT_ECT);
    assertThat(flight(10)).allMatch(s -> s.ecn() == ECT_0);
    peer.arrive(1, 1 + 2 * MSS, withAce(6), 0);
    int reduced = peer.cc.cwndBytes();
    assertThat(reduced).isEqualTo(8 * MSS);
    peer.arrive(1, 1 + 4 * MSS, withAce(8), 0);
    assertThat(peer.cc.cwndBytes()).isEqualTo(reduced);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(3);
    // No further marks: the window grows again, where classic ECE would stand for a round trip.
    peer.arrive(1, 1 + 10 * MSS, withAce(8), 0);
    // Section 3.1.5: nor is there CWR; the field says what has come.
    assertThat(flight(8)).isNotEmpty().allMatch(s -> ace(s) == 5);
    peer.arrive(1, 1 + 14 * MSS, withAce(8), 0);
    peer.arrive(1, 1 + 18 * MSS, withAce(8), 0);
    assertThat(peer.cc.cwndBytes()).isGreaterThan(reduced);
  }

  @Test
  void theOptionTellsThatTheCounterWentRound() {
    // Appendix A.2: 9 marks in one acknowledgement move the field by one.
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(
        1, 1 + 10 * MSS, withAce(5 + 9), 0, s -> s.options().accurateEcn(3, 1, 9 * MSS, 1 + MSS));
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(9);
  }

  @Test
  void withoutTheOptionTheLargestNumberIsAssumed() {
    // Appendix A.2.1.
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + MSS, withAce(5), 0);
    peer.arrive(1, 1 + 10 * MSS, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(9);
  }

  @Test
  void whereAcknowledgementsAreFewTheLeastNumberIsAssumed() {
    // Appendix A.2.1: all of them could hide that the counter went round, and that would be too
    // much of a good thing.
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + 10 * MSS, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
  }

  @Test
  void aMarkedSynAckIsAMark() {
    // Section 3.2.2.2, for the server; section 3.2.2.3: ours was not one that could be marked.
    EcnPeer.accepted(peer, AE | CWR);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
    peer.arrive(1, 1 + MSS, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
    assertMarksAreTold();
  }

  @Test
  void aMarkOnASynIsNotCounted() {
    // Section 3.2.2.2: r.cep stays 5; the SYN/ACK says that the SYN had one.
    EcnPeer.syn(peer, ASKS, CE);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | AE | CWR);
    peer.arrive(1, 1, ACK | CWR, 0);
    assertThat(ace(flight(1).get(0))).isEqualTo(5);
  }

  @Test
  void aMarkOnOurSynIsNotCounted() {
    // Section 3.2.2.2: s.cep stays 5.
    connected(AE | CWR, NOT_ECT);
    flight(1);
    peer.arrive(1, 1 + MSS, withAce(5), 0);
    assertThat(peer.sock.info().deliveredCe()).isZero();
  }

  @Test
  void countersMayBeginAnywhere() {
    // Sections 3.2.2.4 and 3.2.3.2.4: whether they do where they should is not tested.
    peer.connect();
    peer.one();
    EcnPeer.answer(peer, CWR, NOT_ECT);
    peer.one();
    flight(1);
    peer.arrive(1, 1 + MSS, withAce(3), 0, EcnPeer.option(77, 0, 99));
    assertThat(flight(1).get(0).ecn()).isEqualTo(ECT_0);
    peer.arrive(1, 1 + 2 * MSS, withAce(3), 0, EcnPeer.option(77 + MSS, 0, 99));
    assertThat(flight(1).get(0).ecn()).isEqualTo(ECT_0);
  }

  @Test
  void withoutFallbackAPathThatChangesTheFieldIsUsed() {
    ScriptedPeer bold = EcnPeer.of(new AccurateEcnRules(OptionUse.ALWAYS, false, false));
    EcnPeer.accepted(bold, AE | CWR);
    assertThat(EcnPeer.flight(bold, 1).get(0).ecn()).isEqualTo(ECT_0);
    bold.assertNoLeaks();
  }

  @Test
  void aNewerTimestampMakesAnAcknowledgementCount() {
    // Appendix A.1: marks on our packets without data, which acknowledge nothing new.
    connected(CWR, NOT_ECT);
    flight(1);
    peer.arrive(1, 1, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isZero();
    peer.peerTs++;
    peer.arrive(1, 1, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
  }

  @Test
  void bytesWithAMarkAndNoPacketAreAContradiction() {
    // Section 3.2.3.2.5.
    connected(CWR, NOT_ECT);
    assertThat(flight(1).get(0).ecn()).isEqualTo(ECT_0);
    peer.arrive(1, 1 + MSS, withAce(5), 0, EcnPeer.option(1, MSS, 1));
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
  }

  @Test
  void everyThirdMarkedAckIsAcknowledged() {
    // Section 3.2.2.5.1: the peer lets its ACKs be marked.
    connected(CWR, NOT_ECT);
    peer.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
    peer.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
    peer.nothing();
    peer.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
    assertThat(EcnPeer.ace(peer.one())).isEqualTo(8 & 7);
    peer.nothing();
  }

  @Test
  void ofMarkedAcksNoBlocksAreSaid() {
    // Section 3.2.2.5.1: else the ACK of ACKs would be a duplicate.
    connected(CWR, NOT_ECT);
    peer.data(1 + MSS, MSS);
    assertThat(peer.one().sack()).hasSize(2);
    for (int i = 0; i < 3; i++) {
      peer.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
    }
    ScriptedPeer.Sent ofAcks = peer.one();
    assertThat(ace(ofAcks)).isEqualTo(8 & 7);
    assertThat(ofAcks.sack()).isEmpty();
    // What is due for data, too, has them.
    for (int i = 0; i < 3; i++) {
      peer.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
    }
    peer.data(1 + 3 * MSS, MSS);
    assertThat(peer.one().sack()).hasSize(4);
    peer.nothing();
  }

  @Test
  void withoutSackNoAckIsAcknowledged() {
    // Section 3.2.2.5.1: it could not be told from a duplicate.
    ScriptedPeer plain =
        new ScriptedPeer(
            TcpConfig.builder()
                .options(o -> o.quickAcks(0).ecn(EcnMode.ACCURATE).sack(false))
                .build());
    EcnPeer.connected(plain, CWR, NOT_ECT);
    for (int i = 0; i < 10; i++) {
      plain.arrive(1, 1, withAce(5), 0, s -> s.trafficClass(CE));
      plain.nothing();
    }
    assertThat(ace(EcnPeer.flight(plain, 1).get(0))).isEqualTo(5 + 10 & 7);
    plain.assertNoLeaks();
  }

  @Test
  void whatIsAcknowledgedAlreadyCountsWhenItComesAgain() {
    // Section 3.2: retransmissions count.
    connected(CWR, NOT_ECT);
    peer.data(1, MSS);
    peer.expire();
    assertThat(ace(peer.one())).isEqualTo(5);
    peer.arrive(1, 1, withAce(5), MSS, s -> s.trafficClass(CE));
    assertThat(ace(peer.one())).isEqualTo(6);
    // What it acknowledges was never sent: anybody may have sent that.
    peer.arrive(1, 100_000, withAce(5), MSS, s -> s.trafficClass(CE));
    assertThat(ace(peer.one())).isEqualTo(6);
  }

  @Test
  void packetsWithoutNewDataMayNotBeMarkedUnlessChosen() {
    // RFC 3168 sections 6.1.4 and 6.1.5; RFC 8311 section 4.3.
    assertThat(codePointsOfControlPackets(peer)).containsExactly(NOT_ECT, NOT_ECT, NOT_ECT);
    ScriptedPeer bold = EcnPeer.of(new AccurateEcnRules(OptionUse.ALWAYS, true, true));
    assertThat(codePointsOfControlPackets(bold)).containsExactly(ECT_0, ECT_0, ECT_0);
    bold.assertNoLeaks();
  }

  private static List<Integer> codePointsOfControlPackets(ScriptedPeer of) {
    int third = EcnPeer.connected(of, CWR, NOT_ECT).ecn();
    EcnPeer.flight(of, 1);
    of.expire();
    int again = of.one().ecn();
    of.arrive(1, 1 + MSS, withAce(5), 0);
    of.sock.shutdownOutput();
    return List.of(third, again, of.one().ecn());
  }

  @Test
  void whatCameAndWhatArrivedIsShown() {
    connected(CWR, NOT_ECT);
    flight(4);
    peer.arrive(1, 1 + 4 * MSS, withAce(6), 0, EcnPeer.option(1 + 2 * MSS, MSS, 1 + MSS));
    peer.arrive(1, 1 + 4 * MSS, withAce(6), 100, s -> s.trafficClass(CE));
    peer.arrive(101, 1 + 4 * MSS, withAce(6), 200, s -> s.trafficClass(ECT_0));
    peer.arrive(301, 1 + 4 * MSS, withAce(6), 300, s -> s.trafficClass(ECT_1));
    assertThat(peer.sock.info().ecn())
        .isEqualTo(new EcnCounters(1, 100, 200, 300, MSS, 2 * MSS, MSS));
  }

  @Test
  void withTheOptionALargeAcknowledgementWithoutMarksIsNone() {
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + 10 * MSS, withAce(5), 0, s -> s.options().accurateEcn(3, 1, 0, 10 * MSS));
    assertThat(peer.sock.info().deliveredCe()).isZero();
  }

  @Test
  void anAcknowledgementThatSaysNothingNewMayBeOld() {
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + 2 * MSS, withAce(6), 0);
    peer.arrive(1, 1 + 2 * MSS, withAce(5), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
    peer.arrive(1, 1 + 3 * MSS, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(1);
  }

  @Test
  void aSynThatIsSentAgainAsksOnceMoreAndThenNot() {
    // Section 3.1.4.1.
    peer.connect();
    assertThat(peer.one().flags()).isEqualTo(SYN | AE | CWR | ECE);
    peer.expire();
    assertThat(peer.one().flags()).isEqualTo(SYN | AE | CWR | ECE);
    peer.expire();
    assertThat(peer.one().flags()).isEqualTo(SYN);
  }
}
