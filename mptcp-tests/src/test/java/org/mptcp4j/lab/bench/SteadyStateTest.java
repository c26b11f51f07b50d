package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyStateTest {
  private final SteadyState state = new SteadyState();

  @Test
  void nothingIsSteadyAtFirst() {
    assertThat(state.steady()).isFalse();
    state.add(50, 0);
    assertThat(state.steady()).isFalse();
  }

  @Test
  void twoLikeRoundsWithoutCompilingAreEnough() {
    state.add(20, 0.9);
    state.add(50, 0.01);
    state.add(52, 0);
    assertThat(state.steady()).isTrue();
    assertThat(state.rounds()).isEqualTo(3);
  }

  @Test
  void aRateThatRisesIsNotSteady() {
    state.add(40, 0);
    state.add(50, 0);
    assertThat(state.steady()).isFalse();
  }

  @Test
  void aRateThatFallsIsNotSteady() {
    state.add(50, 0);
    state.add(40, 0);
    assertThat(state.steady()).isFalse();
  }

  @Test
  void likeRoundsWhileCompilingAreNotEnough() {
    for (int i = 0; i < 10; i++) {
      state.add(50, 0.5);
    }
    assertThat(state.steady()).isFalse();
  }

  @Test
  void aRestlessRateIsNoiseAfterALongRestOfTheCompilers() {
    state.add(50, 0.5);
    state.add(40, 0);
    state.add(50, 0);
    state.add(40, 0);
    assertThat(state.reached()).isFalse();
    state.add(50, 0);
    assertThat(state.reached()).isTrue();
    assertThat(state.steady()).isFalse();
  }
}
