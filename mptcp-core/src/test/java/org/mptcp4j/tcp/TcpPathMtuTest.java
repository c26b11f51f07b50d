package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.ScriptedPeer.MS;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;

/** Path MTU discovery of one connection against a scripted peer. IPv4, timestamps. */
class TcpPathMtuTest {
  private static final int HEADERS = 52;
  private static final int FULL = 1500 - HEADERS;
  private static final int NARROW = 1300 - HEADERS;
  private static final int BASE = 1280 - HEADERS;
  private static final IpAddress ROUTER = IpAddress.parse("10.0.0.254");

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  /** A router says of the packet with that offset that only so much passes. */
  private void tooBig(int offset, int mtu) {
    FourTuple t = TestWire.TUPLE;
    int seq = ScriptedPeer.ISS + offset;
    peer.sock.onPacketTooBig(
        peer.nowNs,
        new IcmpError(
            IcmpError.Kind.PACKET_TOO_BIG,
            3,
            4,
            mtu,
            ROUTER,
            t.local(),
            t.remote(),
            t.localPort(),
            t.remotePort(),
            seq,
            1500));
  }

  private static void synAck(TcpOptionWriter options) {
    options.mss(1460);
    options.timestamps(1_000, 5_000);
  }

  private int bytes(List<ScriptedPeer.Sent> sent) {
    return sent.stream().mapToInt(ScriptedPeer.Sent::length).sum();
  }

  private void flight(int segments) {
    peer.write(segments * FULL);
    assertThat(bytes(peer.sent())).isEqualTo(segments * FULL);
  }

  @Test
  void whatIsTooBigIsCutAndSentAgainAtOnce() {
    flight(4);
    int cwnd = peer.cc.cwndBytes();
    tooBig(1, 1300);
    List<ScriptedPeer.Sent> again = peer.sent();
    assertThat(again.get(0).offset()).isEqualTo(1);
    assertThat(again.get(0).gsoSize()).isEqualTo(NARROW);
    assertThat(bytes(again)).isEqualTo(4 * FULL);
    // RFC 1191 section 6.4: no sign of congestion.
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
    assertThat(peer.sock.notices() & TcpNotice.PATH_MTU).isNotZero();
    assertThat(peer.sock.pathMtu()).isEqualTo(1300);
    peer.nowNs += 10 * MS;
    peer.ack(1 + 4 * FULL);
    assertThat(peer.sock.inLossRecovery()).isFalse();
    peer.write(3 * NARROW);
    assertThat(peer.one().gsoSize()).isEqualTo(NARROW);
  }

  @Test
  void theSameReportAboutEveryPacketOfTheFlightRepeatsItOnce() {
    flight(5);
    for (int i = 0; i < 5; i++) {
      tooBig(1 + i * FULL, 1300);
    }
    assertThat(bytes(peer.sent())).isEqualTo(5 * FULL);
    for (int i = 0; i < 5; i++) {
      tooBig(1 + i * FULL, 1300);
    }
    peer.nothing();
  }

  @Test
  void whatArrivedOfTheFlightIsNotSentAgain() {
    flight(2);
    peer.write(100);
    peer.sent();
    peer.sack(1, 1 + 2 * FULL, 101 + 2 * FULL);
    tooBig(1, 1300);
    assertThat(bytes(peer.sent())).isEqualTo(2 * FULL);
  }

