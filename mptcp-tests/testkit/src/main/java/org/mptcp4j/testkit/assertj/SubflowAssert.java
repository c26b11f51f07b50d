package org.mptcp4j.testkit.assertj;

import java.net.InetSocketAddress;
import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.pm.Priority;

/** Assertions about a subflow. A failure describes it. */
public final class SubflowAssert extends AbstractAssert<SubflowAssert, SubflowInfo> {
  SubflowAssert(SubflowInfo actual) {
    super(actual, SubflowAssert.class);
  }

  private SubflowAssert check(String what, Object expected, Object seen) {
    if (!expected.equals(seen)) {
      String text = Difference.of(what, expected, seen) + " of\n  " + info();
      failWithActualExpectedAndMessage(seen, expected, "%s", text);
    }
    return this;
  }

  private SubflowInfo info() {
    isNotNull();
    return actual;
  }

  /** It is in that state. */
  public SubflowAssert hasState(SubflowInfo.State expected) {
    return check("state", expected, info().state());
  }

  /** It carries data. */
  public SubflowAssert isEstablished() {
    return hasState(SubflowInfo.State.ESTABLISHED);
  }

  /** One of the ends asked that it be used only when no other is usable. */
  public SubflowAssert isBackup() {
    return check(
        "backup",
        true,
        info().localPriority() == Priority.BACKUP || info().remotePriority() == Priority.BACKUP);
  }

  /** It is believed to be broken. */
  public SubflowAssert isStale() {
    return check("stale", true, info().stale());
  }

  /** It is not believed to be broken. */
  public SubflowAssert isNotStale() {
    return check("stale", false, info().stale());
  }

  /** It begins at that address and port. */
  public SubflowAssert hasLocal(InetSocketAddress expected) {
    return check("local end", expected, info().local());
  }

  /** It leads to that address and port. */
  public SubflowAssert hasRemote(InetSocketAddress expected) {
    return check("remote end", expected, info().remote());
  }

  /** It leaves by the link with that index. */
  public SubflowAssert leavesBy(int linkIndex) {
    return check("link", linkIndex, info().linkIndex());
  }

  /** Something was sent on it, retransmissions included. */
  public SubflowAssert carriedData() {
    return check("data sent", true, info().bytesSent() > 0);
  }

  /** Nothing was sent on it. */
  public SubflowAssert carriedNoData() {
    return check("bytes sent", 0L, info().bytesSent());
  }

  /** Nothing was sent twice on it. */
  public SubflowAssert hasNoRetransmissions() {
    return check("bytes sent again", 0L, info().bytesRetransmitted());
  }

  /** Something was sent twice on it. */
  public SubflowAssert hasRetransmissions() {
    return check("retransmissions", true, info().bytesRetransmitted() > 0);
  }

  /** It has that congestion control. */
  public SubflowAssert hasCongestionControl(String expected) {
    return check("congestion control", expected, info().congestionControl());
  }
}
