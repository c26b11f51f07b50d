package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.tcp.ScriptedPeer.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.KeepAlive;

/** Keep-alive (RFC 1122 section 4.2.3.6) and user timeout (RFC 9293 section 3.8.3). */
class TcpPeerTimeoutsTest {
  private static final long SECOND = 1000 * MS;
  private static final PeerTimeouts KEEP_ALIVE =
      new PeerTimeouts(true, keepAlive(60 * SECOND, 10 * SECOND, 4), 0);

  /** From where the two ends may be idle. */
  private enum Idle {
    ESTABLISHED,
    CLOSE_WAIT,
    FIN_WAIT_2
  }

  private ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private static KeepAlive keepAlive(long idleNs, long intervalNs, int count) {
    return KeepAlive.builder()
        .idle(Duration.ofNanos(idleNs))
        .interval(Duration.ofNanos(intervalNs))
        .count(count)
        .build();
  }

  private static PeerTimeouts userTimeout(long seconds) {
    return new PeerTimeouts(false, keepAlive(60 * SECOND, 10 * SECOND, 4), seconds * SECOND);
  }

  private void enter(Idle state) {
    if (state == Idle.CLOSE_WAIT) {
      peer.arrive(1, 1, ACK | FIN, 0);
      peer.one();
    } else if (state == Idle.FIN_WAIT_2) {
      peer.sock.shutdownOutput();
      peer.one();
      peer.arrive(1, 2, ACK, 0);
    }
    assertThat(peer.sock.state()).hasToString(state.name());
    peer.sock.notices();
  }

  private void window(int bytes) {
    peer.arrive(1, 1, ACK, 0, s -> s.window(bytes >> 7));
  }

  /** Lets all timers expire until the connection is over. Returns how long that took. */
  private long untilClosed(boolean answered) {
    long begin = peer.nowNs;
    for (int i = 0; peer.sock.state() != TcpState.CLOSED; i++) {
      assertThat(i).isLessThan(1000);
      peer.expire();
      peer.sent();
      if (answered && peer.sock.state() != TcpState.CLOSED) {
        window(0);
      }
    }
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
    return peer.nowNs - begin;
  }

  @Test
  void keepAliveIsOffByDefault() {
    // RFC 1122 section 4.2.3.6: it MUST default to off.
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    peer.sock.peerTimeouts(PeerTimeouts.DEFAULT);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    // RFC 1122 section 4.2.3.6: the interval MUST default to no less than two hours.
    assertThat(PeerTimeouts.DEFAULT.times().idleNs()).isEqualTo(7200 * SECOND);
  }

