package org.mptcp4j.testkit.assertj;

import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.testkit.segment.SegmentLog;
import org.mptcp4j.testkit.segment.SegmentMatcher;
import org.mptcp4j.testkit.segment.WireSegment;

/** Assertions about the segments that a host sent and received. */
public final class SegmentLogAssert extends AbstractAssert<SegmentLogAssert, SegmentLog> {
  SegmentLogAssert(SegmentLog actual) {
    super(actual, SegmentLogAssert.class);
  }

  /** It sent at least one such segment. A failure shows the nearest one. */
  public SegmentLogAssert sent(SegmentMatcher expected) {
    isNotNull();
    actual.requireSent(expected);
    return this;
  }

  /** It received at least one such segment. A failure shows the nearest one. */
  public SegmentLogAssert received(SegmentMatcher expected) {
    isNotNull();
    actual.requireReceived(expected);
    return this;
  }

  /** It sent no such segment. */
  public SegmentLogAssert didNotSend(SegmentMatcher unexpected) {
    isNotNull();
    return none(actual.sent(), unexpected);
  }

  /** It received no such segment. */
  public SegmentLogAssert didNotReceive(SegmentMatcher unexpected) {
    isNotNull();
    return none(actual.received(), unexpected);
  }

  private SegmentLogAssert none(List<WireSegment> among, SegmentMatcher unexpected) {
    among.stream()
        .filter(unexpected)
        .findFirst()
        .ifPresent(s -> failWithMessage("%s", "not expected: " + unexpected + "\n  " + s));
    return this;
  }

  /** It sent that many such segments. */
  public SegmentLogAssert sent(int times, SegmentMatcher expected) {
    isNotNull();
    long count = actual.sent().stream().filter(expected).count();
    if (count != times) {
      failWithMessage(
          "%s", "expected " + times + " times " + expected + ", not " + count + "\n" + actual);
    }
    return this;
  }

  /** It sent such segments in this order, with others between them or not. */
  public SegmentLogAssert sentInOrder(SegmentMatcher... expected) {
    isNotNull();
    return inOrder("sent", actual.sent(), expected);
  }

  /** It received such segments in this order, with others between them or not. */
  public SegmentLogAssert receivedInOrder(SegmentMatcher... expected) {
    isNotNull();
    return inOrder("received", actual.received(), expected);
  }

  private SegmentLogAssert inOrder(String did, List<WireSegment> among, SegmentMatcher[] expected) {
    int found = 0;
    for (WireSegment s : among) {
      if (found < expected.length && expected[found].test(s)) {
        found++;
      }
    }
    if (found < expected.length) {
      StringBuilder text = new StringBuilder("number ").append(found + 1).append(" of ");
      text.append(expected.length).append(" was not ").append(did).append(" in its turn: ");
      text.append(expected[found]);
      among.forEach(s -> text.append("\n  ").append(s));
      failWithMessage("%s", text);
    }
    return this;
  }
}
