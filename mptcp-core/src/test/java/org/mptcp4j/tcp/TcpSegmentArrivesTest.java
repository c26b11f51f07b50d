package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.4 step by step, with RFC 5961 and RFC 7323. */
class TcpSegmentArrivesTest {

  private final ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  @Test
  void oldDataIsAcknowledgedAtOnce() {
    // RFC 9293 section 3.10.7.4, first: an unacceptable segment is answered with an ACK.
    peer.data(1, 100);
    assertThat(peer.drain()).isEqualTo(100);
    peer.nothing();
    assertThat(peer.data(1, 100)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().ack()).isEqualTo(101);
  }

  @Test
  void dataBeyondTheWindowIsNotTaken() {
    assertThat(peer.data(2_000_000, 100)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().ack()).isEqualTo(1);
    assertThat(peer.sock.oooBytes()).isZero();
  }

  @Test
  void overlapIsTrimmedAtBothEnds() {
    // RFC 9293 section 3.10.7.4: segments are trimmed to the window.
    peer.data(1, 100);
    peer.data(51, 100);
    assertThat(peer.drain()).isEqualTo(150);
    peer.data((1 << 20) + 100, 500);
    assertThat(peer.sock.oooBytes()).isEqualTo(51);
  }

  @Test
  void resetMustHitTheNextNumberExactly() {
    // RFC 5961 section 3.2.
    assertThat(peer.arrive(2, 0, RST, 0)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().pureAck()).isTrue();
    assertThat(peer.arrive(3_000_000, 0, RST, 0)).isEqualTo(SegmentVerdict.DROPPED);
    peer.nothing();
    assertThat(peer.arrive(1, 0, RST, 0)).isEqualTo(SegmentVerdict.RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.notices() & TcpNotice.RESET).isNotZero();
  }

