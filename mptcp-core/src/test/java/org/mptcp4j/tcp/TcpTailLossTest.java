package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** The tail loss probe: RFC 8985 section 7. */
class TcpTailLossTest {

  private static final int MSS = 1448;

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private static int at(int segment) {
    return 1 + segment * MSS;
  }

  private void flight(int segments) {
    // The window of the SYN/ACK is smaller than the following ones.
    peer.ack(peer.sock.sndUna() - ScriptedPeer.ISS);
    peer.write(segments * MSS);
    peer.sent();
  }

  /** Sends a segment; no acknowledgement comes before it. */
  private void oneMore() {
    peer.write(MSS);
    peer.sent();
  }

  @Test
  void twoRoundTripsWithoutAnAnswerSendTheLastSegmentAgain() {
    // RFC 8985 section 7.2: PTO = 2 * SRTT; section 7.3: the highest-sequence segment.
    flight(4);
    int cwnd = peer.cc.cwndBytes();
    assertThat(peer.expire()).isEqualTo(20 * MS);
    ScriptedPeer.Sent probe = peer.one();
    assertThat(probe.offset()).isEqualTo(at(3));
    assertThat(probe.length()).isEqualTo(MSS);
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
    assertThat(peer.sock.inLossRecovery()).isFalse();
  }

  @Test
  void oneSegmentAloneMayHaveItsAcknowledgementDelayed() {
    // RFC 8985 section 7.2: PTO += TLP.max_ack_delay.
    flight(1);
    assertThat(peer.expire()).isEqualTo(60 * MS);
    assertThat(peer.one().offset()).isEqualTo(at(0));
  }

