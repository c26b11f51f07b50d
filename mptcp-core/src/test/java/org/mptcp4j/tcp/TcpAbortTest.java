package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.tcp.TestWire.MS;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Abort and release in every state: no buffer stays, and the right RST leaves. */
class TcpAbortTest {

  private static ScriptedPeer in(TcpState state) {
    ScriptedPeer peer = new ScriptedPeer();
    switch (state) {
      case SYN_SENT -> {
        peer.connect();
        peer.one();
        peer.write(100);
      }
      case SYN_RECEIVED -> {
        peer.arrive(0, 0, SYN, 0);
        peer.one();
        peer.write(100);
      }
      default -> {
        peer.established();
        peer.write(100);
        peer.sent();
        peer.data(50, 10);
        peer.data(1, 10);
        peer.sent();
      }
    }
    switch (state) {
      case FIN_WAIT_1, CLOSING -> peer.sock.shutdownOutput();
      case FIN_WAIT_2, TIME_WAIT -> {
        peer.sock.shutdownOutput();
        peer.sent();
        peer.arrive(11, 102, ACK, 0);
      }
      case CLOSED -> peer.arrive(11, 0, RST, 0);
      default -> {
        // There already, or by the peer's FIN below.
      }
    }
    if (state == TcpState.CLOSE_WAIT
        || state == TcpState.LAST_ACK
        || state == TcpState.CLOSING
        || state == TcpState.TIME_WAIT) {
      peer.sent();
      peer.arrive(11, state == TcpState.TIME_WAIT ? 102 : 1, FIN | ACK, 0);
    }
    if (state == TcpState.LAST_ACK) {
      peer.sock.shutdownOutput();
    }
    peer.sent();
    assertThat(peer.sock.state()).isEqualTo(state);
    return peer;
  }

  @ParameterizedTest
  @EnumSource(TcpState.class)
  void abortEndsTheConnectionAndFreesEverything(TcpState state) {
    ScriptedPeer peer = in(state);
    peer.sock.abort();
    assertThat(peer.sock.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(Long.MAX_VALUE);
    // RFC 9293 section 3.10.5: a RST in these states, none in the others; in CLOSING and LAST-ACK
    // because of the data that is not acknowledged.
    boolean reset =
        state == TcpState.SYN_RECEIVED
            || state == TcpState.ESTABLISHED
            || state == TcpState.FIN_WAIT_1
            || state == TcpState.FIN_WAIT_2
            || state == TcpState.CLOSE_WAIT
            || state == TcpState.CLOSING
            || state == TcpState.LAST_ACK;
    assertThat(peer.sent()).hasSize(reset ? 1 : 0).allMatch(s -> s.has(RST));
    assertThat(peer.sent()).isEmpty();
    peer.assertNoLeaks();
  }

  @ParameterizedTest
  @EnumSource(TcpState.class)
  void releaseFreesEverythingSilently(TcpState state) {
    ScriptedPeer peer = in(state);
    peer.sock.release();
    assertThat(peer.sent()).isEmpty();
    assertThat(peer.sock.notices()).isZero();
    assertThat(peer.data(11, 10)).isEqualTo(SegmentVerdict.DROPPED);
    peer.assertNoLeaks();
  }

  /** No spinning and no missed timer, whatever random segments a peer throws at a connection. */
  @ParameterizedTest
  @EnumSource(TcpState.class)
  void randomSegmentsNeverDisturb(TcpState state) {
    for (int seed = 0; seed < 60; seed++) {
      ScriptedPeer peer = in(state);
      java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
      for (int i = 0; i < 60; i++) {
        peer.peerTs += random.nextInt(-1, 3);
        int sackFrom = random.nextInt(-5, 120);
        peer.arrive(
            random.nextInt(-3, 70),
            random.nextInt(-3, 110),
            random.nextInt(4) == 0 ? random.nextInt(64) & ~RST : ACK,
            random.nextInt(3) * random.nextInt(40),
            s -> {
              if (s.options().room() >= 12) {
                s.options().sack(1);
                s.options()
                    .sackBlock(ScriptedPeer.ISS + sackFrom, ScriptedPeer.ISS + sackFrom + 20);
              }
            });
        peer.drain();
        peer.sent();
        if (random.nextInt(3) == 0) {
          peer.nowNs += random.nextInt(1_000) * MS;
          peer.sock.onTimeout(peer.nowNs);
          peer.sent();
          assertThat(peer.sock.nextTimeoutNs()).isGreaterThan(peer.nowNs);
        }
      }
      peer.assertNoLeaks();
    }
  }
}