  @Test
  void synInAnEstablishedConnectionIsChallenged() {
    // RFC 5961 section 4.2.
    assertThat(peer.arrive(1, 0, SYN, 0)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().pureAck()).isTrue();
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void ackOfWhatWasNeverSentIsChallenged() {
    // RFC 5961 section 5.2.
    assertThat(peer.ack(2)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().pureAck()).isTrue();
    assertThat(peer.ack(-3_000_000)).isEqualTo(SegmentVerdict.DROPPED);
  }

  @Test
  void challengesAreLimited() {
    // RFC 5961 section 7.
    int answered = 0;
    for (int i = 0; i < 100; i++) {
      peer.arrive(2, 0, RST, 0);
      answered += peer.sent().size();
    }
    assertThat(answered).isEqualTo(peer.config.limits().challengeAcksPerSecond());
    peer.nowNs += 1_000 * MS;
    peer.arrive(2, 0, RST, 0);
    peer.one();
  }

  @Test
  void segmentWithoutAckIsDropped() {
    // RFC 9293 section 3.10.7.4, fifth.
    assertThat(peer.arrive(1, 0, 0, 10)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.sock.readableBytes()).isZero();
  }

  @Test
  void oldTimestampIsRejected() {
    // RFC 7323 section 5.3 R1.
    peer.peerTs -= 1;
    assertThat(peer.data(1, 10)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.one().ack()).isEqualTo(1);
    // A RST is not subject to it.
    assertThat(peer.arrive(1, 0, RST, 0)).isEqualTo(SegmentVerdict.RESET);
  }

  @Test
  void timestampIsTakenOnlyFromSegmentsAtTheLeftEdge() {
    // RFC 7323 section 5.3 R3: an out-of-order segment does not update TS.Recent.
    peer.peerTs = 2_000;
    peer.data(500, 100);
    assertThat(peer.one().tsEcr()).isEqualTo(1_000);
    peer.data(1, 499);
    assertThat(peer.one().tsEcr()).isEqualTo(2_000);
  }

  @Test
  void timestampOlderThan24DaysIsForgotten() {
    // RFC 7323 section 5.5.
    peer.peerTs -= 1;
    peer.nowNs += 25L * 24 * 3600 * 1_000 * MS;
    assertThat(peer.data(1, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
  }

  @Test
  void zeroWindowStillTakesAcks() {
    // RFC 9293 section 3.10.7.4: special allowance for valid ACKs with a zero window.
    peer.window.unread = peer.window.capacity;
    peer.sock.requestAck();
    peer.one();
    int edge = (1 << 20) + 1;
    for (int at = 1; at < edge; at += 60_000) {
      peer.data(at, Math.min(60_000, edge - at));
    }
    peer.sent();
    peer.write(10);
    peer.one();
    assertThat(peer.arrive(edge, 11, ACK, 1)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.sock.sndUna()).isEqualTo(ScriptedPeer.ISS + 11);
    assertThat(peer.sock.readableBytes()).isEqualTo(1 << 20);
    ScriptedPeer.Sent answer = peer.one();
    assertThat(answer.ack()).isEqualTo(edge);
    assertThat(answer.window()).isZero();
  }

  @Test
  void finIsAcknowledgedAtOnceAndHalfCloses() {
    // RFC 9293 section 3.10.7.4, eighth; section 3.6: half close.
    peer.arrive(1, 1, FIN | ACK, 10);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSE_WAIT);
    assertThat(peer.one().ack()).isEqualTo(12);
    assertThat(peer.sock.finReceived()).isTrue();
    assertThat(peer.sock.readSeq()).isEqualTo(ScriptedPeer.IRS + 1);
    assertThat(peer.drain()).isEqualTo(10);
    peer.write(50);
    assertThat(peer.one().length()).isEqualTo(50);
    peer.sock.shutdownOutput();
    assertThat(peer.one().has(FIN)).isTrue();
    assertThat(peer.sock.state()).isEqualTo(TcpState.LAST_ACK);
    peer.arrive(12, 52, ACK, 0);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void finOutOfOrderWaitsForTheData() {
    peer.arrive(101, 1, FIN | ACK, 100);
    assertThat(peer.one().ack()).isEqualTo(1);
    assertThat(peer.sock.finReceived()).isFalse();
    peer.data(1, 100);
    assertThat(peer.sock.finReceived()).isTrue();
    assertThat(peer.one().ack()).isEqualTo(202);
    assertThat(peer.drain()).isEqualTo(200);
  }

  @Test
  void simultaneousClose() {
    // RFC 9293 section 3.6, figure 13.
    peer.sock.shutdownOutput();
    assertThat(peer.one().has(FIN)).isTrue();
    peer.arrive(1, 1, FIN | ACK, 0);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSING);
    peer.one();
    peer.arrive(2, 2, ACK, 0);
    assertThat(peer.sock.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  @Test
  void timeWaitLastsAndRestartsWithARepeatedFin() {
    // RFC 9293 section 3.10.7.4, eighth, TIME-WAIT.
    peer.sock.shutdownOutput();
    peer.one();
    peer.ack(2);
    assertThat(peer.sock.state()).isEqualTo(TcpState.FIN_WAIT_2);
    peer.arrive(1, 2, FIN | ACK, 0);
    peer.one();
    assertThat(peer.sock.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.nowNs += 1_000 * MS;
    peer.arrive(1, 2, FIN | ACK, 0);
    peer.one();
    assertThat(peer.expire()).isEqualTo(peer.config.timeouts().timeWaitNs());
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void aResetEndsTimeWait() {
    // RFC 9293 section 3.10.7.4, second.
    peer.sock.shutdownOutput();
    peer.one();
    peer.arrive(1, 2, FIN | ACK, 0);
    peer.one();
    assertThat(peer.arrive(2, 0, RST, 0)).isEqualTo(SegmentVerdict.RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void dataAfterTheFinIsIgnored() {
    peer.arrive(1, 1, FIN | ACK, 0);
    peer.one();
    peer.data(2, 100);
    assertThat(peer.sock.readableBytes()).isZero();
  }

  @Test
  void abortSendsOneReset() {
    // RFC 9293 section 3.10.5.
    peer.write(5_000);
    peer.sent();
    peer.sock.abort();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    ScriptedPeer.Sent reset = peer.one();
    assertThat(reset.flags()).isEqualTo(RST | ACK);
    assertThat(reset.offset()).isEqualTo(5_001);
    // RFC 7323 sections 3.2 and 5.2: with timestamps as any other segment.
    assertThat(reset.tsVal()).isEqualTo((int) (peer.nowNs / MS));
    assertThat(reset.tsEcr()).isEqualTo(1_000);
    assertThat(peer.window.resets).isEqualTo(1);
    assertThat(peer.data(1, 10)).isEqualTo(SegmentVerdict.REPLY_RESET);
  }

  @Test
  void aSegmentThatARetransmissionOvertookFillsItsHole() {
    // RFC 7323 section 5.3 R1 would drop it for its timestamp. Holes at 11 and 31.
    peer.peerTs += 100;
    peer.data(1, 10);
    peer.data(21, 10);
    peer.data(41, 10);
    peer.sent();
    int original = peer.peerTs;
    peer.peerTs += 30;
    assertThat(peer.data(11, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
    peer.peerTs = original;
    assertThat(peer.data(31, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.drain()).isEqualTo(50);
    // Behind all that has come it is dropped.
    assertThat(peer.data(51, 10)).isEqualTo(SegmentVerdict.DROPPED);
  }

  @Test
  void anOldDuplicateFillsNoHole() {
    // RFC 7323 section 5.3 R1: older than TS.Recent has been for a second.
    for (int at = 1; at < 41; at += 10) {
      peer.nowNs += 1_000 * MS;
      peer.peerTs += 1_000;
      peer.data(at, 10);
      peer.sock.requestAck();
      peer.sent();
    }
    peer.data(51, 10);
    peer.peerTs -= 900;
    assertThat(peer.data(41, 5)).isEqualTo(SegmentVerdict.ACCEPTED);
    peer.peerTs -= 2_000;
    assertThat(peer.data(46, 5)).isEqualTo(SegmentVerdict.DROPPED);
    peer.drain();
  }

  @Test
  void aResetMayCarryData() {
    // RFC 9293 section 3.5.3 (SHLD-2).
    assertThat(peer.arrive(1, 0, RST, 20)).isEqualTo(SegmentVerdict.RESET);
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.readableBytes()).isZero();
    peer.nothing();
  }

  @Test
  void aSegmentWithoutItsTimestampEndsNothing() {
    // RFC 7323 section 3.2: a connection must not be aborted for that.
    peer.stamps = false;
    assertThat(peer.data(1, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.stamps = true;
    assertThat(peer.data(11, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.drain()).isEqualTo(20);
  }

  @Test
  void theTimestampOfAResetIsNotUsed() {
    // RFC 7323 section 5.2: neither of one that is dropped nor of one that is challenged.
    peer.peerTs += 500;
    peer.arrive(0, 0, RST, 0);
    peer.nothing();
    peer.arrive(2, 0, RST, 0);
    assertThat(peer.one().tsEcr()).isEqualTo(1_000);
    peer.peerTs -= 500;
    assertThat(peer.data(1, 10)).isEqualTo(SegmentVerdict.ACCEPTED);
    peer.drain();
  }

  @Test
  void aDelayedAckEchoesTheEarliestThatIsNotAcknowledged() {
    // RFC 7323 section 4.3 (A).
    peer.peerTs = 1_010;
    peer.data(1, 10);
    peer.peerTs = 1_020;
    peer.data(11, 10);
    peer.nothing();
    peer.expire();
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.ack()).isEqualTo(21);
    assertThat(ack.tsEcr()).isEqualTo(1_010);
    peer.drain();
  }
}
