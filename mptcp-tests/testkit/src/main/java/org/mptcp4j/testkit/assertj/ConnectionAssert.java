package org.mptcp4j.testkit.assertj;

import java.util.Optional;
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

  private ConnectionAssert check(boolean holds, String expected) {
    isNotNull();
    if (!holds) {
      StringBuilder text = new StringBuilder("expected ").append(expected).append(" of\n  ");
      text.append(actual.info());
      actual.info().subflows().forEach(f -> text.append("\n    ").append(f));
      failWithMessage("%s", text);
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
    return check(info().protocol() == expected, "protocol " + expected);
  }

  /** It is in that state. */
  public ConnectionAssert hasState(MptcpSocket.State expected) {
    return check(info().state() == expected, "state " + expected);
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
    boolean holds = info().state() == MptcpSocket.State.CLOSED && info().error() == expected;
    return check(holds, "state CLOSED with error " + expected);
  }

  /** It has that many subflows that are alive, joins under way included. */
  public ConnectionAssert hasSubflows(int expected) {
    return check(info().subflows().size() == expected, expected + " subflows");
  }

  /** DSS checksums are in use. */
  public ConnectionAssert usesChecksums() {
    return check(info().checksum(), "DSS checksums");
  }

  /** It gives its data to the scheduler of that name. */
  public ConnectionAssert hasScheduler(String expected) {
    return check(
        info().scheduler().equals(expected),
        "scheduler " + expected + ", not " + info().scheduler() + ",");
  }

  /** The path manager of that name decides about its subflows. */
  public ConnectionAssert hasPathManager(String expected) {
    return check(
        info().pathManager().equals(expected),
        "path manager " + expected + ", not " + info().pathManager() + ",");
  }

  /** Nothing was sent again on another subflow. */
  public ConnectionAssert hasNoReinjections() {
    return check(
        info().bytesReinjected() == 0,
        "no reinjection, not " + info().bytesReinjected() + " bytes,");
  }

  /** Everything that was written was acknowledged. */
  public ConnectionAssert hasNothingUnacknowledged() {
    boolean holds = info().unsentBytes() == 0 && info().bytesAcked() == info().bytesSent();
    return check(holds, "everything acknowledged");
  }

  /**
   * One of its subflows, to say more about it.
   *
   * @param id of the subflow: 0 is the first, others in the order of their making
   */
  public SubflowAssert subflow(int id) {
    Optional<SubflowInfo> found = info().subflows().stream().filter(f -> f.id() == id).findFirst();
    check(found.isPresent(), "a subflow " + id);
    return new SubflowAssert(found.orElseThrow()).as(descriptionText());
  }
}
