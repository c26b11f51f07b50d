package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;

/**
 * {@code mptcp_tcp_sock}: an element of the connection list: a {@link TcpSock}, the MPTCP options
 * that go out and the mappings that come in on it, and the state of the subflow.
 */
public final class MptcpTcpSock extends Flow implements SubflowView, PieceSink {
  private final int id;
  private final SubflowOptions options;
  private final SubflowInput input = new SubflowInput();
  private boolean draining;
  private MpTcpRst peerReset; // null as long as none came

  /**
   * Makes one.
   *
   * @param id its number within the connection, 0 for the master
   * @param linkIndex the link it leaves through
   * @param tcp a socket whose extension is {@code options}
   */
  MptcpTcpSock(int id, int linkIndex, TcpSock tcp, SubflowOptions options) {
    super(linkIndex, tcp);
    this.id = id;
    this.options = options;
    options.startSending(tcp.iss());
  }

  @Override
  public int id() {
    return id;
  }

  /** Id of the address at this end, 0 for the connection's initial one. */
  public int localId() {
    return options.localId();
  }

  /** Id of the address at the peer, 0 for the connection's initial one. */
  public int remoteId() {
    return options.remoteId();
  }

  /** Whether this end asked that it be used only when no regular subflow is usable. */
  public boolean localBackup() {
    return options.localBackup();
  }

  /** Whether the peer asked for that. */
  public boolean remoteBackup() {
    return options.remoteBackup();
  }

  /** The options that go out on it. */
  SubflowOptions options() {
    return options;
  }

  /** Mappings and bytes of what is received on it. */
  SubflowInput input() {
    return input;
  }

  /** {@code master_sk}: whether it is the first, which carried the connection's handshake. */
  public boolean isMaster() {
    return id == 0;
  }

  @Override
  public boolean established() {
    return up() && !draining && tcp().state().canSend();
  }

  @Override
  public boolean backup() {
    return options.backup();
  }

  @Override
  public long srttNs() {
    return tcp().srttNs();
  }

  @Override
  public long rttVarNs() {
    return tcp().rttVarNs();
  }

  @Override
  public int cwndBytes() {
    return tcp().cwndBytes();
  }

  @Override
  public int inFlightBytes() {
    return tcp().inFlightBytes();
  }

  @Override
  public int unsentBytes() {
    return tcp().unsentBytes();
  }

  @Override
  public int sendRoomBytes() {
    return tcp().sendRoomBytes();
  }

  @Override
  public int payloadMss() {
    return tcp().payloadMss();
  }

  @Override
  public boolean inLossRecovery() {
    return tcp().inLossRecovery();
  }

  @Override
  public boolean owesAck() {
    return tcp().owesAck();
  }

  /** Whether it takes no new data because it is closing. */
  boolean draining() {
    return draining;
  }

  void markDraining() {
    draining = true;
  }

  /** The MP_TCPRST in the reset that ended it, if there was one. */
  Optional<MpTcpRst> peerReset() {
    return Optional.ofNullable(peerReset);
  }

  /** Resets it. RFC 8684 section 3.6: the reset says why. */
  void reset(int reason) {
    options.resetReason(reason);
    draining = true;
    tcp().abort();
  }

  /** It ends with the whole connection, by MP_FASTCLOSE: RFC 8684 section 3.5. */
  void fastclose() {
    options.fastclose();
    reset(MpTcpRst.UNSPECIFIED);
  }

  /** Resets it because of what the peer sent: the reason is set already. */
  void resetForError() {
    draining = true;
    error(SocketError.EPROTO);
    tcp().abort();
  }

  /** Queues bytes at its TCP socket. */
  @Override
  public void accept(ByteBuf buf, int index, int length) {
    tcp().enqueue(buf, index, length);
  }

  @Override
  boolean refuses(RxSegment segment) {
    return input.refuses(tcp(), segment);
  }

  /**
   * A reset of it came, whose options say why, and perhaps that the connection is over: RFC 8684
   * sections 3.5 and 3.6.
   */
  Decision onReset(RxSegment segment, SessionKeys keys, Counters counters) {
    if (!segment.options().hasMptcp()) {
      return Decision.NONE;
    }
    MpTcpRst why = segment.options().mptcp(MpTcpRst.class);
    if (why != null) {
      peerReset = why;
      counters.increment(Mib.MP_RST_RX);
    }
    MpFastclose fastclose = segment.options().mptcp(MpFastclose.class);
    return fastclose != null && keys.isForUs(fastclose, counters)
        ? Decision.PEER_RESET
        : Decision.NONE;
  }

  @Override
  void transmitted() {
    if (options.acknowledgeAgain(tcp().unsentBytes())) {
      tcp().requestAck();
    }
  }

  @Override
  long deadlineNs() {
    long mptcp = Math.min(options.joinDeadlineNs(), input.unmappedDeadlineNs());
    return Math.min(mptcp, super.deadlineNs());
  }

  /** Releases what belongs to MPTCP; its TCP socket goes on. */
  void releaseMptcp() {
    options.release();
    input.release();
  }

  @Override
  void release() {
    super.release();
    releaseMptcp();
  }
}
