package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.PSH;
import static org.mptcp4j.wire.TcpFlags.RST;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows, delayed ACKs, super-segments. */
class TcpFlowControlTest {

  private static final int MSS = 1448;

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private SegmentVerdict ackWindow(int ack, int window) {
    return peer.arrive(1, ack, ACK, 0, s -> s.window(window >> 7));
  }

  @Test
  void oneSuperSegmentCarriesWhatFits() {
    peer.write(3 * MSS + 10);
    ScriptedPeer.Sent s = peer.one();
    assertThat(s.length()).isEqualTo(3 * MSS + 10);
    assertThat(s.gsoSize()).isEqualTo(MSS);
    assertThat(s.has(PSH)).isTrue();
  }

  @Test
  void superSegmentIsCutToWholeSegmentsAndStaysUnder64K() {
    ackWindow(1, 1_000_000);
    int at = 1;
    int biggest = 0;
    while (at < 900_000) {
      peer.write(200_000 - peer.sock.unsentBytes());
      peer.nowNs += 10 * MS;
      for (ScriptedPeer.Sent s : peer.sent()) {
        assertThat(s.has(PSH) ? 0 : s.length() % MSS).isZero();
        biggest = Math.max(biggest, s.length());
        at += s.length();
      }
      ackWindow(at, 1_000_000);
    }
    assertThat(biggest).isBetween(64_000, 65_435);
  }

  @Test
  void sillyWindowIsNotFilledUntilTheOverrideTimer() {
    // RFC 9293 section 3.8.6.2.1 (MUST-38).
    peer.write(3_000);
    peer.sent();
    ackWindow(3_001, 512);
    peer.write(5_000);
    peer.nothing();
    peer.expire();
    assertThat(peer.one().length()).isEqualTo(512);
  }

  @Test
  void zeroWindowIsProbedWithBackOffAndNeverGivenUpWhileAnswered() {
    // RFC 9293 section 3.8.6.1 (MUST-36, MUST-37).
    ackWindow(1, 0);
    peer.write(5_000);
    peer.nothing();
    long last = 0;
    for (int i = 0; i < 40; i++) {
      long wait = peer.expire();
      assertThat(wait).isGreaterThanOrEqualTo(last);
      last = wait;
      ScriptedPeer.Sent probe = peer.one();
      assertThat(probe.offset()).isZero();
      assertThat(probe.length()).isZero();
      ackWindow(1, 0);
      peer.nothing();
    }
    assertThat(last).isEqualTo(peer.config.timeouts().maxRtoNs());
    ackWindow(1, 100_000);
    assertThat(peer.one().length()).isEqualTo(5_000);
    assertThat(peer.sock.backoffs()).isZero();
  }

