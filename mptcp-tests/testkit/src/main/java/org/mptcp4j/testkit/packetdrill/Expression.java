package org.mptcp4j.testkit.packetdrill;

import java.util.function.Function;

/** Something that has a value: a Long, a Double, a Boolean or a String. */
@FunctionalInterface
interface Expression {
  /** Its value, given those of its variables. */
  Object value(Function<Token, Object> variables);

  /** As in Python: zero and the empty string are false. */
  static boolean isTrue(Object value) {
    if (value instanceof Boolean b) {
      return b;
    }
    return value instanceof String s ? !s.isEmpty() : number(value) != 0;
  }

  /**
   * A value as a number.
   *
   * @throws IllegalArgumentException when it is a text
   */
  static double number(Object value) {
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    throw new IllegalArgumentException("'" + value + "' is no number");
  }

  /** Whether arithmetic with it stays whole. */
  static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  /** A value that is whole. */
  static long whole(Object value) {
    return value instanceof Long l ? l : (long) number(value);
  }
}
