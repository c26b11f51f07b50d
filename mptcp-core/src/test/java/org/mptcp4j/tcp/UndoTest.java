package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What shows that a recovery of [100, 1000) was for nothing. */
class UndoTest {
  private static final long MS = 1_000_000;

  private final Undo undo = new Undo();

  UndoTest() {
    undo.begin(100, 1000);
  }

  // RFC 3708 section 3: as many duplicates as retransmissions.
  @Test
  void duplicatesOfAllThatWasSentAgainShowIt() {
    undo.onRetransmit(10 * MS, 100, 300);
    assertThat(undo.onDsack(100, 200)).isFalse();
    assertThat(undo.onDsack(200, 300)).isTrue();
    assertThat(undo.onDsack(200, 300)).isFalse();
  }

  @Test
  void aDuplicateOfWhatWasNotSentAgainShowsNothing() {
    assertThat(undo.onDsack(100, 200)).isFalse();
    undo.onRetransmit(10 * MS, 100, 200);
    assertThat(undo.onDsack(0, 100)).isFalse();
    assertThat(undo.onDsack(1000, 1100)).isFalse();
    undo.end();
    assertThat(undo.onDsack(100, 200)).isFalse();
  }

  // RFC 3708 section 2: the network may double packets as well.
  @Test
  void aDuplicateOfWhatWasSentOnceShowsNothing() {
    undo.onRetransmit(10 * MS, 100, 200);
    assertThat(undo.onDsack(300, 400)).isFalse();
    assertThat(undo.onDsack(150, 200)).isFalse();
    assertThat(undo.onDsack(100, 150)).isTrue();
  }

  @Test
  void whatWasSentAgainTwiceArrivesTwiceMore() {
    undo.onRetransmit(10 * MS, 100, 200);
    undo.onRetransmit(20 * MS, 100, 200);
    assertThat(undo.onDsack(100, 200)).isFalse();
    assertThat(undo.onDsack(100, 200)).isTrue();
    undo.begin(100, 1000);
    assertThat(undo.onDsack(100, 200)).isFalse();
  }

  @Test
  void theRecoveryCoversWhatItMaySendAgain() {
    assertThat(undo.covers(0, 100)).isFalse();
    assertThat(undo.covers(0, 101)).isTrue();
    assertThat(undo.covers(999, 1001)).isTrue();
    assertThat(undo.covers(1000, 1001)).isFalse();
    undo.onRetransmit(10 * MS, 100, 1100);
    assertThat(undo.covers(1000, 1001)).isTrue();
    undo.end();
    assertThat(undo.covers(100, 200)).isFalse();
  }

  // RFC 3522 section 3.2, step 4: an echo older than the first retransmission.
  @Test
  void anEchoFromBeforeTheFirstRetransmissionShowsIt() {
    int before = TimestampClock.value(10 * MS, 0);
    assertThat(undo.isFromBefore(before)).isFalse();
    undo.onRetransmit(20 * MS, 100, 200);
    undo.onRetransmit(30 * MS, 100, 300);
    assertThat(undo.isFromBefore(before)).isTrue();
    assertThat(undo.isFromBefore(TimestampClock.value(20 * MS, 0))).isFalse();
    // A timeout within it changes nothing: what came after the first retransmission may be its due.
    undo.onTimeout(1000);
    assertThat(undo.isFromBefore(before)).isTrue();
    undo.onRetransmit(40 * MS, 100, 200);
    assertThat(undo.isFromBefore(TimestampClock.value(30 * MS, 0))).isFalse();
  }
}
