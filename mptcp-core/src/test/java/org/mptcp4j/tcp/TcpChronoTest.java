package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mptcp4j.info.SendingTimes;
import org.mptcp4j.info.SendingTimes.State;
import org.mptcp4j.wire.TcpFlags;

/** How long sending is held up, and by what: tcpi_busy_time and its parts. */
class TcpChronoTest {
  private static final long MS = ScriptedPeer.MS;
  private static final int WINDOW = 8_000 << 7;

  private final ScriptedPeer peer = new ScriptedPeer().established();
  private boolean full;

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private void turn(long afterMs) {
    peer.nowNs += afterMs * MS;
    peer.sent();
    peer.sock.allSent(peer.nowNs, full, 0);
  }

  private SendingTimes times() {
    return peer.sock.info().sending().at(peer.nowNs);
  }

  private void assertMillis(State now, long busy, long rwnd, long sndbuf) {
    assertThat(times())
        .isEqualTo(new SendingTimes(now, peer.nowNs, busy * MS, rwnd * MS, sndbuf * MS));
  }

  @Test
  void nothingToSendIsNotMeasured() {
    full = true;
    turn(10);
    turn(100);
    assertThat(peer.sock.info().sending()).isEqualTo(SendingTimes.NONE);
  }

  @Test
  void itIsBusyUntilAllIsAcknowledged() {
    peer.write(1_000);
    turn(0);
    peer.nowNs += 20 * MS;
    assertMillis(State.BUSY, 20, 0, 0);
    peer.nowNs += 10 * MS;
    peer.ack(1_001);
    turn(0);
    peer.nowNs += 500 * MS;
    assertMillis(State.IDLE, 30, 0, 0);
    peer.write(1_000);
    turn(0);
    turn(5);
    assertMillis(State.BUSY, 35, 0, 0);
  }

  @Test
  void aFinIsNoData() {
    peer.sock.shutdownOutput();
    turn(0);
    turn(50);
    assertThat(times().busyNs()).isZero();
  }

  @Test
  void theWindowOfThePeerIsShut() {
    peer.write(3_000);
    turn(0);
    peer.write(10_000);
    peer.nowNs += 10 * MS;
    peer.arrive(1, 3_001, TcpFlags.ACK, 0, s -> s.window(0));
    turn(0);
    peer.nowNs += 300 * MS;
    assertMillis(State.RWND_LIMITED, 310, 300, 0);
    peer.arrive(1, 3_001, TcpFlags.ACK, 0, s -> s.window(8_000));
    turn(0);
    turn(7);
    assertMillis(State.BUSY, 317, 300, 0);
  }

  @Test
  void theCongestionWindowIsThePath() {
    peer.ack(1); // that of a SYN is not scaled
    peer.write(WINDOW / 2);
    turn(0);
    turn(40);
    assertMillis(State.BUSY, 40, 0, 0);
  }

  @Test
  void theSendBufferIsTooSmall() {
    peer.write(2_000);
    full = true;
    turn(0);
    turn(40);
    assertMillis(State.SNDBUF_LIMITED, 40, 0, 40);
    full = false;
    turn(0);
    turn(10);
    assertMillis(State.BUSY, 50, 0, 40);
  }

  @Test
  void anAbortEndsIt() {
    peer.write(2_000);
    turn(0);
    turn(40);
    peer.sock.abort();
    turn(0);
    peer.nowNs += 40 * MS;
    assertMillis(State.IDLE, 40, 0, 0);
  }

  // RFC 5681 section 4.1: a pause is one, whatever held up sending before it.
  @Test
  void aFullBufferKeepsNoWindowOverAPause() {
    peer.ack(1); // that of a SYN is not scaled
    int end = 1;
    for (int i = 0; i < 4; i++) {
      int burst = peer.cc.cwndBytes();
      peer.write(burst);
      turn(0);
      end += burst;
      peer.nowNs += 10 * MS;
      peer.ack(end);
      turn(0);
    }
    int cwnd = peer.cc.cwndBytes();
    peer.write(1_000);
    full = true;
    turn(0);
    assertThat(times().now()).isEqualTo(State.SNDBUF_LIMITED);
    peer.nowNs += 10 * MS;
    peer.ack(end + 1_000);
    peer.nowNs += 20_000 * MS;
    peer.write(1_000);
    turn(0);
    assertThat(cwnd).isGreaterThan(100_000);
    assertThat(peer.cc.cwndBytes()).isEqualTo(peer.sock.initialWindowBytes());
  }
}
