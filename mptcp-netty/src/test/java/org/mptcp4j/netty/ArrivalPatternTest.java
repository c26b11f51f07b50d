package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalPatternTest {
  private final ArrivalPattern pattern = new ArrivalPattern();

  private void alone(int times) {
    for (int i = 0; i < times; i++) {
      pattern.received(1, 16);
    }
  }

  @Test
  void aFewLonePacketsInARowMakeAPattern() {
    alone(7);
    assertThat(pattern.alone()).isFalse();
    alone(1);
    assertThat(pattern.alone()).isTrue();
  }

  @Test
  void aPacketBehindAnotherEndsIt() {
    alone(7);
    pattern.received(2, 16);
    alone(7);
    assertThat(pattern.alone()).isFalse();
  }

  @Test
  void itIsCheckedEverySoOften() {
    alone(8);
    int trusted = 0;
    while (pattern.alone()) {
      pattern.received(1, 1);
      trusted++;
    }
    assertThat(trusted).isEqualTo(256);
    alone(1);
    assertThat(pattern.alone()).as("confirmed").isTrue();
    while (pattern.alone()) {
      pattern.received(1, 1);
    }
    pattern.received(16, 16);
    assertThat(pattern.alone()).as("they come together again").isFalse();
    alone(1);
    assertThat(pattern.alone()).as("one is not a pattern").isFalse();
  }

  @Test
  void nothingReceivedSaysNothing() {
    alone(8);
    pattern.received(0, 1);
    pattern.received(-1, 16);
    assertThat(pattern.alone()).isTrue();
  }

  @Test
  void whereNothingComesAtOnceAfterAnAnswerItIsNotAskedFor() {
    for (int i = 0; i < 7; i++) {
      pattern.afterAnswer(0);
    }
    assertThat(pattern.late()).isFalse();
    pattern.afterAnswer(0);
    assertThat(pattern.late()).isTrue();
  }

  @Test
  void whatComesAtOnceAfterAnAnswerIsAskedFor() {
    for (int i = 0; i < 7; i++) {
      pattern.afterAnswer(0);
    }
    pattern.afterAnswer(1);
    pattern.afterAnswer(0);
    assertThat(pattern.late()).isFalse();
  }

  @Test
  void thatTooIsCheckedEverySoOften() {
    alone(8);
    for (int i = 0; i < 8; i++) {
      pattern.afterAnswer(0);
    }
    while (pattern.alone()) {
      assertThat(pattern.late()).isTrue();
      pattern.received(1, 1);
    }
    alone(1);
    assertThat(pattern.late()).as("asked once more").isFalse();
    pattern.afterAnswer(0);
    assertThat(pattern.late()).as("confirmed").isTrue();
  }
}
