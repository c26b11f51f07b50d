package org.mptcp4j.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MedianBoundTest {
  /** Ranks and probabilities from tables of the cumulative binomial distribution with p = 1/2. */
  @ParameterizedTest
  @CsvSource({
    "5, 1, 0.96875",
    "7, 1, 0.99219",
    "8, 2, 0.96484",
    "10, 2, 0.98926",
    "15, 4, 0.98242",
    "20, 6, 0.97931",
    "25, 8, 0.97836",
    "30, 11, 0.95063",
    "100, 42, 0.95569"
  })
  void ranksAreThoseOfTheBinomialDistribution(int n, int rank, double confidence) {
    MedianBound bound = MedianBound.of(n);
    assertThat(bound.rank()).isEqualTo(rank);
    assertThat(bound.confidence()).isCloseTo(confidence, within(5e-6));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void tooFewValuesHaveNone(int n) {
    assertThatThrownBy(() -> MedianBound.of(n)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isTheValueOfThatRankFromBelow() {
    List<Double> values =
        Stream.of(9, 1, 8, 2, 7, 3, 6, 4, 5, 0).map(Integer::doubleValue).toList();
    assertThat(MedianBound.of(10).in(values)).isEqualTo(1);
  }

  @Test
  void isAboveTheMedianAsRarelyAsItSays() {
    SplittableRandom random = new SplittableRandom(1);
    MedianBound bound = MedianBound.of(15);
    int rounds = 20_000;
    int wrong = 0;
    for (int i = 0; i < rounds; i++) {
      // A lopsided distribution with a median of 1.
      List<Double> values =
          Stream.generate(() -> -Math.log(random.nextDouble()) / Math.log(2)).limit(15).toList();
      wrong += bound.in(values) > 1 ? 1 : 0;
    }
    assertThat((double) wrong / rounds).isCloseTo(1 - bound.confidence(), within(0.004));
  }
}