  private void restart(int retries) {
    peer.assertNoLeaks();
    TcpConfig config = TcpConfig.builder().options(o -> o.quickAcks(0).retries(retries)).build();
    peer = new ScriptedPeer(config).established();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void aPeerThatAnswersProbesIsKeptHoweverFewTheRetries(int retries) {
    // RFC 9293 section 3.8.6.1 (MUST-37).
    restart(retries);
    ackWindow(1, 0);
    peer.write(5_000);
    peer.nothing();
    for (int i = 0; i < 20; i++) {
      peer.expire();
      assertThat(peer.one().offset()).isZero();
      peer.nowNs += 10 * MS;
      ackWindow(1, 0);
      peer.nothing();
    }
    // Silence is counted anew, in probes: these take longer than all retries had taken.
    for (int i = 0; i < retries; i++) {
      peer.expire();
      assertThat(peer.one().offset()).isZero();
    }
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.expire();
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void aPeerThatTookItsWindowBackAndAnswersIsKept(int retries) {
    restart(retries);
    peer.write(3 * MSS);
    peer.one();
    for (int i = 0; i < 20; i++) {
      ackWindow(1, 0);
      peer.expire();
      assertThat(peer.sent()).isNotEmpty();
      peer.nowNs += 10 * MS;
    }
    ackWindow(1, 100_000);
    peer.sock.onTimeout(peer.nowNs);
    assertThat(peer.sent().get(0).offset()).isEqualTo(1);
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void aWindowThatWasTakenBackIsNoBlackHole() {
    // RFC 4821 section 7.7 is about packets that vanish; what is answered did not.
    peer.write(3 * MSS);
    peer.one();
    for (int i = 0; i < 8; i++) {
      ackWindow(1, 0);
      peer.expire();
      peer.sent();
      peer.nowNs += 10 * MS;
    }
    assertThat(peer.sock.backoffs()).isGreaterThan(3);
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  @Test
  void afterAWindowWasTakenBackAcknowledgementsLieInside() {
    // RFC 9293 section 3.10.7.4: beyond its window the peer would take nothing of them.
    ackWindow(1, 100_000);
    peer.write(10 * MSS);
    peer.sent();
    ackWindow(1, 2 * 1024);
    peer.sock.requestAck();
    assertThat(peer.one().offset()).isEqualTo(1 + 2 * 1024);
    ackWindow(1, 0);
    peer.sock.requestAck();
    assertThat(peer.one().offset()).isEqualTo(1);
    ackWindow(1 + MSS, 0);
    peer.sock.requestAck();
    assertThat(peer.one().offset()).isEqualTo(1 + MSS);
    ackWindow(1 + MSS, 1024);
    peer.sock.abort();
    ScriptedPeer.Sent reset = peer.one();
    assertThat(reset.has(RST)).isTrue();
    assertThat(reset.offset()).isEqualTo(1 + MSS + 1024);
  }

  @Test
  void beyondAWindowThatWasTakenBackDataIsSentAgainOnce() {
    // RFC 7323 section 2.4 (4) and (5).
    ackWindow(1, 100_000);
    peer.write(10 * MSS);
    peer.sent();
    int small = 2 * 1024;
    peer.arrive(
        1,
        1,
        ACK,
        0,
        s -> {
          s.window(small >> 7).options().sack(1);
          s.options().sackBlock(ScriptedPeer.ISS + 1 + 6 * MSS, ScriptedPeer.ISS + 1 + 10 * MSS);
        });
    assertThat(end(peer.sent())).isGreaterThan(1 + small);
    while ((peer.sock.notices() & TcpNotice.RTO_FIRED) == 0) {
      peer.expire();
      peer.sent();
    }
    peer.nowNs += 10 * MS;
    ackWindow(1 + MSS, small);
    assertThat(end(peer.sent())).isBetween(1 + MSS + small, 1 + MSS + small + 127);
    // The first segment asks for a window.
    ackWindow(1 + MSS, 0);
    peer.expire();
    assertThat(peer.sent().get(0).offset()).isEqualTo(1 + MSS);
    ackWindow(1 + 2 * MSS, 100_000);
    assertThat(end(peer.sent())).isGreaterThan(1 + 3 * MSS);
  }

  /** Behind the last byte of all that. */
  private static int end(List<ScriptedPeer.Sent> sent) {
    return sent.stream().mapToInt(s -> s.offset() + s.length()).max().orElse(0);
  }

  @Test
  void whatIsBeyondTheWindowForWantOfPrecisionIsBelieved() {
    // RFC 7323 section 2.4: a scaled window cannot be told to the byte.
    ackWindow(1, 100_000);
    peer.write(10_000);
    peer.sent();
    ackWindow(1, 10_000); // a unit is 128 bytes
    peer.sock.requestAck();
    assertThat(peer.one().offset()).isEqualTo(10_001);
  }

  @Test
  void unansweredProbesGiveUp() {
    ackWindow(1, 0);
    peer.write(5_000);
    peer.nothing();
    while (peer.sock.state() != TcpState.CLOSED) {
      peer.expire();
      peer.sent();
    }
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
  }

  @Test
  void oldSegmentDoesNotChangeTheWindow() {
    // RFC 9293 section 3.10.7.4: SND.WL1, SND.WL2.
    peer.data(1, 10);
    peer.drain();
    ackWindow(1, 0);
    peer.write(100);
    assertThat(peer.sent()).isEmpty();
  }

  @Test
  void everySecondFullSegmentIsAcknowledged() {
    // RFC 9293 section 3.8.6.3 (SHLD-19).
    peer.data(1, MSS);
    peer.nothing();
    peer.data(1 + MSS, MSS);
    assertThat(peer.one().ack()).isEqualTo(1 + 2 * MSS);
    peer.drain();
  }

  @Test
  void aSuperSegmentIsAcknowledgedOnce() {
    peer.arrive(1, 1, ACK, 20 * MSS, s -> s.gsoSize(MSS));
    assertThat(peer.one().ack()).isEqualTo(1 + 20 * MSS);
    peer.drain();
  }

  @Test
  void aSingleSegmentIsAcknowledgedAfterTheDelay() {
    // RFC 9293 section 3.8.6.3 (MUST-40): less than half a second.
    peer.data(1, 100);
    peer.nothing();
    assertThat(peer.expire()).isEqualTo(40 * MS);
    assertThat(peer.one().ack()).isEqualTo(101);
    peer.nothing();
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void dataCarriesTheDelayedAck() {
    peer.data(1, 100);
    peer.drain();
    peer.write(10);
    assertThat(peer.one().ack()).isEqualTo(101);
    peer.nothing();
  }

  @Test
  void requestedAckIsPureEvenWhenDataWaits() {
    peer.write(10);
    peer.sock.requestAck();
    List<ScriptedPeer.Sent> sent = peer.sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0).pureAck()).isTrue();
  }

  @Test
  void ackAskedForTwiceLeavesOnce() {
    peer.sock.requestAck();
    peer.sock.requestAck();
    assertThat(peer.one().pureAck()).isTrue();
    peer.nothing();
  }

  @Test
  void windowUpdateLeavesWhenTheBufferWasReadAndNotInSmallSteps() {
    // RFC 9293 section 3.8.6.2.2 (MUST-39).
    int full = peer.window.capacity;
    for (int at = 0; at < full; at += 65_536) {
      peer.data(1 + at, 65_000);
      peer.data(1 + at + 65_000, 536);
    }
    peer.window.unread = full;
    peer.sent();
    peer.window.unread = full - 100;
    assertThat(peer.sock.windowMayHaveGrown()).isFalse();
    peer.window.unread = full - 6_000;
    assertThat(peer.sock.windowMayHaveGrown()).isTrue();
    assertThat(peer.one().window()).isEqualTo(6_000 >> 9);
    assertThat(peer.sock.windowMayHaveGrown()).isFalse();
    peer.drain();
  }

  @Test
  void theRightEdgeIsNotTakenBackByRounding() {
    // RFC 7323 section 2.4.
    peer.sock.requestAck();
    int window = peer.one().window();
    peer.data(1, 100);
    peer.window.unread = 100;
    peer.sock.requestAck();
    assertThat(101 + (peer.one().window() << 9)).isGreaterThanOrEqualTo(1 + (window << 9));
    peer.drain();
  }

  @Test
  void piecesCanBeTakenInParts() {
    peer.data(1, 20);
    ByteBuf part = peer.sock.pollData(5);
    assertThat(part.readableBytes()).isEqualTo(5);
    assertThat(peer.sock.readSeq()).isEqualTo(ScriptedPeer.IRS + 6);
    part.release();
    assertThat(peer.drain()).isEqualTo(15);
  }

  @Test
  void slowReaderNeverDeadlocks() {
    TestWire wire = new TestWire(3, TcpConfig.defaults(), TcpConfig.defaults(), 50_000);
    wire.established();
    wire.client.toWrite = 400_000;
    wire.client.closeWhenWritten = true;
    for (int i = 0; i < 100 && wire.server.readBytes < 400_000; i++) {
      wire.server.reading = false;
      wire.runFor(700 * MS);
      wire.server.reading = true;
      wire.runFor(25 * MS);
    }
    assertThat(wire.server.readBytes).isEqualTo(400_000);
    assertThat(wire.client.sock.info().bytesRetrans()).isZero();
    wire.assertNoLeaks();
  }

  @Test
  void afterAWindowThatClosedOverDataInFlightItIsSentAgainAtOnce() {
    // RFC 9293 section 3.8.6: a window that is taken back; what came meanwhile was thrown away.
    peer.write(3 * MSS);
    peer.one();
    for (int i = 0; i < 6; i++) {
      ackWindow(1, 0);
      peer.expire();
      peer.sent();
    }
    assertThat(peer.sock.backoffs()).isGreaterThan(2);
    peer.nowNs += 100 * MS;
    ackWindow(1, 100_000);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(peer.nowNs);
    peer.sock.onTimeout(peer.nowNs);
    assertThat(peer.sent().get(0).offset()).isEqualTo(1);
  }

  @Test
  void aLongZeroWindowIsFollowedByARestart() {
    // RFC 5681 section 4.1: the congestion window of long ago says nothing any more.
    ackWindow(1, 1_000_000);
    int at = 1;
    for (int i = 0; i < 3; i++) {
      peer.write(peer.cc.cwndBytes());
      for (ScriptedPeer.Sent s : peer.sent()) {
        at += s.length();
      }
      peer.nowNs += 10 * MS;
      ackWindow(at, i < 2 ? 1_000_000 : 0);
    }
    int initial = 10 * MSS;
    assertThat(peer.cc.cwndBytes()).isGreaterThan(3 * initial);
    peer.write(200_000);
    peer.nothing();
    for (int i = 0; i < 5; i++) {
      peer.expire();
      peer.sent();
      ackWindow(at, 0);
    }
    ackWindow(at, 1_000_000);
    assertThat(peer.sent().stream().mapToInt(ScriptedPeer.Sent::length).sum()).isEqualTo(initial);
  }

  @Test
  void dataAfterAPauseIsAcknowledgedAtOnceAsAtTheBeginning() {
    // RFC 5681 section 4.1: a peer that was idle begins with a small window. As Linux: 16.
    peer.assertNoLeaks();
    peer = new ScriptedPeer(TcpConfig.defaults()).established();
    int at = 1;
    for (int pauses = 0; pauses < 2; pauses++) {
      for (int i = 0; i < 16; i++) {
        peer.data(at, 100);
        at += 100;
        assertThat(peer.one().ack()).isEqualTo(at);
      }
      peer.data(at, 100);
      at += 100;
      peer.nothing();
      peer.expire();
      peer.one();
      peer.nowNs += 300 * MS;
    }
    peer.drain();
  }

  @Test
  void whoAnswersWithDataAcknowledgesWithIt() {
    peer.assertNoLeaks();
    peer = new ScriptedPeer(TcpConfig.defaults()).established();
    for (int i = 0; i < 16; i++) {
      peer.data(1 + i * 100, 100);
      peer.one();
    }
    for (int i = 0; i < 3; i++) {
      peer.data(1601 + i * 100, 100);
      peer.nothing();
      peer.write(10);
      assertThat(peer.one().ack()).isEqualTo(1701 + i * 100);
      peer.arrive(1701 + i * 100, 11 + 10 * i, ACK, 0);
      peer.nowNs += 300 * MS;
    }
    peer.drain();
  }

  @Test
  void segmentsThatBecomeSmallerAreFullOnes() {
    // RFC 9293 section 3.8.6.3: what the peer sends is counted, not what it could send.
    peer.data(1, MSS);
    peer.data(1 + MSS, MSS);
    peer.one();
    int at = 1 + 2 * MSS;
    int acks = 0;
    for (int i = 0; i < 10; i++) {
      peer.data(at, 600);
      at += 600;
      acks += peer.sent().size();
    }
    assertThat(acks).isEqualTo(5);
    // One alone is the end of what was written.
    peer.data(at, MSS);
    peer.data(at + MSS, 700);
    peer.data(at + MSS + 700, 200);
    peer.nothing();
    peer.drain();
  }

  @Test
  void allThatHasComeIsProcessedBeforeAnAckLeaves() {
    // RFC 9293 section 3.10.7.4 (MUST-59).
    for (int i = 0; i < 6; i++) {
      peer.data(1 + i * MSS, MSS);
    }
    assertThat(peer.one().ack()).isEqualTo(1 + 6 * MSS);
    // Out of order, too.
    peer.data(1 + 7 * MSS, MSS);
    peer.data(1 + 6 * MSS, MSS);
    ScriptedPeer.Sent ack = peer.one();
    assertThat(ack.ack()).isEqualTo(1 + 8 * MSS);
    assertThat(ack.sack()).isEmpty();
    peer.drain();
  }

  @Test
  void whatWasEverInsideTheWindowIsTaken() {
    // RFC 7323 section 2.4: any segment that would have been in window for any ACK that was sent.
    peer.sock.requestAck();
    int edge = 1 + (peer.one().window() << peer.sock.info().rcvWscale());
    peer.window.unread = peer.window.capacity - 10_000;
    peer.sock.requestAck();
    assertThat(peer.one().window() << peer.sock.info().rcvWscale()).isLessThan(edge / 2);
    assertThat(peer.data(edge - 100, 100)).isEqualTo(SegmentVerdict.ACCEPTED);
    assertThat(peer.sock.oooBytes()).isEqualTo(100);
    assertThat(peer.data(edge, 100)).isEqualTo(SegmentVerdict.DROPPED);
    assertThat(peer.sock.oooBytes()).isEqualTo(100);
  }
}
