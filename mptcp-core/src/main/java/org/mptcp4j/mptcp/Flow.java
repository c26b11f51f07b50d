package org.mptcp4j.mptcp;

import org.mptcp4j.api.SocketError;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.RxSegment;

/**
 * A TCP flow of a connection: what the stack's flow table names beside the connection's handle. It
 * is an element of the connection list ({@link MptcpTcpSock}), or all there is to carry a
 * connection that is plain TCP.
 */
public abstract class Flow {
  /** A flow that is heard again retransmits at once, unless it has done so just now. */
  private static final long HEARD_AGAIN_NS = 500_000_000;

  private final int linkIndex;
  private final TcpSock tcp;
  private boolean up;
  private boolean silent;
  private boolean linkDown;
  private SocketError error = SocketError.NONE;
  private Decision timeout = Decision.TIMED_OUT;

  Flow(int linkIndex, TcpSock tcp) {
    this.linkIndex = linkIndex;
    this.tcp = tcp;
  }

  /** Its number within the connection, in order of creation; 0 for the first. */
  public abstract int id();

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

  /** Whether it may carry new data. */
  public abstract boolean established();

  /** Whether it once could carry data. */
  final boolean up() {
    return up;
  }

  final void markUp() {
    up = true;
  }

  /** Whether it is believed to be broken: its timer fired, or its link is down. */
  public final boolean stale() {
    return silent || linkDown;
  }

  /** Whether its retransmission timer fired since it was last heard. */
  final boolean silent() {
    return silent;
  }

  final void silent(boolean isSilent) {
    silent = isSilent;
  }

  /** Sets whether its link is down. */
  final void linkDown(boolean down) {
    linkDown = down;
  }

  /**
   * It was silent and is heard, perhaps only because it was asked.
   *
   * @param notices what TCP noticed
   * @return whether it works again
   */
  final boolean heardAgain(long nowNs, int notices) {
    if ((notices & TcpNotice.ACKED) == 0) {
      // RFC 6298 section 2.3: an acknowledgement may take so long to come.
      long roundTripNs = tcp.srttNs() + 4 * tcp.rttVarNs();
      if (nowNs - tcp.lastSentNs() < Math.max(HEARD_AGAIN_NS, roundTripNs)) {
        return false;
      }
      // RFC 6069 section 4: waiting for the end of a long back-off has no purpose any more.
      tcp.pathRestored(nowNs);
    }
    silent = false;
    return true;
  }

  /** Whether a segment must be treated as if it were lost. */
  boolean refuses(RxSegment segment) {
    return false;
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
   * @param notices bits of {@link TcpNotice}
   * @return what becomes of a connection that has no other flow
   */
  final Decision died(int notices) {
    Decision death = Decision.NONE;
    if ((notices & TcpNotice.TIMED_OUT) != 0) {
      death = timeout;
    } else if ((notices & TcpNotice.REFUSED) != 0) {
      death = Decision.REFUSED;
    } else if ((notices & TcpNotice.RESET) != 0) {
      death = Decision.PEER_RESET;
    }
    if (death != Decision.NONE) {
      error = death.error();
    }
    return death;
  }

  /** Why it ended, NONE while it lives or when it ended in order. */
  final SocketError error() {
    return error;
  }

  final void error(SocketError why) {
    error = why;
  }

  /**
   * A router or host said why a packet of ours did not arrive. RFC 1122 section 4.2.3.9, RFC 5461
   * section 2: no reason to end, but to be told when the peer is given up.
   */
  final void onSoftError(IcmpError.Kind kind) {
    timeout =
        kind == IcmpError.Kind.PARAMETER_PROBLEM ? Decision.PROTOCOL_ERROR : Decision.UNREACHABLE;
  }

  /** The peer is heard: whatever was said before is over. */
  final void onHeard() {
    timeout = Decision.TIMED_OUT;
  }

  /** Releases what it holds; its tuple is forgotten already. */
  void release() {
    tcp.release();
  }
}
