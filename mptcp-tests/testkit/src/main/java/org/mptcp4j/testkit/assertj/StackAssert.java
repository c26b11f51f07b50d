package org.mptcp4j.testkit.assertj;

import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.testkit.SimStack;

/** Assertions about a stack. A failure shows its counters. */
public final class StackAssert extends AbstractAssert<StackAssert, SimStack> {
  StackAssert(SimStack actual) {
    super(actual, StackAssert.class);
  }

  private StackAssert check(String what, Object expected, Object seen) {
    if (!expected.equals(seen)) {
      String text =
          Difference.of(what, expected, seen)
              + " of "
              + actual.name()
              + ", whose counters are "
              + actual.counters();
      failWithActualExpectedAndMessage(seen, expected, "%s", text);
    }
    return this;
  }

  /** The counter of that kernel name has that value; 0 for one that never counted. */
  public StackAssert hasCounter(String name, long expected) {
    isNotNull();
    return check(name, expected, actual.counter(name));
  }

  /** The counter of that kernel name has counted. */
  public StackAssert counted(String name) {
    isNotNull();
    return check(name + " above 0", true, actual.counter(name) > 0);
  }

  /** The counter of that kernel name has not counted. */
  public StackAssert didNotCount(String name) {
    return hasCounter(name, 0);
  }

  /** It has no connection and no flow left, TIME-WAIT included. */
  public StackAssert isEmpty() {
    isNotNull();
    return check("no connection and no flow left", true, actual.isEmpty());
  }
}
