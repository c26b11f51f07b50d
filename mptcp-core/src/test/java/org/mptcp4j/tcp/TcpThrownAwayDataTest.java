package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.RST;
import static org.mptcp4j.wire.TcpFlags.SYN;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.wire.TcpFlags;

/** Who ends a connection tells the peer by a RST when something is thrown away. */
class TcpThrownAwayDataTest {

  /** How much of what was written, and of the FIN when there is one, the peer has. */
  private enum Data {
    /** Nothing was written; a FIN left and is not acknowledged. */
    NONE,
    /** More than the windows admit was written: neither the rest nor a FIN left. */
    UNSENT,
    /** All was sent, a FIN with it, and nothing is acknowledged. */
    UNACKED,
    /** Only the FIN is not acknowledged. */
    ACKED
  }

  /** The states in which data may be outstanding. */
  private static final Set<TcpState> STATES =
      Set.of(
          TcpState.SYN_RECEIVED,
          TcpState.ESTABLISHED,
          TcpState.FIN_WAIT_1,
          TcpState.CLOSE_WAIT,
          TcpState.CLOSING,
          TcpState.LAST_ACK);

  private static final Set<TcpState> PEER_CLOSED =
      Set.of(TcpState.CLOSE_WAIT, TcpState.CLOSING, TcpState.LAST_ACK);

  static Stream<Arguments> cases() {
    return STATES.stream()
        .sorted()
        .flatMap(state -> Stream.of(Data.values()).map(data -> Arguments.of(state, data)));
  }

  private static ScriptedPeer in(TcpState state, Data data) {
    ScriptedPeer peer = new ScriptedPeer();
    int written =
        switch (data) {
          case NONE -> 0;
          case UNSENT -> 200_000;
          case UNACKED, ACKED -> 1_000;
        };
    if (state == TcpState.SYN_RECEIVED) {
      peer.arrive(0, 0, SYN, 0);
      peer.one();
      peer.write(written + 1);
      peer.nothing();
      return peer;
    }
    peer.established();
    if (state == TcpState.CLOSE_WAIT || state == TcpState.LAST_ACK) {
      peer.arrive(1, 1, FIN | ACK, 0);
    }
    if (written > 0) {
      peer.write(written);
    }
    if (!Set.of(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT).contains(state)) {
      peer.sock.shutdownOutput();
    }
    peer.sent();
    if (state == TcpState.CLOSING) {
      peer.arrive(1, 1, FIN | ACK, 0);
    }
    if (data == Data.ACKED) {
      peer.arrive(PEER_CLOSED.contains(state) ? 2 : 1, 1 + written, ACK, 0);
    }
    peer.sent();
    assertThat(peer.sock.state()).isEqualTo(state);
    assertThat(peer.sock.unsentBytes() > 0).isEqualTo(data == Data.UNSENT);
    return peer;
  }

  // RFC 9293 section 3.10.5: a RST, but in CLOSING and LAST-ACK none. There all that was written
  // has left in the words of section 3.10.4; here the state begins with the CLOSE itself.
  @ParameterizedTest
  @MethodSource("cases")
  void abort(TcpState state, Data data) {
    ScriptedPeer peer = in(state, data);
    int next = peer.sock.sndNxt() - ScriptedPeer.ISS;
    peer.sock.abort();
    boolean bothClosed = state == TcpState.CLOSING || state == TcpState.LAST_ACK;
    if (bothClosed && (data == Data.NONE || data == Data.ACKED)) {
      peer.nothing();
    } else {
      ScriptedPeer.Sent reset = peer.one();
      assertThat(reset.flags()).isEqualTo(RST | ACK);
      assertThat(reset.offset()).isEqualTo(next);
    }
    peer.nothing();
    peer.assertNoLeaks();
  }

  @ParameterizedTest
  @EnumSource(
      value = TcpState.class,
      names = {"ESTABLISHED", "FIN_WAIT_1", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
  void givenUpAfterTooManyRetransmissions(TcpState state) {
    ScriptedPeer peer = in(state, Data.UNACKED);
    for (int i = 0; peer.sock.state() != TcpState.CLOSED; i++) {
      assertThat(i).isLessThan(100);
      peer.expire();
      if (peer.sock.state() != TcpState.CLOSED) {
        assertThat(peer.sent()).noneMatch(s -> s.has(RST));
      }
    }
    assertThat(peer.sock.notices() & TcpNotice.TIMED_OUT).isNotZero();
    assertThat(peer.one().has(RST)).isTrue();
    peer.nothing();
    peer.assertNoLeaks();
  }

  // A SYN that is never answered may have a forged source.
  @ParameterizedTest
  @EnumSource(
      value = TcpState.class,
      names = {"SYN_SENT", "SYN_RECEIVED"})
  void givenUpBeforeTheHandshakeIsOver(TcpState state) {
    ScriptedPeer peer = new ScriptedPeer();
    if (state == TcpState.SYN_SENT) {
      peer.connect();
    } else {
      peer.arrive(0, 0, SYN, 0);
    }
    peer.one();
    while (peer.sock.state() != TcpState.CLOSED) {
      peer.expire();
      assertThat(peer.sent()).noneMatch(s -> s.has(TcpFlags.RST));
    }
    peer.assertNoLeaks();
  }
}
