package org.mptcp4j.testkit.assertj;

import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.testkit.SimStack;

/** Assertions about a stack. A failure shows its counters. */
public final class StackAssert extends AbstractAssert<StackAssert, SimStack> {
  StackAssert(SimStack actual) {
    super(actual, StackAssert.class);
  }

  private StackAssert check(boolean holds, String expected) {
    if (!holds) {
      failWithMessage(
          "%s",
          "expected "
              + expected
              + " of "
              + actual.name()
              + ", whose counters are "
              + actual.counters());
    }
    return this;
  }

  /** The counter of that kernel name has that value; 0 for one that never counted. */
  public StackAssert hasCounter(String name, long expected) {
    isNotNull();
    long value = actual.counter(name);
    return check(value == expected, name + " " + expected + ", not " + value + ",");
  }

  /** The counter of that kernel name has counted. */
  public StackAssert counted(String name) {
    isNotNull();
    return check(actual.counter(name) > 0, name + " above 0");
  }

  /** The counter of that kernel name has not counted. */
  public StackAssert didNotCount(String name) {
    return hasCounter(name, 0);
  }

  /** It has no connection and no flow left, TIME-WAIT included. */
  public StackAssert isEmpty() {
    isNotNull();
    return check(actual.isEmpty(), "no connection and no flow left");
  }
}
