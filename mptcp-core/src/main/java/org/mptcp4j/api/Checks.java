package org.mptcp4j.api;

import java.time.Duration;
import java.util.Objects;

/** Range checks of configuration values, with messages that name the value. */
final class Checks {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Checks() {}

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " must be at least " + least + ", but is " + value + "; set a larger value");
    }
  }

  static void zeroOrPositive(String name, Duration value) {
    if (!Objects.requireNonNull(value, name).isZero()) {
      positive(name, value);
    }
  }

  static void positive(String name, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be longer than zero and at most " + LONGEST + ", but is " + value);
    }
  }
}
