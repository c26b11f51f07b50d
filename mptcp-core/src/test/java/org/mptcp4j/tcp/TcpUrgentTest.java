package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.wire.TcpFlags.ACK;
import static org.mptcp4j.wire.TcpFlags.FIN;
import static org.mptcp4j.wire.TcpFlags.URG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Urgent data stays in the stream; where it ends is told: RFC 9293 section 3.8.5. */
class TcpUrgentTest {
  private final ScriptedPeer peer = new ScriptedPeer().established();

  @AfterEach
  void noBufferIsLeft() {
    peer.assertNoLeaks();
  }

  private SegmentVerdict urgent(int offset, int length, int pointer) {
    peer.urgentPointer = pointer;
    SegmentVerdict verdict = peer.arrive(offset, 1, ACK | URG, length);
    peer.urgentPointer = 0;
    return verdict;
  }

  private boolean told() {
    return (peer.sock.notices() & TcpNotice.URGENT) != 0;
  }

  @Test
  void itIsReadInOrder() {
    peer.data(1, 100);
    assertThat(told()).isFalse();
    assertThat(peer.sock.urgentBytes()).isNotPositive();
    urgent(101, 10, 7);
    assertThat(told()).isTrue();
    assertThat(peer.sock.urgentBytes()).isEqualTo(107);
    assertThat(peer.drain()).isEqualTo(110);
    assertThat(peer.sock.urgentBytes()).isNotPositive();
  }

  // MUST-32: told again only when the pointer advances.
  @Test
  void theSamePointerIsToldOnce() {
    urgent(1, 10, 50);
    assertThat(told()).isTrue();
    urgent(11, 10, 40);
    assertThat(told()).isFalse();
    urgent(21, 10, 40);
    assertThat(told()).isTrue();
    assertThat(peer.sock.urgentBytes()).isEqualTo(60);
  }

  // It never moves back, and says nothing of what was read.
  @Test
  void anOldPointerSaysNothing() {
    peer.data(1, 100);
    peer.drain();
    urgent(51, 100, 40);
    assertThat(told()).isFalse();
    assertThat(peer.sock.urgentBytes()).isNotPositive();
    urgent(151, 1, 1);
    assertThat(peer.sock.urgentBytes()).isEqualTo(51);
    urgent(152, 1, 0);
    assertThat(told()).isTrue();
    assertThat(peer.sock.urgentBytes()).isEqualTo(51);
  }

  // MUST-31: any length, also of bytes that have not come.
  @Test
  void itMayEndBeyondWhatHasCome() {
    urgent(1, 10, 60_000);
    assertThat(told()).isTrue();
    assertThat(peer.drain()).isEqualTo(10);
    assertThat(peer.sock.urgentBytes()).isEqualTo(59_990);
    peer.data(11, 1_000);
    assertThat(peer.drain()).isEqualTo(1_000);
    assertThat(peer.sock.urgentBytes()).isEqualTo(58_990);
  }

  // Of an acknowledgement without data, as senders tell it before the window admits the bytes.
  @Test
  void noDataNeedComeWithIt() {
    urgent(1, 0, 500);
    assertThat(told()).isTrue();
    assertThat(peer.sock.urgentBytes()).isEqualTo(500);
  }

  // MUST-66: also while the window is closed, which drops the data.
  @Test
  void theWindowMayBeClosed() {
    ScriptedPeer full = new ScriptedPeer();
    full.window.unread = full.window.capacity;
    full.established();
    full.urgentPointer = 10;
    full.arrive(1, 1, ACK | URG, 10);
    assertThat(full.sock.notices() & TcpNotice.URGENT).isNotZero();
    assertThat(full.drain()).isZero();
    assertThat(full.sock.urgentBytes()).isEqualTo(10);
    full.assertNoLeaks();
  }

  @Test
  void beyondAHoleItIsToldAtOnce() {
    urgent(101, 10, 10);
    assertThat(told()).isTrue();
    assertThat(peer.sock.urgentBytes()).isEqualTo(110);
    peer.data(1, 100);
    assertThat(peer.drain()).isEqualTo(110);
  }

  // RFC 9293 section 3.10.7.4, sixth: after the peer's FIN the field is ignored.
  @Test
  void afterTheEndItIsIgnored() {
    peer.arrive(1, 1, ACK | FIN, 10);
    urgent(12, 0, 100);
    assertThat(told()).isFalse();
    assertThat(peer.drain()).isEqualTo(10);
    assertThat(peer.sock.urgentBytes()).isNotPositive();
  }
}
