package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.Timeouts;
import org.mptcp4j.cc.CcGroup;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.SubflowView;
import org.mptcp4j.tcp.PieceSink;
import org.mptcp4j.tcp.TcpNotice;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;

/**
 * {@code mptcp_tcp_sock}: an element of the connection list: a {@link TcpSock}, the MPTCP options
 * that go out and the mappings that come in on it, and the state of the subflow.
 */
public final class MptcpTcpSock extends Flow implements SubflowView, PieceSink {
  /** A subflow that is heard again retransmits at once, unless it has done so just now. */
  private static final long HEARD_AGAIN_NS = 500_000_000;

  private static final long QUESTION_NS = 1_000_000_000L;

  private final int id;
  private final SubflowOptions options;
  private SubflowInput input; // null until data or a mapping comes
  private boolean refused; // when its third ACK had left
  private boolean bare; // the last segment that came had no option of MPTCP
  private boolean dataAcked; // options pass from the peer: a DATA_ACK came

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
    options.startSending(tcp.iss() + 1);
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public int localId() {
    return options.localId();
  }

  @Override
  public int remoteId() {
    return options.remoteId();
  }

  @Override
  public boolean localBackup() {
    return options.localBackup();
  }

  @Override
  public boolean remoteBackup() {
    return options.remoteBackup();
  }

  /** The options that go out on it. */
  SubflowOptions options() {
    return options;
  }

  /** Mappings and bytes of what is received on it. */
  SubflowInput input() {
    if (input == null) {
      input = new SubflowInput();
    }
    return input;
  }

  /**
   * What the peer's mappings count from, so that their first byte has number 1: RFC 8684 appendix
   * B, data that came with the SYN has none.
   */
  int mappedFrom() {
    return tcp().irs() + (input == null ? 0 : input.synBytes());
  }

  /** {@code master_sk}: whether it is the first, which carried the connection's handshake. */
  public boolean isMaster() {
    return id == 0;
  }

  /**
   * How far data sequence numbers are ahead of the subflow's, modulo 2^32, where the subflow's
   * bytes are the data: of those that are not delivered yet, which wait for their checksum first.
   *
   * @param nextDsn data sequence number expected next
   */
  int streamOffset(long nextDsn) {
    return (int) nextDsn + input().waitingBytes() - (tcp().readSeq() - mappedFrom());
  }

  // ---- whether options pass

  /** A segment came that had options of MPTCP. */
  void heardOptions(boolean withDataAck) {
    bare = false;
    dataAcked |= withDataAck;
  }

  /**
   * A segment came without any option of MPTCP.
   *
   * @return whether it acknowledges data and no DATA_ACK ever came: RFC 8684 section 3.7, options
   *     do not pass on the path
   */
  boolean heardBare(RxSegment segment) {
    bare = true;
    return !dataAcked && segment.hasAck() && Seq32.gt(segment.ack(), options.firstSeq());
  }

  /** Whether the last segment that came had no option of MPTCP. */
  boolean bare() {
    return bare;
  }

  /** Whether bytes wait for their mapping, or for the rest of it. */
  boolean bytesWait() {
    return lacksMapping() || input != null && input.waitingBytes() > 0;
  }

  /** Whether bytes wait for their mapping. */
  boolean lacksMapping() {
    return unmappedDeadlineNs() != Long.MAX_VALUE;
  }

  /**
   * Before it is closed it is decided whether what waits for its mapping is the data: RFC 8684
   * section 3.7. The peer may have fallen back, and take it for delivered.
   *
   * @return whether anything waits: that is decided now
   */
  boolean decidesFirst() {
    boolean waits = lacksMapping() && !isAsking();
    if (waits) {
      input.unmapped(0);
    }
    return waits;
  }

  // ---- what the peer is asked

  /**
   * Asks the peer by MP_FAIL whether what it has outstanding is contiguous on this subflow: RFC
   * 8684 section 3.7. Nothing is taken until it answers.
   *
   * @param dsn of the mapping whose checksum is wrong
   * @return false when it was asked often enough
   */
  boolean ask(long nowNs, long dsn) {
    input.unmapped(nowNs + QUESTION_NS);
    options.ask(dsn);
    tcp().requestAck();
    return isAsking();
  }

  /** Whether it waits for the answer. */
  boolean isAsking() {
    return options.isAsking();
  }

  // ---- its join

  /** TCP's handshake is over: the third ACK of a join goes out again after two round trips. */
  void connected(Timeouts timeouts) {
    if (state().isJoining()) {
      options.join().interval(Math.max(timeouts.minRtoNs(), 2 * tcp().srttNs()));
    }
  }

