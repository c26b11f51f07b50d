package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** Recoveries that repaired nothing are taken back: window and threshold are as before. */
class TcpSpuriousRecoveryTest {

  private ScriptedPeer peer = new ScriptedPeer().established();
  private int mss = 1448;
  private int cwnd;
  private int ssthresh;

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private int at(int segment) {
    return 1 + segment * mss;
  }

  /** Sends ten segments, a round trip before now. */
  private void flight() {
    // The window of the SYN/ACK is smaller than the following ones.
    peer.ack(1);
    peer.write(10 * mss);
    peer.sent();
    peer.nowNs += 10 * MS;
    cwnd = peer.cc.cwndBytes();
    ssthresh = peer.cc.ssthreshBytes();
  }

  private void assertRestored() {
    assertThat(peer.sock.inLossRecovery()).isFalse();
    assertThat(peer.cc.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(ssthresh);
  }

  /** An acknowledgement that echoes what was sent at a time. */
  private void ackEcho(int ack, long sentNs, int... edges) {
    peer.stamps = false;
    peer.arrive(
        1,
        ack,
        ACK,
        0,
        s -> {
          s.options().timestamps(peer.peerTs, (int) (sentNs / MS));
          if (edges.length > 0) {
            s.options().sack(edges.length / 2);
          }
          for (int i = 0; i < edges.length; i += 2) {
            s.options().sackBlock(ScriptedPeer.ISS + edges[i], ScriptedPeer.ISS + edges[i + 1]);
          }
        });
    peer.stamps = true;
  }

  private void withoutTimestamps() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.timestamps(false).quickAcks(0)).build())
            .established();
    mss = 1460;
  }

  private void timeout() {
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      if (peer.sock.backoffs() == 0) {
        peer.sent();
      }
    }
    assertThat(peer.cc.cwndBytes()).isEqualTo(mss);
  }

  @Test
  void anEchoOfTheOriginalTakesBackAFastRecovery() {
    // RFC 3522 section 3.2, RFC 4015 section 3.2.
    flight();
    peer.sack(at(0), at(1), at(5));
    assertThat(peer.one().offset()).isEqualTo(at(0));
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    peer.nowNs += 2 * MS;
    ackEcho(at(5), peer.nowNs - 12 * MS);
    assertRestored();
    assertThat(peer.window.count(Mib.TCP_SACK_RECOVERY)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_PARTIAL_UNDO)).isEqualTo(1);
  }

  @Test
  void anEchoOfTheRetransmissionDoesNot() {
    flight();
    peer.sack(at(0), at(1), at(5));
    peer.one();
    long again = peer.nowNs;
    peer.nowNs += 10 * MS;
    ackEcho(at(10), again);
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    assertThat(peer.cc.ssthreshBytes()).isLessThan(ssthresh);
  }

  @Test
  void anEchoOfTheOriginalTakesBackATimeout() {
    flight();
    long sentNs = peer.nowNs - 10 * MS;
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 5 * MS;
    ackEcho(at(1), sentNs);
    assertRestored();
    assertThat(peer.window.count(Mib.TCP_LOSS_UNDO)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_SPURIOUS_RTOS)).isZero();
    // Nothing else is sent again.
    peer.nothing();
  }

  @Test
  void dsacksForAllThatWasSentAgainTakeBackTheRecovery() {
    // RFC 2883 section 4, RFC 3708 section 3.
    withoutTimestamps();
    flight();
    peer.sack(at(0), at(2), at(6));
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.sack(at(0), at(2), at(8));
    assertThat(peer.one().offset()).isEqualTo(at(1));
    peer.nowNs += 2 * MS;
    peer.ack(at(6));
    peer.nowNs += 8 * MS;
    peer.ack(at(10));
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    peer.sack(at(10), at(0), at(1));
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    peer.sack(at(10), at(1), at(2));
    assertRestored();
    assertThat(peer.window.count(Mib.TCP_DSACK_UNDO)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_DSACK_RECV)).isEqualTo(2);
  }

  @Test
  void aDsackForWhatWasNotSentTwiceSaysNothing() {
    withoutTimestamps();
    flight();
    peer.sack(at(0), at(2), at(6));
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(at(10));
    peer.write(2 * mss);
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(at(12));
    peer.sack(at(12), at(10), at(12));
    assertThat(peer.cc.ssthreshBytes()).isLessThan(ssthresh);
  }

  @Test
  void aTimeoutAfterWhichOriginalsAreSackedIsTakenBack() {
    // RFC 5682 section 3.1 step 3b: data that was not sent again is acknowledged.
    withoutTimestamps();
    flight();
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 2 * MS;
    peer.ack(at(1));
    peer.ack(at(2));
    assertRestored();
    assertThat(peer.window.count(Mib.TCP_LOSS_UNDO)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_SPURIOUS_RTOS)).isEqualTo(1);
    peer.nothing();
  }

  @Test
  void afterTheFirstAnswerToATimeoutNewDataLeavesAndNoMoreRetransmissions() {
    // RFC 5682 section 3.1 step 2b, and step 3a.
    withoutTimestamps();
    flight();
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.write(3 * mss);
    peer.nowNs += 10 * MS;
    peer.ack(at(1));
    ScriptedPeer.Sent fresh = peer.one();
    assertThat(fresh.offset()).isEqualTo(at(10));
    assertThat(fresh.length()).isEqualTo(2 * mss);
    peer.nowNs += 10 * MS;
    peer.sack(at(1), at(10), at(12));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(1));
    assertThat(peer.cc.ssthreshBytes()).isLessThan(ssthresh);
  }

  @Test
  void withoutSackTheSecondAdvanceTellsThatATimeoutWasSpurious() {
    // RFC 5682 section 2.1 step 3b.
    withoutSack();
    flight();
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.write(3 * mss);
    peer.nowNs += 2 * MS;
    peer.ack(at(1));
    assertThat(peer.one().offset()).isEqualTo(at(10));
    peer.ack(at(2));
    assertRestored();
  }

  @Test
  void aTimeoutDoesNotCallLostWhatWasSentJustNow() {
    // RFC 8985 section 6.3.
    withoutTimestamps();
    peer.write(mss);
    peer.sent();
    long start = peer.nowNs;
    while (peer.sock.nextTimeoutNs() < start + 190 * MS) {
      peer.expire();
      peer.sent();
    }
    peer.nowNs = start + 205 * MS;
    peer.write(2 * mss);
    assertThat(peer.sent()).hasSize(1);
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 10 * MS;
    // The first segment arrives now; nothing of the others has to be sent again.
    peer.ack(at(3));
    peer.nothing();
    assertThat(peer.sock.info().bytesRetrans()).isLessThanOrEqualTo(2L * mss);
  }

  // ---- a timeout in a window of data that has led to a reduction

  /** A recovery whose retransmission is not answered in time. */
  private int timeoutInRecovery() {
    flight();
    peer.nowNs += 2 * MS;
    peer.sack(at(0), at(1), at(5));
    assertThat(peer.one().offset()).isEqualTo(at(0));
    int reduced = peer.cc.ssthreshBytes();
    assertThat(reduced).isLessThan(cwnd);
    timeout();
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(0));
    return reduced;
  }

  @Test
  void aTimeoutInARecoveryReducesTheThresholdNoMore() {
    int reduced = timeoutInRecovery();
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(reduced);
  }

  @Test
  void anEchoOfTheOriginalTakesBackBoth() {
    long sentNs = peer.nowNs;
    timeoutInRecovery();
    ackEcho(at(5), sentNs);
    assertRestored();
  }

  @Test
  void anEchoOfTheFirstRetransmissionTakesBackNeither() {
    long sentNs = peer.nowNs + 12 * MS;
    int reduced = timeoutInRecovery();
    peer.nowNs += 5 * MS;
    ackEcho(at(5), sentNs);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(reduced);
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
  }

  @Test
  void dsacksOfAllThatWasSentAgainTakeBackBoth() {
    withoutTimestamps();
    timeoutInRecovery();
    peer.nowNs += 5 * MS;
    peer.sack(at(5), at(0), at(1));
    assertThat(peer.cc.ssthreshBytes()).isLessThan(ssthresh);
    peer.sack(at(5), at(0), at(1));
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(ssthresh);
  }

  @Test
  void afterTwoTimeoutsTheStateBeforeTheFirstIsRestored() {
    // RFC 4015 section 3.1: a recovery that goes on does not begin again.
    flight();
    long sentNs = peer.nowNs - 10 * MS;
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    assertThat(peer.sock.backoffs()).isEqualTo(2);
    peer.nowNs += 5 * MS;
    ackEcho(at(1), sentNs);
    assertRestored();
  }

  private void withoutSack() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(
                TcpConfig.builder()
                    .options(o -> o.timestamps(false).sack(false).quickAcks(0))
                    .build())
            .established();
    mss = 1460;
  }

  @Test
  void withoutSackAPartOfTheRetransmissionIsNoAnswerToIt() {
    // RFC 5682 section 2.1 step 2a.
    withoutSack();
    flight();
    timeout();
    assertThat(peer.one().length()).isEqualTo(mss);
    peer.write(3 * mss);
    peer.nowNs += 2 * MS;
    peer.ack(at(0) + 400);
    assertThat(peer.sent()).allMatch(s -> s.offset() < at(10));
    peer.ack(at(2));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.ssthreshBytes()).isLessThan(ssthresh);
  }

  @Test
  void withoutSackATimeoutAfterProgressIsTakenForALoss() {
    // RFC 5682 section 2.1 step 1.
    withoutSack();
    flight();
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 2 * MS;
    peer.ack(at(1));
    peer.sent();
    timeout();
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(1));
    peer.write(3 * mss);
    peer.nowNs += 2 * MS;
    peer.ack(at(2));
    peer.sent();
    peer.ack(at(3));
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.window.count(Mib.TCP_SPURIOUS_RTOS)).isZero();
  }

  @Test
  void withoutSackALossAfterASpuriousTimeoutIsFoundByDuplicates() {
    // RFC 4015 section 4, RFC 5682 section 2.1 step 3b.
    withoutSack();
    flight();
    timeout();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.write(3 * mss);
    peer.nowNs += 2 * MS;
    peer.ack(at(1));
    peer.sent();
    peer.ack(at(2));
    assertRestored();
    peer.sent();
    for (int i = 0; i < 3; i++) {
      peer.ack(at(2));
    }
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(2));
    assertThat(peer.sock.info().fastRecoveries()).isEqualTo(1);
  }
}
