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

  private SubflowAssert check(boolean holds, String expected) {
    isNotNull();
    if (!holds) {
      failWithMessage("%s", "expected " + expected + " of\n  " + actual);
    }
    return this;
  }

  private SubflowInfo info() {
    isNotNull();
    return actual;
  }

  /** It is in that state. */
  public SubflowAssert hasState(SubflowInfo.State expected) {
    return check(info().state() == expected, "state " + expected);
  }

  /** It carries data. */
  public SubflowAssert isEstablished() {
    return hasState(SubflowInfo.State.ESTABLISHED);
  }

  /** One of the ends asked that it be used only when no other is usable. */
  public SubflowAssert isBackup() {
    return check(
        info().localPriority() == Priority.BACKUP || info().remotePriority() == Priority.BACKUP,
        "backup");
  }

  /** It is believed to be broken. */
  public SubflowAssert isStale() {
    return check(info().stale(), "stale");
  }

  /** It is not believed to be broken. */
  public SubflowAssert isNotStale() {
    return check(!info().stale(), "not stale");
  }

  /** It begins at that address and port. */
  public SubflowAssert hasLocal(InetSocketAddress expected) {
    return check(info().local().equals(expected), "local end " + expected);
  }

  /** It leads to that address and port. */
  public SubflowAssert hasRemote(InetSocketAddress expected) {
    return check(info().remote().equals(expected), "remote end " + expected);
  }

  /** It leaves by the link with that index. */
  public SubflowAssert leavesBy(int linkIndex) {
    return check(info().linkIndex() == linkIndex, "link " + linkIndex);
  }

  /** Something was sent on it, retransmissions included. */
  public SubflowAssert carriedData() {
    return check(info().bytesSent() > 0, "data sent");
  }

  /** Nothing was sent on it. */
  public SubflowAssert carriedNoData() {
    return check(info().bytesSent() == 0, "no data sent");
  }

  /** Nothing was sent twice on it. */
  public SubflowAssert hasNoRetransmissions() {
    return check(
        info().bytesRetransmitted() == 0,
        "no retransmission, not " + info().bytesRetransmitted() + " bytes,");
  }

  /** Something was sent twice on it. */
  public SubflowAssert hasRetransmissions() {
    return check(info().bytesRetransmitted() > 0, "retransmissions");
  }

  /** It has that congestion control. */
  public SubflowAssert hasCongestionControl(String expected) {
    return check(
        info().congestionControl().equals(expected),
        "congestion control " + expected + ", not " + info().congestionControl() + ",");
  }
}