  /** Repeats the third ACK of a join when that is due, or gives up. */
  void onJoinTimeout(long nowNs) {
    if (nowNs < options.joinDeadlineNs()) {
      return;
    }
    if (options.join().exhausted()) {
      close(CloseReason.JOIN_UNANSWERED);
    } else {
      tcp().requestAck();
    }
  }

  // ---- its state

  @Override
  String stateName() {
    return state().name();
  }

  /** Its one state. */
  SubflowState state() {
    return options.state();
  }

  /**
   * Every transition of {@link #state()} goes through here.
   *
   * @param next a successor of the present state
   */
  void become(SubflowState next) {
    SubflowState last = state();
    assert last.successors().contains(next) : "subflow " + id + ": " + last + " to " + next;
    options.become(next);
  }

  @Override
  public boolean established() {
    return state().isOpen() && tcp().state().canSend();
  }

  @Override
  boolean up() {
    return state().wasUp();
  }

  @Override
  public boolean stale() {
    return state().isStale() || super.stale();
  }

  /**
   * Its retransmission timer fired.
   *
   * @return whether it was not silent before, so that what it carries has to go out on others
   */
  boolean silenced() {
    SubflowState next = state().whenSilent();
    boolean news = next != state();
    if (news) {
      become(next);
    }
    return news;
  }

  /** It was silent, perhaps, and is heard, perhaps only because it was asked. */
  @Override
  boolean heard(long nowNs, int notices) {
    super.heard(nowNs, notices);
    boolean again = recovers(nowNs, notices);
    if (options.priorityUnheard() && !stale()) {
      changePriority(localBackup());
    }
    return again;
  }

  private boolean recovers(long nowNs, int notices) {
    if (!state().isStale()) {
      return false;
    }
    if ((notices & TcpNotice.ACKED) == 0) {
      // RFC 6298 section 2.3: an acknowledgement may take so long to come.
      long roundTripNs = tcp().srttNs() + 4 * tcp().rttVarNs();
      if (nowNs - tcp().lastSentNs() < Math.max(HEARD_AGAIN_NS, roundTripNs)) {
        return false;
      }
      // RFC 6069 section 4: waiting for the end of a long back-off has no purpose any more.
      tcp().pathRestored(nowNs);
    }
    become(state().whenHeard());
    return true;
  }

  /**
   * RFC 8684 section 3.3.8: asks the peer to use it so; once more when the path works again, should
   * it be silent now.
   */
  void changePriority(boolean backup) {
    options.localBackup(backup);
    options.priorityUnheard(stale());
    say(MpPrio.ofSubflow(backup));
  }

  /** An option for the peer leaves on an acknowledgement, unless too many wait already. */
  void say(MptcpOption option) {
    if (options.addControl(option)) {
      tcp().requestAck();
    }
  }

  /** The peer has shown that it knows the keys. */
  void confirmed() {
    become(state().whenConfirmed());
    // What was to be said before waited for the end of the handshake.
    transmitted();
  }

  @Override
  void close(CloseReason why) {
    options.resetSays(why);
    boolean finishes = why.manner() == CloseReason.Manner.FIN && up();
    SubflowState next = finishes ? state().whenFinished() : state().whenOver();
    if (next != state()) {
      reason(why);
      become(next);
    }
    if (finishes) {
      tcp().shutdownOutput();
    } else {
      tcp().abort();
    }
  }

  /**
   * Something happened on it. When it closes, the peer has a while to acknowledge more, and then to
   * send its own FIN: RFC 8684 has no end for a subflow that this end can use no more and the peer
   * keeps open, be it by data. What waits on it goes out on others then.
   *
   * @param notices what TCP noticed
   * @param patienceNs how long that is
   */
  void closing(long nowNs, int notices, long patienceNs) {
    boolean closes = state().isClosing() && !state().isOver();
    if (closes && (!hasToEnd() || (notices & TcpNotice.ACKED) != 0)) {
      end(end().by(nowNs + patienceNs));
    }
  }

  private boolean hasToEnd() {
    return end().byNs() != Long.MAX_VALUE;
  }

  /** Whether it has closed for so long that it has to be cut short. */
  boolean closesTooLong(long nowNs) {
    return !state().isOver() && end().byNs() <= nowNs;
  }

