package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * RFC 5682, section 2 without SACK and section 3 with it. 1,000 bytes were sent before a timeout.
 */
class FrtoTest {
  private static final long NXT = 1_000;

  private final Rack rack = new Rack();

  private static Frto afterTimeout(boolean sack) {
    Frto frto = new Frto(sack);
    frto.onTimeout(0, NXT);
    return frto;
  }

  private boolean ack(Frto frto, long acked, long una) {
    rack.begin(100, 0, 100);
    return frto.isSpurious(rack, acked, false, una, NXT);
  }

  private boolean duplicate(Frto frto) {
    rack.begin(100, 0, 100);
    return frto.isSpurious(rack, 0, true, 0, NXT);
  }

  /** A selective acknowledgement of what was sent once. */
  private boolean originalArrives(Frto frto, long start) {
    rack.begin(100, 0, 100);
    rack.deliveredOnce(start, start + 100, 0);
    return frto.isSpurious(rack, 0, false, 100, NXT);
  }

  private static boolean sendsNewData(Frto frto) {
    return frto.holdsBack(NXT + 1, true);
  }

  // Section 2, steps 2b and 3b: the window moves twice.
  @Test
  void withoutSackTwoAdvancesShowThatNothingWasLost() {
    Frto frto = afterTimeout(false);
    assertThat(ack(frto, 100, 100)).isFalse();
    assertThat(sendsNewData(frto)).isTrue();
    assertThat(ack(frto, 100, 200)).isTrue();
  }

  // Section 2, step 2a: a duplicate ends it; step 3a: after new data too.
  @Test
  void withoutSackADuplicateShowsALoss() {
    Frto frto = afterTimeout(false);
    assertThat(duplicate(frto)).isFalse();
    assertThat(ack(frto, 100, 100)).isFalse();
    assertThat(sendsNewData(frto)).isFalse();
    assertThat(ack(frto, 100, 200)).isFalse();

    frto = afterTimeout(false);
    ack(frto, 100, 100);
    assertThat(duplicate(frto)).isFalse();
    assertThat(sendsNewData(frto)).isFalse();
    assertThat(ack(frto, 100, 200)).isFalse();
  }

  // Section 2, step 2a: all that was sent is acknowledged, and it is too late to ask.
  @Test
  void anAcknowledgementOfEverythingSaysNothing() {
    for (boolean sack : new boolean[] {false, true}) {
      Frto frto = afterTimeout(sack);
      assertThat(ack(frto, NXT, NXT)).isFalse();
      assertThat(sendsNewData(frto)).isFalse();
    }
  }

  // Section 3, step 3b: what was not sent again is acknowledged.
  @Test
  void withSackAnOriginalThatArrivesShowsThatNothingWasLost() {
    Frto frto = afterTimeout(true);
    assertThat(ack(frto, 100, 100)).isFalse();
    assertThat(sendsNewData(frto)).isTrue();
    assertThat(originalArrives(frto, 500)).isTrue();
  }

  // Section 3, step 3a.
  @Test
  void withSackNewDataThatArrivesAloneShowsALoss() {
    Frto frto = afterTimeout(true);
    ack(frto, 100, 100);
    assertThat(originalArrives(frto, NXT)).isFalse();
    assertThat(sendsNewData(frto)).isFalse();
    assertThat(originalArrives(frto, 500)).isFalse();
  }

  // Section 3, step 2: duplicates before the first advance are waited through.
  @Test
  void withSackADuplicateSaysNothing() {
    Frto frto = afterTimeout(true);
    assertThat(duplicate(frto)).isFalse();
    ack(frto, 100, 100);
    assertThat(sendsNewData(frto)).isTrue();
  }

  @Test
  void withoutATimeoutNothingIsSpurious() {
    for (boolean sack : new boolean[] {false, true}) {
      Frto frto = new Frto(sack);
      assertThat(originalArrives(frto, -100)).isFalse();
      assertThat(ack(frto, 100, 100)).isFalse();
      assertThat(ack(frto, 100, 200)).isFalse();
      assertThat(sendsNewData(frto)).isFalse();
    }
  }

  // Section 2, step 2b: without new data the conventional recovery goes on.
  @Test
  void withoutNewDataNothingIsHeldBack() {
    Frto frto = afterTimeout(true);
    ack(frto, 100, 100);
    assertThat(frto.holdsBack(NXT, true)).isTrue();
    assertThat(frto.holdsBack(NXT + 1, false)).isTrue();
    assertThat(frto.holdsBack(NXT, false)).isFalse();
    assertThat(frto.holdsBack(NXT, true)).isFalse();
  }

  // Section 2.1 step 2a: all of what was sent again has to be acknowledged.
  @Test
  void withoutSackAPartOfTheRetransmissionSaysNothing() {
    Frto frto = afterTimeout(false);
    frto.onRetransmit(100);
    assertThat(ack(frto, 40, 40)).isFalse();
    assertThat(sendsNewData(frto)).isFalse();
    assertThat(ack(frto, 160, 200)).isFalse();

    frto = afterTimeout(false);
    frto.onRetransmit(60);
    frto.onRetransmit(100);
    assertThat(ack(frto, 100, 100)).isFalse();
    assertThat(sendsNewData(frto)).isTrue();
    assertThat(ack(frto, 100, 200)).isTrue();
  }

  // Sections 2.1 and 3.1: back to step 1 when the timer expires again.
  @Test
  void anotherTimeoutBeforeAnAnswerBeginsAnew() {
    for (boolean sack : new boolean[] {false, true}) {
      Frto frto = afterTimeout(sack);
      frto.onRetransmit(100);
      frto.onTimeout(0, NXT);
      frto.onRetransmit(100);
      assertThat(ack(frto, 100, 100)).isFalse();
      assertThat(sendsNewData(frto)).isTrue();
    }
  }

  // Section 2.1 step 1: "recover" is larger than SND.UNA.
  @Test
  void withoutSackATimeoutAfterAnAnswerIsFollowedByAConventionalRecovery() {
    Frto frto = afterTimeout(false);
    ack(frto, 100, 100);
    for (int i = 0; i < 2; i++) {
      frto.onTimeout(100, NXT + 200);
      assertThat(ack(frto, 100, 200)).isFalse();
      assertThat(sendsNewData(frto)).isFalse();
      assertThat(ack(frto, 100, 300)).isFalse();
    }
    frto.end();
    frto.onTimeout(1_300, 2_000);
    assertThat(frto.isSpurious(rack, 100, false, 1_400, 2_000)).isFalse();
    assertThat(frto.holdsBack(2_001, true)).isTrue();
  }

  // As Linux: what step 2 sent was not sent again, and its arrival must not look like an original.
  @Test
  void withSackATimeoutAfterAnAnswerBeginsNoOther() {
    Frto frto = afterTimeout(true);
    frto.onTimeout(0, NXT);
    ack(frto, 100, 100);
    assertThat(sendsNewData(frto)).as("a timeout before any answer leads to step 1").isTrue();
    frto.onTimeout(100, NXT + 200);
    ack(frto, 100, 200);
    assertThat(frto.holdsBack(NXT + 201, true)).isFalse();
  }
}
