package org.mptcp4j.mptcp;

import java.util.List;
import org.mptcp4j.api.ConnectionInfo;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.pm.LocalAddress;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.pm.RemoteAddress;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * What the stack drives: the {@link MetaSock}, its subflows, and the {@link MptcpCb} when MPTCP is, or
 * is being, negotiated. It never holds the stack, which passes {@link StackServices} into each verb.
 *
 * <p>After any verb, and after any verb of {@link #meta()}, the stack polls {@link #pollTransmit} until
 * it returns false, then reads {@link #takeEvents()}, {@link #nextTimeoutNs()} and {@link #done()}.
 */
public final class Connection {

  /**
   * Opens a connection. The first subflow is registered with the stack.
   *
   * @param tuple local and remote end, ports included
   * @param linkIndex link to use
   * @return null, and nothing registered, when {@link StackServices#addFlow} refused
   */
  public static Connection connect(
      long nowNs, ConnectionConfig config, FourTuple tuple, int linkIndex, StackServices services) {
    return null;
  }

  /**
   * Accepts a connection: a SYN for a listener, with MP_CAPABLE or without. The first subflow is
   * registered with the stack. {@link ConnectionEvents#CONNECTED} says when the handshake is over.
   *
   * @param syn the SYN, borrowed
   * @param linkIndex link it came from
   * @return null, and nothing registered, when {@link StackServices#addFlow} refused
   */
  public static Connection accept(
      long nowNs, ConnectionConfig config, RxSegment syn, int linkIndex, StackServices services) {
    return null;
  }

  /**
   * A SYN with MP_JOIN whose token names this connection. RFC 8684 section 3.2.
   *
   * @param syn the SYN, borrowed
   * @param option its MP_JOIN
   * @param linkIndex link it came from
   */
  public JoinVerdict acceptJoin(
      long nowNs, RxSegment syn, MpJoinSyn option, int linkIndex, StackServices services) {
    return JoinVerdict.NOT_MPTCP;
  }

  /**
   * A segment of one of the subflows.
   *
   * @return what TCP made of it; the stack answers {@link SegmentVerdict#REPLY_RESET} with a RST
   */
  public SegmentVerdict onSegment(
      long nowNs, Subflow subflow, RxSegment segment, StackServices services) {
    return SegmentVerdict.DROPPED;
  }

  /**
   * Builds the next segment that should leave now, of whatever subflow; addresses, ports and link are
   * filled in.
   *
   * @return false when there is nothing to send now
   */
  public boolean pollTransmit(long nowNs, TxSegment out, StackServices services) {
    return false;
  }

  /** When {@link #onTimeout} wants to be called; {@link Long#MAX_VALUE} for never. */
  public long nextTimeoutNs() {
    return Long.MAX_VALUE;
  }

  /** Does what is due; too early a call does nothing. */
  public void onTimeout(long nowNs, StackServices services) {}

  /** What the application holds. */
  public MetaSock meta() {
    return null;
  }

  /** MPTCP's control block, or null when this is plain TCP. */
  public MptcpCb cb() {
    return null;
  }

  /** What was agreed with the peer. */
  public Protocol protocol() {
    return Protocol.UNDECIDED;
  }

  /** Live subflows in order of creation; read-only view. */
  public List<Subflow> subflows() {
    return List.of();
  }

  /** Local and remote end of the first subflow; stays when that subflow dies. */
  public FourTuple tuple() {
    return null;
  }

  /** Bits of {@link ConnectionEvents} since the last call, which clears them. */
  public int takeEvents() {
    return 0;
  }

  /** Next subflow that came or went, or null. */
  public SubflowEvent pollSubflowEvent() {
    return null;
  }

  /** Next address that the peer announced, or null. */
  public RemoteAddress pollAnnouncement() {
    return null;
  }

  /** Whether nothing is left of it: no flow, nothing to wait for. The stack may forget it. */
  public boolean done() {
    return true;
  }

  /** Whether the handshake is not over yet. */
  public boolean connecting() {
    return false;
  }

  /** This host lost an address. */
  public void onLocalAddressGone(long nowNs, LocalAddress address, StackServices services) {}

  /** This host gained an address. */
  public void onLocalAddressAdded(long nowNs, LocalAddress address, StackServices services) {}

  /** A link went down: what its subflows owe goes out on others. */
  public void onLinkDown(long nowNs, int linkIndex) {}

  /** A link came up. */
  public void onLinkUp(long nowNs, int linkIndex, StackServices services) {}

  /** A router says that the peer of a flow cannot be reached; matters only while it connects. */
  public void onUnreachable(long nowNs, Subflow subflow, StackServices services) {}

  /** Sets how a subflow is used and tells the peer by MP_PRIO; an unknown id is ignored. */
  public void setPriority(int subflowId, Priority priority) {}

  /** A snapshot. */
  public ConnectionInfo info(long socketId) {
    return null;
  }

  /** Ends everything without a word to anybody: the stack closes. Flows are unregistered. */
  public void release(long nowNs, StackServices services) {}
}
