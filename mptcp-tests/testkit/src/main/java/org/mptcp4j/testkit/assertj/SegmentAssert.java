package org.mptcp4j.testkit.assertj;

import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.testkit.segment.SegmentMatcher;
import org.mptcp4j.testkit.segment.WireSegment;

/** Assertions about a segment. */
public final class SegmentAssert extends AbstractAssert<SegmentAssert, WireSegment> {
  SegmentAssert(WireSegment actual) {
    super(actual, SegmentAssert.class);
  }

  /** It is as expected. A failure shows expected and seen side by side. */
  public SegmentAssert is(SegmentMatcher expected) {
    isNotNull();
    if (!expected.test(actual)) {
      failWithMessage("%s", "the segment is not as expected\n" + expected.compare(actual));
    }
    return this;
  }

  /** It is something else. */
  public SegmentAssert isNot(SegmentMatcher unexpected) {
    isNotNull();
    if (unexpected.test(actual)) {
      failWithMessage("%s", "not expected: " + unexpected + "\n  " + actual);
    }
    return this;
  }
}
