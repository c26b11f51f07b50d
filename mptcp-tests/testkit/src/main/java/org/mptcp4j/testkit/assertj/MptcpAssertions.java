package org.mptcp4j.testkit.assertj;

import org.assertj.core.api.Assertions;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.segment.SegmentLog;
import org.mptcp4j.testkit.segment.WireSegment;

/**
 * Where the assertions of the test kit begin. It has those of AssertJ too, so that one static
 * import does for a test:
 *
 * <pre>{@code
 * import static org.mptcp4j.testkit.assertj.MptcpAssertions.assertThat;
 *
 * assertThat(client).isMptcp().hasSubflows(2).subflow(1).isEstablished().hasNoRetransmissions();
 * assertThat(log).sentInOrder(segment().flags(SYN), segment().flags(ACK).ack(1));
 * assertThat(stack).hasCounter("MPTcpExtMPJoinSynRx", 1);
 * }</pre>
 */
public class MptcpAssertions extends Assertions {
  /** For those who extend it in turn. */
  protected MptcpAssertions() {}

  /** About one end of a connection, as it is now. */
  public static ConnectionAssert assertThat(Endpoint actual) {
    return new ConnectionAssert(actual.socket()).as(actual.name());
  }

  /** About a connection, as it is now. */
  public static ConnectionAssert assertThat(MptcpSocket actual) {
    return new ConnectionAssert(actual);
  }

  /** About a subflow, as it was when the snapshot was taken. */
  public static SubflowAssert assertThat(SubflowInfo actual) {
    return new SubflowAssert(actual);
  }

  /** About the counters and connections of a stack, as they are now. */
  public static StackAssert assertThat(SimStack actual) {
    return new StackAssert(actual);
  }

  /** About a segment. */
  public static SegmentAssert assertThat(WireSegment actual) {
    return new SegmentAssert(actual);
  }

  /** About the segments of a host so far. */
  public static SegmentLogAssert assertThat(SegmentLog actual) {
    return new SegmentLogAssert(actual);
  }
}