  @Test
  void theTimeoutFollowsAnUnansweredProbeAndNoSecondProbe() {
    // RFC 8985 section 7.3: the RTO timer is re-armed, not the PTO timer.
    flight(4);
    peer.expire();
    peer.one();
    peer.expire();
    assertThat(peer.sock.notices() & TcpNotice.RTO_FIRED).isNotZero();
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.expire();
    assertThat(peer.sock.info().totalRto()).isEqualTo(2);
    assertThat(peer.window.count(Mib.TCP_LOSS_PROBES)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_SLOW_START_RETRANS)).isEqualTo(1);
    assertThat(peer.window.count(Mib.TCP_FAST_RETRANS)).isZero();
  }

  @Test
  void newDataIsTheProbeWhenThereIsSome() {
    // RFC 8985 section 7.3: even where the congestion window has no room.
    int cwnd = peer.cc.cwndBytes() / MSS;
    flight(cwnd + 2);
    peer.nothing();
    peer.expire();
    ScriptedPeer.Sent probe = peer.one();
    assertThat(probe.offset()).isEqualTo(at(cwnd));
    assertThat(probe.length()).isEqualTo(MSS);
    assertThat(peer.sock.info().bytesRetrans()).isZero();
  }

  @Test
  void theLastSegmentIsSentAgainWhenTheWindowIsClosedForNewData() {
    peer.arrive(1, 1, ACK, 0, s -> s.window(4 * MSS >> 7));
    peer.write(6 * MSS);
    int sent = peer.sent().stream().mapToInt(ScriptedPeer.Sent::length).sum();
    assertThat(sent).isLessThanOrEqualTo(4 * MSS);
    peer.expire();
    ScriptedPeer.Sent probe = peer.one();
    assertThat(probe.offset() + probe.length()).isEqualTo(1 + sent);
  }

  @Test
  void theProbeRepeatsTheEndOfTheLastMappingOnly() {
    peer.window.segmentLimit = 1_000;
    peer.write(4_300);
    peer.sent();
    peer.window.segmentLimit = 400;
    peer.expire();
    ScriptedPeer.Sent probe = peer.one();
    assertThat(probe.offset() + probe.length()).isEqualTo(4_301);
    assertThat(probe.length()).isLessThanOrEqualTo(400);
  }

  @Test
  void theProbeCarriesTheFin() {
    peer.write(2 * MSS);
    peer.sock.shutdownOutput();
    peer.sent();
    peer.expire();
    ScriptedPeer.Sent probe = peer.one();
    assertThat(probe.has(FIN)).isTrue();
    assertThat(probe.offset()).isEqualTo(at(1));
    assertThat(probe.length()).isEqualTo(MSS);
    peer.nowNs += 10 * MS;
    peer.ack(at(2) + 1);
    assertThat(peer.sock.state()).isEqualTo(TcpState.FIN_WAIT_2);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theAnswerToTheProbeShowsTheOtherLosses() {
    // RFC 8985 section 3.3: the probe starts fast recovery where a timeout would have been needed.
    flight(8);
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    peer.sack(at(4), at(7), at(8));
    if (!peer.sock.inLossRecovery()) {
      peer.expire();
    }
    assertThat(peer.sent().get(0).offset()).isEqualTo(at(4));
    assertThat(peer.sock.info().totalRto()).isZero();
    assertThat(peer.sock.info().fastRecoveries()).isEqualTo(1);
  }

  @Test
  void aLossThatTheProbeRepairedReducesTheWindow() {
    // RFC 8985 section 7.4.1: the ACK goes beyond the probe and no DSACK came.
    flight(4);
    int cwnd = peer.cc.cwndBytes();
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    peer.ack(at(4));
    assertThat(peer.cc.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
    oneMore();
    peer.nowNs += 10 * MS;
    peer.ack(at(5));
    assertThat(peer.cc.ssthreshBytes()).isLessThan(cwnd);
    assertThat(peer.sock.inLossRecovery()).isFalse();
  }

  @Test
  void aProbeThatWasForNothingDoesNot() {
    // RFC 8985 section 7.4.2: the DSACK says that both arrived.
    flight(4);
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    peer.ack(at(4));
    peer.sack(at(4), at(3), at(4));
    oneMore();
    peer.nowNs += 10 * MS;
    peer.ack(at(5));
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void norDoesOneThatADuplicateAnswersWhenAllIsAcknowledged() {
    // RFC 8985 section 7.4.2: the answer of a peer that sends no DSACKs.
    flight(4);
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    peer.ack(at(4));
    peer.ack(at(4));
    oneMore();
    peer.nowNs += 10 * MS;
    peer.ack(at(5));
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aDsackForAProbeBehindARecoveryDoesNotTakeItBack() {
    // RFC 3708 section 2: only duplicates of what the recovery sent again do.
    flight(4);
    int cwnd = peer.cc.cwndBytes();
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    peer.sack(at(0), at(1), at(4));
    assertThat(peer.one().offset()).isEqualTo(at(0));
    peer.nowNs += 10 * MS;
    peer.ack(at(4));
    peer.sack(at(4), at(3), at(4));
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    assertThat(peer.window.count(Mib.TCP_DSACK_UNDO)).isZero();
    peer.sack(at(4), at(0), at(1));
    assertThat(peer.window.count(Mib.TCP_DSACK_UNDO)).isEqualTo(1);
  }

  @Test
  void withoutSackThereIsNoProbe() {
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.sack(false).quickAcks(0)).build())
            .established();
    flight(4);
    peer.expire();
    assertThat(peer.sock.info().totalRto()).isEqualTo(1);
  }

  /** The last segments of an answer are lost, whatever its length. */
  @Test
  void aLostTailIsRepairedWithoutATimeout() {
    for (int length = 1; length < 120_000; length += 7_919) {
      for (int lost = 1; lost <= 3; lost++) {
        lostTail(length, lost);
      }
    }
  }

  private static void lostTail(int length, int lost) {
    TestWire wire = new TestWire(length).established();
    long tail = Math.max(1, length - (long) lost * MSS + 1);
    int iss = wire.client.sock.iss();
    boolean[] over = {false};
    wire.lose = s -> !over[0] && s.payloadLength() > 0 && s.seq() - iss >= tail;
    wire.client.pieceSize = 60_000;
    wire.client.toWrite = length;
    wire.run(() -> wire.client.sock.sndNxt() - iss == length + 1, 10_000 * MS);
    wire.client.pump();
    over[0] = true;
    long from = wire.nowNs;
    wire.run(() -> wire.server.readBytes == length, 10_000 * MS);
    assertThat(wire.client.sock.info().totalRto()).as("%d bytes, %d lost", length, lost).isZero();
    // The round trip is 20 ms: the flight, two round trips, the delay of an ACK, the repair.
    assertThat(wire.nowNs - from).as("%d bytes, %d lost", length, lost).isLessThan(200 * MS);
    wire.assertNoLeaks();
  }

  @Test
  void noSecondProbeLeavesBeforeARoundTripWasMeasured() {
    // RFC 8985 section 7.3: what a probe repeated is not measured (Karn).
    peer.assertNoLeaks();
    peer =
        new ScriptedPeer(TcpConfig.builder().options(o -> o.timestamps(false).quickAcks(0)).build())
            .established();
    int mss = 1460;
    flight(4);
    peer.nowNs += 10 * MS;
    int sent = 1 + 4 * MSS;
    peer.ack(sent);
    peer.write(mss);
    peer.sent();
    peer.expire();
    peer.one();
    peer.nowNs += 10 * MS;
    sent += mss;
    peer.ack(sent);
    peer.sack(sent, sent - mss, sent);
    peer.write(4 * mss);
    peer.sent();
    peer.expire();
    assertThat(peer.sock.notices() & TcpNotice.RTO_FIRED).isNotZero();
    assertThat(peer.window.count(Mib.TCP_LOSS_PROBES)).isEqualTo(1);
    peer.sent();
    peer.nowNs += 10 * MS;
    peer.ack(sent + 4 * mss);
    // What was sent once is.
    sent += 4 * mss;
    peer.write(mss);
    peer.sent();
    peer.nowNs += 10 * MS;
    sent += mss;
    peer.ack(sent);
    peer.write(mss);
    peer.sent();
    peer.expire();
    assertThat(peer.one().offset()).isEqualTo(sent);
    assertThat(peer.window.count(Mib.TCP_LOSS_PROBES)).isEqualTo(2);
  }
}
