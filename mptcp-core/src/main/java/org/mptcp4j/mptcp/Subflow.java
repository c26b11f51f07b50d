package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.MpTcpRst;

/**
 * An element of the connection list: a {@link TcpSock}, its MPTCP part, and where it runs. What the
 * stack's flow table points at, beside the connection.
 */
public final class Subflow implements SubflowView, PieceSink {
  private final int id;
  private final int linkIndex;
  private final TcpSock tcp;
  private MptcpTcpSock mptcp;
  private boolean stale;
  private boolean linkDown;
  private boolean up;
  private boolean draining;
  private SocketError error = SocketError.NONE;
  private MpTcpRst peerReset;

  Subflow(int id, int linkIndex, TcpSock tcp, MptcpTcpSock mptcp) {
    this.id = id;
    this.linkIndex = linkIndex;
    this.tcp = tcp;
    this.mptcp = mptcp;
  }

  @Override
  public int id() {
    return id;
  }

  /** Its addresses and ports. */
  public FourTuple tuple() {
    return tcp.tuple();
  }

  /** The link it leaves through. */
  public int linkIndex() {
    return linkIndex;
  }

  /** Its TCP socket. The stack may read it; only the connection calls its verbs. */
  public TcpSock tcp() {
    return tcp;
  }

  /** Its MPTCP part, or null when the connection is plain TCP. */
  public MptcpTcpSock mptcp() {
    return mptcp;
  }

  /** Whether it is the first subflow, which carried the handshake of the connection. */
  public boolean isMaster() {
    return id == 0;
  }

  @Override
  public boolean established() {
    return up && !draining && tcp.state().canSend();
  }

  @Override
  public boolean stale() {
    return stale || linkDown;
  }

  @Override
  public boolean backup() {
    return mptcp != null && mptcp.backup();
  }

  @Override
  public long srttNs() {
    return tcp.srttNs();
  }

  @Override
  public long rttVarNs() {
    return tcp.rttVarNs();
  }

  @Override
  public int cwndBytes() {
    return tcp.cwndBytes();
  }

  @Override
  public int inFlightBytes() {
    return tcp.inFlightBytes();
  }

  @Override
  public int unsentBytes() {
    return tcp.unsentBytes();
  }

  @Override
  public int sendRoomBytes() {
    return tcp.sendRoomBytes();
  }

  @Override
  public int payloadMss() {
    return tcp.payloadMss();
  }

  @Override
  public boolean inLossRecovery() {
    return tcp.inLossRecovery();
  }

  @Override
  public boolean owesAck() {
    return tcp.owesAck();
  }

  /** Whether it once could carry data. */
  boolean up() {
    return up;
  }

  void markUp() {
    up = true;
  }

  /** Whether it takes no new data because it is closing. */
  boolean draining() {
    return draining;
  }

  void markDraining() {
    draining = true;
  }

  /** Sets whether its retransmission timer fired since it was last heard. */
  void stale(boolean isStale) {
    stale = isStale;
  }

  boolean staleByTimer() {
    return stale;
  }

  /** Sets whether its link is down. */
  void linkDown(boolean down) {
    linkDown = down;
  }

  /** Why it ended, NONE while it lives or when it ended in order. */
  SocketError error() {
    return error;
  }

  void error(SocketError why) {
    error = why;
  }

  /** The MP_TCPRST in the reset that ended it, or null. */
  MpTcpRst peerReset() {
    return peerReset;
  }

  void peerReset(MpTcpRst why) {
    peerReset = why;
  }

  /** Queues bytes at its TCP socket. */
  @Override
  public void accept(ByteBuf buf, int index, int length) {
    tcp.enqueue(buf, index, length);
  }

  /** Lets go of the MPTCP part: from now on this is plain TCP. */
  void becomePlain(PlainTcp plain) {
    tcp.extension(plain);
    if (mptcp != null) {
      mptcp.release();
      mptcp = null;
    }
  }
}
