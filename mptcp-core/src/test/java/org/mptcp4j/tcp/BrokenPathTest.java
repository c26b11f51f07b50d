package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 6069 section 4: a path that is said to be broken is tried again sooner. */
class BrokenPathTest {
  private final ScriptedPeer peer = new ScriptedPeer().established();
  private long rtoNs;

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  /** Sends a segment, and again when the timer expires. */
  private void sentAgain() {
    peer.ack(1);
    peer.write(100);
    peer.sent();
    rtoNs = peer.sock.rtoNs();
    while (peer.sock.backoffs() == 0) {
      peer.expire();
      peer.sent();
    }
    assertThat(peer.sock.rtoNs()).isEqualTo(2 * rtoNs);
  }

  @Test
  void oneBackOffIsTakenBack() {
    sentAgain();
    peer.nowNs += rtoNs / 4;
    peer.sock.pathBroken(peer.nowNs, peer.sock.sndUna());
    assertThat(peer.sock.info().backoff()).isZero();
    int ssthresh = peer.cc.ssthreshBytes();
    assertThat(peer.expire()).isEqualTo(rtoNs - rtoNs / 4);
    assertThat(peer.one().length()).isEqualTo(100);
    assertThat(peer.cc.ssthreshBytes()).isEqualTo(ssthresh);
    assertThat(peer.sock.rtoNs()).isEqualTo(2 * rtoNs);
    peer.ack(101);
    assertThat(peer.sock.rtoNs()).isLessThanOrEqualTo(rtoNs);
  }

  @Test
  void theTimerIsDueAtOnceWhenItWouldHaveBeenEarlier() {
    sentAgain();
    peer.nowNs += rtoNs + rtoNs / 2;
    peer.sock.pathBroken(peer.nowNs, peer.sock.sndUna());
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(peer.nowNs);
    peer.sock.onTimeout(peer.nowNs);
    assertThat(peer.one().length()).isEqualTo(100);
  }

  @Test
  void whatIsNotAboutTheLastRetransmissionChangesNothing() {
    sentAgain();
    peer.sock.pathBroken(peer.nowNs, peer.sock.sndUna() + 1);
    assertThat(peer.sock.rtoNs()).isEqualTo(2 * rtoNs);
    peer.ack(101);
    peer.write(100);
    peer.sent();
    long due = peer.sock.nextTimeoutNs();
    peer.sock.pathBroken(peer.nowNs, peer.sock.sndUna());
    assertThat(peer.sock.nextTimeoutNs()).isEqualTo(due);
  }
}
