package org.mptcp4j.testkit.assertj;

import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;

/** Assertions about a connection. A failure describes the connection and its subflows. */
public final class ConnectionAssert extends AbstractAssert<ConnectionAssert, MptcpSocket> {
  ConnectionAssert(MptcpSocket actual) {
    super(actual, ConnectionAssert.class);
  }

  private ConnectionAssert check(String what, Object expected, Object seen) {
    if (!expected.equals(seen)) {
      StringBuilder text = new StringBuilder(Difference.of(what, expected, seen)).append(" of\n  ");
      text.append(info());
      info().subflows().forEach(f -> text.append("\n    ").append(f));
      failWithActualExpectedAndMessage(seen, expected, "%s", text);
    }
    return this;
  }

  private ConnectionInfo info() {
    isNotNull();
    return actual.info();
  }

  /** MPTCP was agreed and is in use. */
  public ConnectionAssert isMptcp() {
    return hasProtocol(Protocol.MPTCP);
  }

  /** It is plain TCP from the beginning, because one end did not want MPTCP. */
  public ConnectionAssert isPlainTcp() {
    return hasProtocol(Protocol.TCP);
  }

  /** MPTCP was agreed and then given up. RFC 8684 section 3.7. */
  public ConnectionAssert hasFallenBack() {
    return hasProtocol(Protocol.MPTCP_FALLBACK);
  }

  /** It has that protocol. */
  public ConnectionAssert hasProtocol(Protocol expected) {
    return check("protocol", expected, info().protocol());
  }

  /** It is in that state. */
  public ConnectionAssert hasState(MptcpSocket.State expected) {
    return check("state", expected, info().state());
  }

  /** It carries data. */
  public ConnectionAssert isOpen() {
    return hasState(MptcpSocket.State.OPEN);
  }

  /** It ended in order. */
  public ConnectionAssert isClosed() {
    return isClosedWith(SocketError.NONE);
  }

  /** It ended for that reason. */
  public ConnectionAssert isClosedWith(SocketError expected) {
    return hasState(MptcpSocket.State.CLOSED).check("error", expected, info().error());
  }

  /** It has that many subflows that are alive, joins under way included. */
  public ConnectionAssert hasSubflows(int expected) {
    return check("number of subflows", expected, info().subflows().size());
  }

  /** DSS checksums are in use. */
  public ConnectionAssert usesChecksums() {
    return check("use of DSS checksums", true, info().checksum());
  }

  /** It gives its data to the scheduler of that name. */
  public ConnectionAssert hasScheduler(String expected) {
    return check("scheduler", expected, info().scheduler());
  }

  /** The path manager of that name decides about its subflows. */
  public ConnectionAssert hasPathManager(String expected) {
    return check("path manager", expected, info().pathManager());
  }

  /** Nothing was sent again on another subflow. */
  public ConnectionAssert hasNoReinjections() {
    return check("bytes reinjected", 0L, info().bytesReinjected());
  }

  /** Everything that was written was acknowledged. */
  public ConnectionAssert hasNothingUnacknowledged() {
    return check("bytes unsent", 0L, info().unsentBytes())
        .check("bytes acknowledged", info().bytesSent(), info().bytesAcked());
  }

  /**
   * One of its subflows, to say more about it.
   *
   * @param id of the subflow: 0 is the first, others in the order of their making
   */
  public SubflowAssert subflow(int id) {
    List<Integer> ids = info().subflows().stream().map(SubflowInfo::id).toList();
    int index = ids.indexOf(id);
    check("subflow " + id + " among " + ids, true, index >= 0);
    return new SubflowAssert(info().subflows().get(index)).as(descriptionText());
  }
}