  @ParameterizedTest
  @EnumSource(Idle.class)
  void aDeadPeerEndsAfterIdleAndAllIntervals(Idle state) {
    enter(state);
    peer.sock.peerTimeouts(KEEP_ALIVE);
    long begin = peer.sock.lastReceivedNs();
    peer.expire();
    assertThat(peer.nowNs - begin).isEqualTo(60 * SECOND);
    for (int i = 0; i < 4; i++) {
      ScriptedPeer.Sent probe = peer.one();
      // RFC 1122 section 4.2.3.6: SEG.SEQ = SND.NXT-1, without data.
      assertThat(probe.offset()).isEqualTo(state == Idle.FIN_WAIT_2 ? 1 : 0);
      assertThat(probe.pureAck()).isTrue();
      assertThat(peer.expire()).isEqualTo(10 * SECOND);
    }
    // RFC 9293 section 3.10.5: the peer hears of it, should it be there after all.
    assertThat(peer.one().has(RST)).isTrue();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aPeerThatAnswersIsKept() {
    peer.sock.peerTimeouts(KEEP_ALIVE);
    for (int i = 0; i < 20; i++) {
      peer.expire();
      peer.one();
      for (int unanswered = 0; unanswered < i % 4; unanswered++) {
        assertThat(peer.expire()).isEqualTo(10 * SECOND);
        peer.one();
      }
      peer.nowNs += 10 * MS;
      peer.ack(1);
      peer.nothing();
      // The timer that runs for the next probe finds out that the peer was heard.
      assertThat(peer.expire()).isEqualTo(10 * SECOND - 10 * MS);
      peer.nothing();
    }
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void traffickingConnectionsAreNotProbed() {
    peer.sock.peerTimeouts(KEEP_ALIVE);
    for (int i = 0; i < 10; i++) {
      peer.nowNs += 59 * SECOND;
      peer.sock.onTimeout(peer.nowNs);
      peer.data(1 + i * 10, 10);
      peer.drain();
      for (ScriptedPeer.Sent s : peer.sent()) {
        assertThat(s.offset()).isEqualTo(1);
      }
    }
  }

  @Test
  void whatWaitsForItsAcknowledgementIsLeftToItsOwnTimer() {
    peer.sock.peerTimeouts(KEEP_ALIVE);
    peer.write(100);
    peer.one();
    assertThat(untilClosed(false)).isGreaterThan(900 * SECOND);
  }

  @Test
  void itIsSwitchedOnAndOffAtAnyTime() {
    peer.nowNs += 100 * SECOND;
    peer.sock.peerTimeouts(KEEP_ALIVE);
    assertThat(peer.sock.nextTimeoutNs()).isLessThan(peer.nowNs);
    peer.sock.onTimeout(peer.nowNs);
    peer.one();
    peer.sock.peerTimeouts(PeerTimeouts.DEFAULT);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aSynIsNotKeptAlive() {
    peer.assertNoLeaks();
    peer = new ScriptedPeer().connect();
    peer.sock.peerTimeouts(new PeerTimeouts(true, keepAlive(SECOND / 2, SECOND / 2, 1), 0));
    peer.one();
    peer.expire();
    peer.nothing();
    assertThat(peer.sock.state()).isEqualTo(TcpState.SYN_SENT);
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 30, 3000})
  void unacknowledgedDataEndsAtTheUserTimeout(long seconds) {
    peer.sock.peerTimeouts(userTimeout(seconds));
    peer.write(100);
    peer.one();
    // RFC 9293 section 3.8.3: the user timeout is counted from when the data was sent.
    assertThat(untilClosed(false)).isEqualTo(seconds * SECOND);
  }

  @Test
  void aUserTimeoutBelowTheRetransmissionTimeoutStillRepeatsOnce() {
    peer.sock.peerTimeouts(new PeerTimeouts(false, keepAlive(SECOND, SECOND, 1), MS));
    peer.write(100);
    peer.one();
    // The tail loss probe, the retransmission, the end.
    peer.expire();
    assertThat(peer.one().length()).isEqualTo(100);
    peer.expire();
    assertThat(peer.one().length()).isEqualTo(100);
    peer.expire();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void acknowledgementsPutOffTheUserTimeout() {
    peer.sock.peerTimeouts(userTimeout(3));
    for (int i = 0; i < 5; i++) {
      peer.write(100);
      peer.sent();
      for (int retransmissions = 0; retransmissions < 3; retransmissions++) {
        peer.expire();
        peer.sent();
      }
      peer.ack(101 + 100 * i);
    }
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWindowThatStaysClosedEndsAtTheUserTimeout(boolean answered) {
    // As Linux: also when the peer answers each probe.
    window(0);
    peer.sock.peerTimeouts(userTimeout(30));
    peer.write(5_000);
    peer.nothing();
    assertThat(untilClosed(answered)).isEqualTo(30 * SECOND);
  }

  @Test
  void aWindowThatOpensNowAndThenIsBorneWith() {
    peer.sock.peerTimeouts(userTimeout(30));
    window(0);
    peer.write(100_000);
    int acked = 1;
    for (int i = 0; i < 30; i++) {
      peer.nowNs += 5 * SECOND;
      peer.sock.onTimeout(peer.nowNs);
      peer.sent();
      int ack = acked;
      peer.arrive(1, ack, ACK, 0, s -> s.window(3000 >> 7));
      int sent = peer.sent().stream().mapToInt(ScriptedPeer.Sent::length).sum();
      acked += sent;
      int all = acked;
      peer.arrive(1, all, ACK, 0, s -> s.window(0));
      peer.sent();
    }
    assertThat(peer.sock.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void theUserTimeoutTakesThePlaceOfTheNumberOfProbes() {
    // As Linux: TCP_USER_TIMEOUT overrides TCP_KEEPCNT.
    peer.sock.peerTimeouts(
        new PeerTimeouts(true, keepAlive(60 * SECOND, 10 * SECOND, 1), 95 * SECOND));
    long begin = peer.sock.lastReceivedNs();
    untilClosed(false);
    assertThat(peer.nowNs - begin).isEqualTo(100 * SECOND);
  }

  @Test
  void anUnansweredSynEndsAtTheUserTimeout() {
    peer.assertNoLeaks();
    peer = new ScriptedPeer().connect();
    peer.sock.peerTimeouts(userTimeout(10));
    peer.one();
    assertThat(untilClosed(false)).isEqualTo(10 * SECOND);
  }

  @Test
  void rangesAreThoseOfLinux() {
    assertThatThrownBy(() -> new PeerTimeouts(true, keepAlive(0, 1, 1), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PeerTimeouts(true, keepAlive(1, 0, 1), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PeerTimeouts(true, keepAlive(1, 1, 128), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 127");
    assertThatThrownBy(() -> new PeerTimeouts(true, keepAlive(1, 1, 1), -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
