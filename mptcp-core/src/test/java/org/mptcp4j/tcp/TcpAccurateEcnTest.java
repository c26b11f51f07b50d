package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.Ecn.CE;
import static org.mptcp4j.tcp.Ecn.ECT_0;
import static org.mptcp4j.tcp.Ecn.NOT_ECT;
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
import org.mptcp4j.api.EcnMode;

/** Accurate ECN: RFC 9768. */
class TcpAccurateEcnTest {

  private static final int MSS = 1448;

  private final ScriptedPeer peer =
      new ScriptedPeer(
          TcpConfig.builder().options(o -> o.quickAcks(0).ecn(EcnMode.ACCURATE)).build());

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  /** The counter of a segment. */
  private static int ace(ScriptedPeer.Sent s) {
    return s.flags() >> 6 & 7;
  }

  private static int withAce(int count) {
    return ACK | (count & 7) << 6;
  }

  private ScriptedPeer.Sent connected(int answer, int codePoint) {
    peer.connect();
    assertThat(peer.one().flags()).isEqualTo(SYN | AE | CWR | ECE);
    peer.nowNs += 10 * ScriptedPeer.MS;
    peer.arrive(
        0,
        1,
        SYN | ACK | answer,
        0,
        s -> {
          ScriptedPeer.fullOptions(peer).accept(s);
          s.trafficClass(codePoint);
        });
    ScriptedPeer.Sent third = peer.one();
    peer.arrive(1, 1, withAce(5), 0);
    return third;
  }

  private List<ScriptedPeer.Sent> flight(int segments) {
    peer.write(segments * MSS);
    return peer.sent();
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
  }

  @Test
  void clearedFlagsOnTheThirdAckSwitchSendingOff() {
    // Section 3.2.2.4.
    peer.arrive(0, 0, SYN | AE | CWR | ECE, 0);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK | CWR);
    peer.arrive(1, 1, ACK, 0);
    assertThat(flight(1).get(0).ecn()).isEqualTo(NOT_ECT);
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
    flight(8);
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
        1, 1 + 10 * MSS, withAce(5 + 9), 0, s -> s.options().accurateEcn(1 + MSS, 9 * MSS, 1));
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(9);
  }

  @Test
  void withoutTheOptionTheLargestNumberIsAssumed() {
    // Appendix A.2.1.
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + 10 * MSS, withAce(6), 0);
    assertThat(peer.sock.info().deliveredCe()).isEqualTo(9);
  }

  @Test
  void withTheOptionALargeAcknowledgementWithoutMarksIsNone() {
    connected(CWR, NOT_ECT);
    flight(10);
    peer.arrive(1, 1 + 10 * MSS, withAce(5), 0, s -> s.options().accurateEcn(10 * MSS, 0, 1));
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
