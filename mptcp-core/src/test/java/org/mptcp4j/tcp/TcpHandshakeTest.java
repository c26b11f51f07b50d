package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.info.TcpInfo;

/** Opening a connection from both sides, and failing to. */
class TcpHandshakeTest {

  private final ScriptedPeer peer = new ScriptedPeer();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  @Test
  void activeOpenOffersEverythingAndCompletes() {
    // RFC 9293 section 3.10.7.3: SYN-SENT, a SYN/ACK arrives.
    peer.connect();
    ScriptedPeer.Sent syn = peer.one();
    assertThat(syn.flags()).isEqualTo(SYN);
    assertThat(syn.offset()).isZero();
    assertThat(syn.mss()).isEqualTo(1460);
    peer.nowNs += 30 * MS;
    peer.arrive(
        0,
        1,
        SYN | ACK,
        0,
        s -> {
          s.options().mss(1000);
          s.options().sackPermitted();
          s.options().timestamps(9, 5_000);
          s.options().windowScale(3);
        });
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.sock.notices() & TcpNotice.ESTABLISHED).isNotZero();
    assertThat(peer.one().pureAck()).isTrue();
    // RFC 9293 section 3.7.1: options come off the payload.
    assertThat(peer.sock.payloadMss()).isEqualTo(1000 - 12);
    assertThat(peer.sock.srttNs()).isEqualTo(30 * MS);
    assertThat(peer.sock.info().sndWscale()).isEqualTo(3);
  }

  @Test
  void passiveOpenAnswersOnlyWhatWasOffered() {
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    ScriptedPeer.Sent synAck = peer.one();
    assertThat(synAck.flags()).isEqualTo(SYN | ACK);
    assertThat(synAck.ack()).isEqualTo(1);
    peer.stamps = false;
    assertThat(peer.ack(1)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    TcpInfo info = peer.sock.info();
    assertThat(info.sack() || info.timestamps()).isFalse();
    assertThat(info.sndWscale() + info.rcvWscale()).isZero();
    assertThat(peer.sock.payloadMss()).isEqualTo(1460);
    peer.nothing();
  }

  @Test
  void absentMssOptionMeans536() {
    // RFC 9293 section 3.7.1 (MUST-15).
    peer.arrive(0, 0, SYN, 0);
    assertThat(peer.sock.payloadMss()).isEqualTo(536);
  }

  @Test
  void repeatedSynIsAnsweredAgain() {
    peer.arrive(0, 0, SYN, 0);
    peer.one();
    peer.arrive(0, 0, SYN, 0);
    assertThat(peer.one().flags()).isEqualTo(SYN | ACK);
  }

  @Test
  void simultaneousOpen() {
    // RFC 9293 section 3.5, figure 8.
    peer.connect();
    peer.one();
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    assertThat(peer.sock.state()).isEqualTo(TcpState.SYN_RECEIVED);
    ScriptedPeer.Sent answer = peer.one();
    assertThat(answer.flags()).isEqualTo(SYN | ACK);
    assertThat(answer.offset()).isZero();
    peer.arrive(0, 1, SYN | ACK, 0, s -> s.options().mss(1460));
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.one().pureAck()).isTrue();
  }

  @Test
  void resetThatAcknowledgesTheSynRefuses() {
    // RFC 9293 section 3.10.7.3, second.
    peer.connect();
    peer.one();
    assertThat(peer.arrive(0, 0, RST, 0)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.arrive(0, 1, RST | ACK, 0)).isEqualTo(SegmentVerdict.REFUSED);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.notices()).isEqualTo(TcpNotice.RESET | TcpNotice.REFUSED);
    peer.nothing();
  }

  @Test
  void wrongAckInSynSentAsksForReset() {
    // RFC 9293 section 3.10.7.3, first: SEG.ACK =< ISS or SEG.ACK > SND.NXT.
    peer.connect();
    peer.one();
    assertThat(peer.arrive(0, 2, ACK, 0)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.arrive(0, 0, SYN | ACK, 0)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.arrive(0, 2, RST | ACK, 0)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.sock.state()).isEqualTo(TcpState.SYN_SENT);
  }

  @Test
  void wrongAckInSynReceivedAsksForReset() {
    // RFC 9293 section 3.10.7.4, fifth.
    peer.arrive(0, 0, SYN, 0);
    peer.one();
    assertThat(peer.ack(5)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.SYN_RECEIVED);
  }

  @Test
  void synIsRepeatedWithBackOffAndGivenUp() {
    // RFC 6298 section 5.5; the 127 s are those of Linux, not the 180 s of RFC 9293 section 3.8.3.
    peer.connect();
    peer.one();
    long[] waits = new long[7];
    for (int i = 0; i < 6; i++) {
      waits[i] = peer.expire() / MS;
      assertThat(peer.one().flags()).isEqualTo(SYN);
    }
    waits[6] = peer.expire() / MS;
    assertThat(waits).containsExactly(1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000);
    assertThat(peer.sock.notices()).isEqualTo(TcpNotice.TIMED_OUT);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    peer.nothing();
  }

  @Test
  void timeoutIsThreeSecondsAfterALostSyn() {
    // RFC 6298 section 5.7.
    peer.config.timeouts().initialRtoNs();
    peer.connect();
    peer.one();
    peer.expire();
    peer.one();
    peer.arrive(0, 1, SYN | ACK, 0, s -> s.options().mss(1460));
    assertThat(peer.sock.rtoNs()).isEqualTo(3_000 * MS);
    // RFC 6298 section 3: an ambiguous round trip is not measured.
    assertThat(peer.sock.srttNs()).isZero();
  }

  @Test
  void dataQueuedBeforeTheHandshakeLeavesWithItsLastAck() {
    peer.connect();
    peer.write(100);
    peer.sock.shutdownOutput();
    assertThat(peer.one().length()).isZero();
    peer.arrive(0, 1, SYN | ACK, 0);
    assertThat(peer.sock.state()).isEqualTo(TcpState.FIN_WAIT_1);
    ScriptedPeer.Sent data = peer.one();
    assertThat(data.length()).isEqualTo(100);
    assertThat(data.offset()).isEqualTo(1);
    assertThat(data.ack()).isEqualTo(1);
  }

  @Test
  void abortBeforeTheHandshakeSaysNothing() {
    // RFC 9293 section 3.10.5: SYN-SENT.
    peer.connect();
    peer.one();
    peer.sock.abort();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    peer.nothing();
  }

  @Test
  void aChallengeAckIsAnsweredByAResetAndTheNextSynAtOnce() {
    // RFC 9293 section 3.10.7.3, first; RFC 5961 section 4.2: the peer has an old connection.
    peer.connect();
    peer.one();
    peer.nowNs += 10 * MS;
    assertThat(peer.arrive(7, 500, ACK, 0)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(peer.nowNs);
    peer.sock.onTimeout(peer.nowNs);
    assertThat(peer.one().flags()).isEqualTo(SYN);
    // A second time the timer is waited for.
    assertThat(peer.arrive(7, 500, ACK, 0)).isEqualTo(SegmentVerdict.REPLY_RESET);
    assertThat(peer.sock.nextTimeoutNs()).isGreaterThan(peer.nowNs);
    peer.arrive(0, 1, SYN | ACK, 0, s -> s.options().mss(1460));
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // RFC 5681 section 3.1: one segment after the loss of a SYN; as Linux, of two.
  @ParameterizedTest
  @CsvSource({"0, 10", "1, 10", "2, 1", "4, 1"})
  void theInitialWindowOfAClientWhoseSynsWereLost(int lost, int segments) {
    peer.connect();
    peer.one();
    lose(lost);
    peer.arrive(0, 1, SYN | ACK, 0, s -> s.options().mss(1460));
    assertThat(peer.sock.cwndBytes()).isEqualTo(segments * 1460);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 10", "2, 1", "4, 1"})
  void theInitialWindowOfAServerWhoseAnswersWereLost(int lost, int segments) {
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    peer.one();
    lose(lost);
    peer.ack(1);
    assertThat(peer.sock.cwndBytes()).isEqualTo(segments * 1460);
  }

  @ParameterizedTest
  @CsvSource({"true, 10", "false, 1"})
  void aSynThatWasOnlyLateIsNoLoss(boolean late, int segments) {
    // RFC 3522 section 3.2: which of them was answered, the timestamp says.
    peer.connect();
    int first = peer.one().tsVal();
    lose(2);
    int echo = late ? first : (int) (peer.nowNs / MS);
    peer.arrive(
        0,
        1,
        SYN | ACK,
        0,
        s -> {
          s.options().mss(1460);
          s.options().timestamps(peer.peerTs, echo);
        });
    assertThat(peer.sock.cwndBytes()).isEqualTo(segments * 1448);
  }

  private void lose(int syns) {
    for (int i = 0; i < syns; i++) {
      peer.expire();
      peer.one();
    }
  }

  @Test
  void anotherSynInSynReceivedIsAnsweredAtOnceAndItsResetIsBelieved() {
    // RFC 9293 section 3.10.7.4, first; RFC 5961 section 4.2: a peer that has restarted.
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    peer.one();
    peer.arrive(50_000_000, 0, SYN, 0);
    ScriptedPeer.Sent challenge = peer.one();
    assertThat(challenge.pureAck()).isTrue();
    assertThat(challenge.offset()).isEqualTo(1);
    assertThat(challenge.ack()).isEqualTo(1);
    assertThat(peer.arrive(1, 0, RST, 0)).isEqualTo(SegmentVerdict.RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void answersInSynReceivedAreLimitedAndNoneIsLeftFor(int length) {
    // RFC 5961 section 7.
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    peer.one();
    int answers = 0;
    for (int i = 0; i < 1_000; i++) {
      peer.arrive(50_000_000, 1, ACK, length);
      answers += peer.sent().size();
    }
    assertThat(answers).isEqualTo(peer.config.limits().challengeAcksPerSecond());
    peer.ack(1);
    peer.nothing();
  }

  @Test
  void aResetAfterASimultaneousOpenRefuses() {
    // RFC 9293 sections 3.5 (MUST-11) and 3.10.7.4, second: SYN-RECEIVED after an active OPEN.
    peer.connect();
    peer.one();
    peer.arrive(0, 0, SYN, 0, s -> s.options().mss(1460));
    peer.one();
    assertThat(peer.sock.state()).isEqualTo(TcpState.SYN_RECEIVED);
    assertThat(peer.arrive(1, 1, RST | ACK, 0)).isEqualTo(SegmentVerdict.REFUSED);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.notices()).isEqualTo(TcpNotice.RESET | TcpNotice.REFUSED);
    peer.nothing();
  }

  @Test
  void aWindowScaleOutsideASynIsIgnored() {
    // RFC 7323 section 2.2.
    peer.established();
    peer.arrive(1, 1, ACK, 10, s -> s.options().windowScale(10));
    assertThat(peer.sock.info().sndWscale()).isEqualTo(7);
    assertThat(peer.sock.sendWindowBytes()).isEqualTo(8_000 << 7);
    peer.drain();
  }

  @Test
  void anEchoedTimestampWithoutAckIsIgnored() {
    // RFC 7323 section 3.2: in a SYN that opens, and in one that crosses ours.
    ScriptedPeer listener = new ScriptedPeer();
    listener.arrive(0, 0, SYN, 0, s -> s.options().timestamps(9, 4_990));
    assertThat(listener.sock.srttNs()).isZero();
    listener.assertNoLeaks();

    peer.connect();
    int sent = peer.one().tsVal();
    peer.nowNs += 10 * MS;
    peer.arrive(0, 0, SYN, 0, s -> s.options().timestamps(9, sent));
    assertThat(peer.sock.srttNs()).isZero();
  }
}
