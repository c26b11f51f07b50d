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
    frto.onTimeout(NXT);
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
}
