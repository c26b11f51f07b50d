package org.mptcp4j.api;

import java.time.Duration;
import java.util.Objects;

/** Range checks of configuration values, with messages that name the value. */
final class Checks {
  private static final Duration LONGEST = Duration.ofDays(365);

  /** RFC 9293 section 3.8.6.3: a delayed acknowledgement comes within less than that. */
  private static final Duration ACK_LIMIT = Duration.ofMillis(500);

  private Checks() {}

  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " must be at least " + least + ", but is " + value + "; set a larger value");
    }
  }

  static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be " + least + " to " + most + ", but is " + value);
    }
  }

  /** The nanoseconds of a time that somebody set; what is too long for that is out of range. */
  static long ns(String name, Duration value) {
    if (Objects.requireNonNull(value, name).abs().compareTo(LONGEST) > 0) {
      throw outOfRange(name, value);
    }
    return value.toNanos();
  }

  static void zeroOrPositive(String name, long ns) {
    if (ns != 0) {
      positive(name, ns);
    }
  }

  static void positive(String name, long ns) {
    if (ns <= 0 || ns > LONGEST.toNanos()) {
      throw outOfRange(name, Duration.ofNanos(ns));
    }
  }

  private static IllegalArgumentException outOfRange(String name, Duration value) {
    return new IllegalArgumentException(
        name + " must be longer than zero and at most " + LONGEST + ", but is " + value);
  }

  static void notShorter(String name, long ns, String than, long leastNs) {
    if (ns < leastNs) {
      throw new IllegalArgumentException(
          name
              + " "
              + Duration.ofNanos(ns)
              + " is less than "
              + than
              + " "
              + Duration.ofNanos(leastNs));
    }
  }

  static void delayedAck(long ns) {
    if (ns < 0 || ns >= ACK_LIMIT.toNanos()) {
      throw new IllegalArgumentException(
          "delayedAck must be zero or more and under "
              + ACK_LIMIT
              + ", but is "
              + Duration.ofNanos(ns));
    }
  }
}
