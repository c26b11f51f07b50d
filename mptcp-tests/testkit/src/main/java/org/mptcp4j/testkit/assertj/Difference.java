package org.mptcp4j.testkit.assertj;

/** How a failure says what was expected and what was seen: side by side. */
final class Difference {
  private Difference() {}

  static String of(String what, Object expected, Object seen) {
    return "expected " + what + ' ' + expected + ", seen " + seen + ",";
  }
}