  /** Its TCP socket is over, and has nothing more to send. */
  void gone() {
    if (!state().isOver()) {
      become(state().whenOver());
    }
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
  public long minRttNs() {
    return tcp().minRttNs();
  }

  @Override
  public int cwndBytes() {
    return tcp().cwndBytes();
  }

  @Override
  public int ssthreshBytes() {
    return tcp().ssthreshBytes();
  }

  @Override
  public int inFlightBytes() {
    return tcp().inFlightBytes();
  }

  @Override
  public int queuedBytes() {
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
  public long pacingRateBytesPerSecond() {
    return tcp().pacingRateBytesPerSecond();
  }

  @Override
  public long deliveryRateBytesPerSecond() {
    return tcp().deliveryRateBytesPerSecond();
  }

  @Override
  public boolean inLossRecovery() {
    return tcp().inLossRecovery();
  }

  @Override
  public boolean owesAck() {
    return tcp().owesAck();
  }

  @Override
  public long carriedEnd() {
    TxMappings tx = options.tx();
    return tx == TxMappings.NONE ? 0 : tx.carriedEnd() - options.firstDsn();
  }

  @Override
  public boolean carries(long position) {
    return options.tx().carries(options.firstDsn() + position);
  }

  /** The MP_TCPRST in the reset that ended it, if there was one. */
  Optional<MpTcpRst> peerReset() {
    return end().peerReset();
  }

  /**
   * Whether it ended because what comes on it, at this end or at the peer's, makes no sense: RFC
   * 8684 section 3.6. Where options are lost, so is what the reset says.
   */
  boolean interfered() {
    boolean said = end().saidBecause(MpTcpRst.MIDDLEBOX) || end().saidBecause(MpTcpRst.MPTCP_ERROR);
    return said || bare || error() == SocketError.EPROTO;
  }

  /**
   * Whether the peer has reset it because what came to it had no options; or this end has, and what
   * the peer would say comes too late.
   */
  boolean lostOptions() {
    boolean said = end().saidBecause(MpTcpRst.MIDDLEBOX) && !end().peerFailed();
    return said || reason() == CloseReason.INTERFERENCE;
  }

  /** Queues bytes at its TCP socket. */
  @Override
  public void accept(ByteBuf buf, int index, int length) {
    tcp().enqueue(buf, index, length);
  }

  @Override
  boolean refuses(RxSegment segment) {
    return input != null && input.refuses(tcp(), segment);
  }

  /** As {@link SubflowInput#spares}. */
  boolean spares(RxSegment segment) {
    return input != null && input.spares(tcp(), segment);
  }

  /** What came on it cannot be used. */
  Decision fail(CloseReason why) {
    close(why);
    return isMaster() && !up() ? Decision.PROTOCOL_ERROR : Decision.NONE;
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
      end(end().resetBecause(why));
      // RFC 8684 section 3.6: a peer that has sent nothing, and says why, has not used it.
      refused = state() == SubflowState.JOIN_ACK_SENT && segment.seq() == tcp().irs() + 1;
      counters.increment(Mib.MP_RST_RX);
    }
    if (segment.options().mptcp(MpFail.class) != null) {
      end(end().resetForChecksum());
      counters.increment(Mib.MP_FAIL_RX);
    }
    return keys.isFastclose(segment, counters) ? Decision.PEER_RESET : Decision.NONE;
  }

  /** Whether it is a join of ours, complete at this end, that the peer has never used. */
  boolean refused() {
    return refused;
  }

  @Override
  public Optional<? extends MptcpOption> lastWord() {
    return options.lastWord();
  }

  @Override
  void transmitted() {
    if (options.acknowledgeAgain(tcp().unsentBytes())) {
      tcp().requestAck();
    }
  }

  @Override
  long deadlineNs() {
    long mptcp = Math.min(options.joinDeadlineNs(), unmappedDeadlineNs());
    long endNs = state().isOver() ? Long.MAX_VALUE : end().byNs();
    return Math.min(Math.min(mptcp, endNs), super.deadlineNs());
  }

  /** When bytes have waited too long for their mapping; {@link Long#MAX_VALUE} when none wait. */
  long unmappedDeadlineNs() {
    return input == null ? Long.MAX_VALUE : input.unmappedDeadlineNs();
  }

  @Override
  void keep() {
    super.keep();
    if (input != null) {
      input.keep();
    }
  }

  @Override
  long receivedHeldBytes() {
    return super.receivedHeldBytes() + (input == null ? 0 : input.heldBytes());
  }

  @Override
  long prunableBytes() {
    return super.prunableBytes() + (input == null ? 0 : input.mappings().heldBytes());
  }

  @Override
  boolean prune() {
    if (input != null) {
      input.prune(tcp());
    }
    return super.prune();
  }

  /** Its TCP socket goes on as plain TCP; what belongs to MPTCP is released. */
  void fellBack() {
    become(SubflowState.FELL_BACK);
    tcp().group(CcGroup.NONE);
    releaseMptcp();
  }

  private void releaseMptcp() {
    options.release();
    if (input != null) {
      input.release();
    }
  }

  @Override
  void release() {
    super.release();
    releaseMptcp();
  }
}