  @ParameterizedTest
  @ValueSource(ints = {-100_000, 0, 1 + 4 * FULL, 1_000_000})
  void reportsAboutWhatIsNotInFlightDoNothing(int offset) {
    flight(4);
    tooBig(offset, 1300);
    peer.nothing();
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  @Test
  void aReportBeforeAnythingLargeWasSentDoesNothing() {
    peer.write(100);
    peer.one();
    tooBig(1, 1300);
    peer.nothing();
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  /** Sends two segments, of which the first arrives, so that their size is known to pass. */
  private void proven() {
    flight(1);
    peer.nowNs += 10 * MS;
    peer.ack(1 + FULL);
    flight(2);
  }

  @Test
  void whereLargePacketsArrivedAForgedReportDoesNothing() {
    // RFC 5927 section 7.2.
    proven();
    tooBig(1 + FULL, 1300);
    peer.nothing();
    peer.nowNs += 10 * MS;
    peer.ack(1 + 3 * FULL);
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  /** A tail loss probe and then the retransmission timer, in vain. */
  private void timeout() {
    peer.expire();
    assertThat(peer.sent()).hasSize(1);
    peer.expire();
  }

  @Test
  void aTrueReportIsBelievedWhenTheTimerShowsTheLoss() {
    proven();
    int cwnd = peer.cc.cwndBytes();
    tooBig(1 + FULL, 1300);
    timeout();
    List<ScriptedPeer.Sent> again = peer.sent();
    assertThat(again.get(0).gsoSize()).isEqualTo(NARROW);
    assertThat(bytes(again)).isEqualTo(2 * FULL);
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
    assertThat(peer.sock.notices() & TcpNotice.RTO_FIRED).isZero();
  }

  @Test
  void aTrueReportIsBelievedWhenAcknowledgementsShowTheLoss() {
    proven();
    flight(4);
    tooBig(1 + FULL, 1300);
    peer.sack(1 + FULL, 1 + 2 * FULL, 1 + 7 * FULL);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sock.pathMtu()).isEqualTo(1300);
    assertThat(peer.one().gsoSize()).isEqualTo(NARROW);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theLossOfAnotherPacketDoesNotConfirmAReport(int segment) {
    // RFC 5927 section 7.2: progress of that packet, of which a SACK tells, makes the report void.
    proven();
    flight(4);
    tooBig(1 + FULL + segment * FULL, 1300);
    peer.sack(1 + FULL, 1 + 2 * FULL, 1 + 7 * FULL);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.one().gsoSize()).isZero();
    timeoutInRecovery();
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  private void timeoutInRecovery() {
    peer.expire();
    assertThat(peer.one().length()).isEqualTo(FULL);
    assertThat(peer.sock.retransmissionTimeouts()).isEqualTo(1);
  }

  @Test
  void aReportAboutWhatIsNotKnownToBeLostWaitsForTheTimer() {
    proven();
    flight(4);
    tooBig(1 + 6 * FULL, 1300);
    peer.sack(1 + FULL, 1 + 2 * FULL, 1 + 5 * FULL);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
    peer.sent();
    while (peer.sock.pathMtu() == 1500 && peer.nowNs < 10_000 * MS) {
      peer.expire();
      peer.sent();
    }
    assertThat(peer.sock.pathMtu()).isEqualTo(1300);
  }

  @Test
  void aReportAboutWhatIsSentAgainDoesNotCountAsLongAsThatIsOnItsWay() {
    proven();
    flight(4);
    peer.sack(1 + FULL, 1 + 3 * FULL, 1 + 7 * FULL);
    assertThat(bytes(peer.sent())).isPositive();
    tooBig(1 + FULL, 1300);
    peer.nowNs += 10 * MS;
    peer.sack(1 + FULL, 1 + 3 * FULL, 1 + 7 * FULL);
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
    peer.ack(1 + 2 * FULL);
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
  }

  // ---- packets that vanish

  @Test
  void timeoutsLeadToTheBase() {
    flight(4);
    timeout();
    assertThat(peer.one().length()).isEqualTo(FULL);
    peer.expire();
    assertThat(peer.one().length()).isEqualTo(BASE);
    assertThat(peer.sock.pathMtu()).isEqualTo(1280);
  }

  /** The path vanishes packets over 1280 bytes; then acknowledgements come until a probe leaves. */
  private ScriptedPeer.Sent probe(int expected) {
    for (int i = 0; i < 400; i++) {
      List<ScriptedPeer.Sent> all = peer.sent();
      ScriptedPeer.Sent last = all.get(all.size() - 1);
      for (ScriptedPeer.Sent s : all) {
        if (s.length() > BASE && s.gsoSize() == 0) {
          assertThat(s.length()).isEqualTo(expected);
          lastSent = last;
          return s;
        }
        assertThat(s.length() <= BASE || s.gsoSize() == BASE).as(s.toString()).isTrue();
      }
      peer.nowNs += 10 * MS;
      peer.ack(last.offset() + last.length());
      peer.write(last.length() + 10 * BASE);
    }
    throw new AssertionError("no probe");
  }

  private ScriptedPeer.Sent lastSent;

  private ScriptedPeer.Sent probeAfterBlackHole() {
    flight(4);
    timeout();
    peer.sent();
    peer.expire();
    peer.write(40 * FULL);
    return probe(FULL);
  }

  @Test
  void aProbeThatArrivesRaisesIt() {
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    peer.sock.notices();
    peer.nowNs += 10 * MS;
    peer.ack(probe.offset() + probe.length());
    assertThat(peer.sock.notices() & TcpNotice.MTU_PROBE_SUCCEEDED).isNotZero();
    assertThat(peer.sock.pathMtu()).isEqualTo(1500);
    assertThat(peer.sock.pathIsNarrow()).isFalse();
    // RFC 1191 section 6.3: nothing is sent again for it. RFC 4821 section 4: the window in bytes
    // stays.
    long sentAgain = peer.sock.bytesRetransmitted();
    int cwnd = peer.cc.cwndBytes();
    assertThat(peer.sent()).isNotEmpty();
    assertThat(peer.sock.payloadMss()).isEqualTo(FULL);
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
    assertThat(peer.sock.bytesRetransmitted()).isEqualTo(sentAgain);
  }

  @Test
  void theLossOfAProbeIsNoSignOfCongestion() {
    // RFC 4821 section 7.6.2.
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    int end = lastSent.offset() + lastSent.length();
    assertThat(end - probe.offset()).isGreaterThan(4 * FULL);
    int cwnd = peer.cc.cwndBytes();
    peer.sock.notices();
    peer.nowNs += 10 * MS;
    peer.sack(probe.offset(), probe.offset() + probe.length(), end);
    assertThat(peer.sock.notices() & TcpNotice.MTU_PROBE_FAILED).isNotZero();
    assertThat(peer.cc.cwndBytes()).isEqualTo(cwnd);
    assertThat(peer.sock.pathMtu()).isEqualTo(1280);
    ScriptedPeer.Sent again = peer.sent().get(0);
    assertThat(again.offset()).isEqualTo(probe.offset());
    assertThat(again.length()).isEqualTo(FULL);
    assertThat(again.gsoSize()).isEqualTo(BASE);
    peer.nowNs += 10 * MS;
    peer.ack(end);
    // Half of what is left.
    probe((1280 + 1500) / 2 - HEADERS);
  }

  @Test
  void theReorderingTimerTellsOfTheLossOfAProbe() {
    // RFC 8985 section 6.2 step 5: too little came behind it to tell of the loss at once.
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    int behind = probe.offset() + probe.length();
    peer.sock.notices();
    peer.nowNs += 10 * MS;
    peer.sack(probe.offset(), behind, behind + BASE);
    assertThat(peer.sock.inLossRecovery()).isFalse();
    peer.expire();
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.sock.notices() & TcpNotice.MTU_PROBE_FAILED).isNotZero();
    assertThat(peer.sent().get(0).gsoSize()).isEqualTo(BASE);
    // What is acknowledged in smaller packets does not say that the larger one passes.
    peer.nowNs += 10 * MS;
    peer.ack(lastSent.offset() + lastSent.length());
    assertThat(peer.sock.notices() & TcpNotice.MTU_PROBE_SUCCEEDED).isZero();
    assertThat(peer.sock.pathMtu()).isEqualTo(1280);
  }

  @Test
  void otherLossesBesideAProbeAreASignOfCongestion() {
    // RFC 4821 section 4: only of an isolated probe the loss is not.
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    int behind = probe.offset() + probe.length();
    int end = lastSent.offset() + lastSent.length();
    int cwnd = peer.cc.cwndBytes();
    peer.nowNs += 10 * MS;
    peer.sack(probe.offset(), behind + BASE, end);
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void soAreLossesThatShowLater(boolean sack) {
    if (!sack) {
      peer.assertNoLeaks();
      peer =
          new ScriptedPeer(TcpConfig.builder().options(o -> o.quickAcks(0).sack(false)).build())
              .established();
    }
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    int behind = probe.offset() + probe.length();
    int end = lastSent.offset() + lastSent.length();
    int cwnd = peer.cc.cwndBytes();
    peer.nowNs += 10 * MS;
    for (int i = 1; i <= 4; i++) {
      if (sack) {
        peer.sack(probe.offset(), behind, behind + i * BASE);
      } else {
        peer.ack(probe.offset());
      }
    }
    peer.sent();
    assertThat(peer.sock.inLossRecovery()).isTrue();
    assertThat(peer.cc.cwndBytes()).isGreaterThanOrEqualTo(cwnd);
    peer.sock.notices();
    peer.nowNs += 10 * MS;
    if (sack) {
      peer.sack(probe.offset(), behind, behind + 4 * BASE, behind + 5 * BASE, end);
    } else {
      peer.ack(behind + 4 * BASE);
    }
    assertThat(peer.cc.cwndBytes()).isLessThan(cwnd);
    // Once.
    int reduced = peer.cc.cwndBytes();
    peer.nowNs += 10 * MS;
    peer.ack(behind + 4 * BASE + 100);
    assertThat(peer.cc.cwndBytes()).isEqualTo(reduced);
  }

  @Test
  void aPathThatWasSilentForAWhileHasItsSizeAgainSoon() {
    ScriptedPeer.Sent probe = probeAfterBlackHole();
    int end = lastSent.offset() + lastSent.length();
    assertThat(probe.length()).isEqualTo(FULL);
    peer.nowNs += 10 * MS;
    peer.ack(end);
    peer.write(4 * FULL);
    assertThat(peer.sent()).anyMatch(s -> s.gsoSize() == FULL);
  }

  @Test
  void whatIsKnownOfThePathIsTheBeginning() {
    ScriptedPeer other = new ScriptedPeer().connect();
    other.sock.knownPathMtu(other.nowNs, 1300);
    ScriptedPeer.Sent syn = other.one();
    // RFC 1191 section 3.1: what we can take has nothing to do with it.
    assertThat(syn.mss()).isEqualTo(1460);
    other.nowNs += 10 * MS;
    other.arrive(0, 1, TcpFlags.SYN | TcpFlags.ACK, 0, s -> synAck(s.options()));
    other.sent();
    other.write(4 * FULL);
    assertThat(other.sent().get(0).gsoSize()).isEqualTo(NARROW);
    other.assertNoLeaks();
  }
}
