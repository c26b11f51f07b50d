package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.PeerTimeouts;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TxSegment;

/**
 * A TCP flow of a connection: what the stack's flow table names beside the connection's handle. It
 * is an element of the connection list ({@link MptcpTcpSock}), or all there is to carry a
 * connection that is plain TCP.
 */
public abstract class Flow {
  private final int linkIndex;
  private final TcpSock tcp;
  private boolean linkDown; // what its link is, not what it is itself
  private FlowEnd end = FlowEnd.OPEN;

  Flow(int linkIndex, TcpSock tcp) {
    this.linkIndex = linkIndex;
    this.tcp = tcp;
  }

  /** Its number within the connection, in order of creation; 0 for the first. */
  public abstract int id();

  /** Id of the address at this end, 0 for the connection's initial one. */
  public int localId() {
    return 0;
  }

  /** Id of the address at the peer, 0 for the connection's initial one. */
  public int remoteId() {
    return 0;
  }

  /** Whether this end asked that it be used only when no regular subflow is usable. */
  public boolean localBackup() {
    return false;
  }

  /** Whether the peer asked for that. */
  public boolean remoteBackup() {
    return false;
  }

  /** A word for where it is in its life as a subflow; empty when it is none. */
  String stateName() {
    return "";
  }

  /** Its addresses and ports. */
  public final FourTuple tuple() {
    return tcp.tuple();
  }

  /** The link it leaves through. */
  public final int linkIndex() {
    return linkIndex;
  }

  /** Its TCP socket. The stack may read it; only the connection calls its verbs. */
  public final TcpSock tcp() {
    return tcp;
  }

  /** Sets its keep-alive and user timeout; the stack may do so at any time. */
  public final void setPeerTimeouts(PeerTimeouts timeouts) {
    tcp.peerTimeouts(timeouts);
  }

  /** Sets what can be changed of its TCP; the stack may do so at any time. */
  public final void setTcpOptions(TcpSocketOptions options) {
    tcp.socketOptions(options);
  }

  /** Whether it may carry new data. */
  public abstract boolean established();

  /** Whether it can carry data, or once could. */
  abstract boolean up();

  /** Whether it is believed to be broken: its timer fired, or its link is down. */
  public boolean stale() {
    return linkDown;
  }

  /** Sets whether its link is down. */
  final void linkDown(boolean down) {
    linkDown = down;
  }

  /**
   * Its peer was heard: what routers said before is over.
   *
   * @param notices what TCP noticed
   * @return whether it was silent before
   */
  boolean heard(long nowNs, int notices) {
    if (end != FlowEnd.OPEN) {
      end = end.heard();
    }
    return false;
  }

  /** RFC 7413 section 4.2.2: hands over what the SYN takes along, when it does. */
  final void pushWithSyn(MetaSock meta, PieceSink sink) {
    DataSendQueue tx = meta.tx();
    int room = tcp.synRoomBytes() - tcp.unsentBytes();
    int count = (int) Math.min(room, tx.unsentBytes());
    if (count > 0) {
      tx.give(tx.nxt(), count, sink);
    }
  }

  /** Whether a segment must be treated as if it were lost. */
  boolean refuses(RxSegment segment) {
    return false;
  }

  /** Builds its next segment; false when nothing of it may leave now. */
  final boolean pollTransmit(long nowNs, TxSegment out) {
    boolean any = tcp.pollTransmit(nowNs, out);
    if (any) {
      out.linkIndex(linkIndex);
      transmitted();
    }
    return any;
  }

  /** A segment of it left: what had no room in it may need another one. */
  void transmitted() {
    // TCP needs nothing more.
  }

  /** Earliest of its deadlines, {@link Long#MAX_VALUE} for none. */
  long deadlineNs() {
    return tcp.nextTimeoutNs();
  }

  /**
   * TCP noticed something, which may be that this flow has died.
   *
   * @param notices bits of {@link org.mptcp4j.tcp.TcpNotice}
   * @return what becomes of a connection that has no other flow
   */
  final Decision died(int notices) {
    CloseReason how = CloseReason.of(notices);
    CloseReason why = how == CloseReason.TIMED_OUT ? end.ifTimedOut() : how;
    if (why != CloseReason.NONE) {
      close(why);
    }
    return Decision.after(why);
  }

  /**
   * Closes it: the one verb for that. How, and what its reset says, follows from the reason. When
   * it is over nothing changes but what a reset that has not left yet says.
   */
  abstract void close(CloseReason why);

  /** Why it is closed. */
  final CloseReason reason() {
    return end.reason();
  }

  /** What is known of its end. */
  final FlowEnd end() {
    return end;
  }

  /** More is known of its end. */
  final void end(FlowEnd known) {
    end = known;
  }

  /** A word for why it is closed. */
  public final String closedBecause() {
    return reason().name();
  }

  /** What it looks like at this moment. */
  public final SubflowInfo info() {
    return ConnectionSnapshot.subflow(this, error());
  }

  /** The first reason stands, unless the flow went on after it. */
  final void reason(CloseReason why) {
    end = end.because(why);
  }

  /** What it ended with, NONE while it lives or when it ended in order. */
  public final SocketError error() {
    return reason().error();
  }

  /**
   * A router or host said why a packet of ours did not arrive. RFC 1122 section 4.2.3.9, RFC 5461
   * section 2: no reason to end, but to be told when the peer is given up.
   */
  final void onSoftError(long nowNs, IcmpError error) {
    end = end.warned(CloseReason.of(error));
    if (error.isBrokenPath()) {
      tcp.pathBroken(nowNs, error.seq());
    }
  }

  /** What came in order and was not taken keeps no more memory than it needs. */
  void keep() {
    tcp.keep();
  }

  /** Memory that what it received keeps alive. */
  long receivedHeldBytes() {
    return tcp.receivedHeldBytes();
  }

  /** Memory that what lies beyond holes keeps alive. */
  long prunableBytes() {
    return tcp.prunableBytes();
  }

  /** Drops what lies beyond holes; whether there was any. */
  boolean prune() {
    return tcp.prune();
  }

  /** What its reset said that the peer must hear, should it ask again: RFC 8684 section 3.6. */
  public Optional<? extends MptcpOption> lastWord() {
    return Optional.empty();
  }

  /** Releases what it holds; its tuple is forgotten already. */
  void release() {
    tcp.release();
  }
}
