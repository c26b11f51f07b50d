package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.TcpExtension;
import org.mptcp4j.wire.AddAddr;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.MpPrio;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RemoveAddr;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TxSegment;

/**
 * What a subflow says: as the extension of its {@code TcpSock} it writes every MPTCP option, just
 * in time for the segment that carries it, from the handshake, address ids, backup bits and
 * mappings of what is sent, which it owns.
 */
final class SubflowOptions implements TcpExtension {
  /** TCP's timestamps with their padding. */
  private static final int TIMESTAMP_BYTES = 12;

  private static final int CONTROL_LIMIT = 16;

  /** So often is the peer asked before it is clear that it does not answer. */
  private static final byte QUESTIONS = 4;

  private final SessionKeys keys;
  private final ReceiveWindow window;
  private final DataFin fin;
  private final Counters counters;
  private TxMappings tx = TxMappings.NONE;
  private MappingNotes notes; // null unless options are lost where there is data
  private Chain<MptcpOption> control; // options that go out on pure ACKs
  private JoinHandshake join; // null before and after the handshake of a join
  private final boolean ourJoin;
  private SubflowState state;
  private short localId; // 0 to 255
  private short remoteId;
  private boolean localBackup;
  private boolean remoteBackup;
  private boolean priorityUnheard; // what the peer was asked for left on a silent path
  private int firstSeq;
  private byte offersLeft;
  private boolean finNext; // the next ACK without data may carry a DATA_FIN instead of the keys
  private boolean finDisplaced; // a DATA_FIN gave way to the keys or to another option
  private boolean finWritten;
  private byte questions; // MP_FAILs that may still ask the peer, plus one; 0 when none has
  private CloseReason reset = CloseReason.NONE; // what a reset says
  private MpTcpRst chosen; // what it says instead, null for nothing else

  /**
   * Makes one.
   *
   * @param first state to begin in
   * @param offers SYNs that carry MP_CAPABLE before plain ones are tried
   */
  SubflowOptions(
      SessionKeys keys,
      ReceiveWindow window,
      DataFin fin,
      Counters counters,
      SubflowState first,
      int offers) {
    this.keys = keys;
    this.window = window;
    this.fin = fin;
    this.counters = counters;
    state = first;
    ourJoin = first == SubflowState.JOIN_SYN_SENT;
    offersLeft = (byte) Math.min(offers, Byte.MAX_VALUE);
  }

  /** The receive window of the connection. */
  ReceiveWindow window() {
    return window;
  }

  /** Keys of the connection. */
  SessionKeys keys() {
    return keys;
  }

  /** State of the subflow, which says what its segments carry. */
  SubflowState state() {
    return state;
  }

  /** The subflow is in another state, which is counted. Only {@link MptcpTcpSock#become} calls. */
  void become(SubflowState next) {
    if (next == state.whenSilent()) {
      counters.increment(Mib.SUBFLOW_STALE);
    } else if (next == state.whenHeard()) {
      counters.increment(Mib.SUBFLOW_RECOVER);
    }
    state = next;
    if (!next.isJoining()) {
      join = null;
    }
  }

  /** Whether it is that of a subflow which this end opened, beside the first. */
  boolean isOurJoin() {
    return ourJoin;
  }

  /** Nonces and HMACs of a join, while it is under way. */
  JoinHandshake join() {
    if (join == null) {
      join = new JoinHandshake();
    }
    return join;
  }

  /** When the third ACK of a join must be repeated; {@link Long#MAX_VALUE} for never. */
  long joinDeadlineNs() {
    return join == null ? Long.MAX_VALUE : join.deadlineNs();
  }

  /** Whether the last SYN still offered MP_CAPABLE. */
  boolean offered() {
    return offersLeft >= 0;
  }

  /** Mappings of what is sent. */
  TxMappings tx() {
    return tx;
  }

  /** From now on mappings are told on acknowledgements, too: data loses its options. */
  void tellMappings() {
    if (notes == null) {
      notes = new MappingNotes();
    }
  }

  /**
   * Mappings that were told are told again.
   *
   * @return whether there is any
   */
  boolean tellMappingsAgain() {
    return notes != null && notes.again(tx);
  }

  /**
   * TCP has acknowledged what was sent.
   *
   * @param una up to there
   * @param dataUna up to where the data level has
   */
  void acknowledged(int una, long dataUna) {
    if (notes == null) {
      tx.acknowledged(una);
    } else {
      tx.acknowledged(una, dataUna);
    }
  }

  /**
   * Bytes that follow all others on this subflow get a mapping.
   *
   * @param seq sequence number of the first
   * @param checksum of the mapping, when checksums are used
   */
  void map(int seq, int length, long dsn, int checksum) {
    if (tx == TxMappings.NONE) {
      tx = TxMappings.begin(firstDsn());
    }
    tx.add(seq, length, dsn, checksum);
  }

  /** Data sequence number of the first byte that this end sends on the connection. */
  long firstDsn() {
    return keys.localIdsn() + 1;
  }

  /** Id of the address at this end, 0 for the connection's initial one. */
  int localId() {
    return localId;
  }

  /** Id of the address at the peer, 0 for the connection's initial one. */
  int remoteId() {
    return remoteId;
  }

  void ids(int local, int remote) {
    assert (local | remote) >> 8 == 0 : "address ids have 8 bits: " + local + ", " + remote;
    localId = (short) local;
    remoteId = (short) remote;
  }

  /** Whether it is used only when no regular subflow is usable. */
  boolean backup() {
    return localBackup || remoteBackup;
  }

  /** Whether this end asked for that. */
  boolean localBackup() {
    return localBackup;
  }

  /** Whether the peer asked for that. */
  boolean remoteBackup() {
    return remoteBackup;
  }

  void localBackup(boolean backup) {
    localBackup = backup;
  }

  void remoteBackup(boolean backup) {
    remoteBackup = backup;
  }

  /** Whether the peer may not have heard how it is to use the subflow. */
  boolean priorityUnheard() {
    return priorityUnheard;
  }

  void priorityUnheard(boolean unheard) {
    priorityUnheard = unheard;
  }

  /** Mappings count from there: the sequence number of the first byte that has one. */
  void startSending(int seq) {
    firstSeq = seq;
  }

  int firstSeq() {
    return firstSeq;
  }

  /** A reset will say so, if that reason has anything to say. RFC 8684 sections 3.5 and 3.6. */
  void resetSays(CloseReason why) {
    if (why.resetOption().isPresent()) {
      reset = why;
    }
  }

  /** A reset will say that, whatever it is for. */
  void resetSays(MpTcpRst why) {
    chosen = why;
  }

  /**
   * A checksum was wrong: the reset or acknowledgement that follows says of which mapping.
   *
   * @param dsn where that begins
   */
  void failed(long dsn) {
    control = Chain.add(null, new MpFail(dsn));
  }

  /** MP_FAIL asks the peer whether the data is contiguous: once more, if not too often. */
  void ask(long dsn) {
    questions = isAsking() ? (byte) (questions - 1) : QUESTIONS;
    failed(dsn);
  }

  /** Whether the peer was asked, and may still answer. */
  boolean isAsking() {
    return questions > 0;
  }

  private boolean failed() {
    return reset == CloseReason.BAD_CHECKSUM && control != null;
  }

  /** An option to go out on a pure ACK; false, and counted, when too many wait. */
  boolean addControl(MptcpOption option) {
    if (Chain.size(control) >= CONTROL_LIMIT) {
      countDropped(option);
      return false;
    }
    control = Chain.add(control, option);
    return true;
  }

  /** RFC 8684 section 3.4.1: an IPv6 address with a port takes 30 bytes. */
  @Override
  public boolean displacesTimestamps() {
    return control != null
        && state.isConfirmed()
        && control.item().encodedLength() > TcpOptionWriter.MAX - TIMESTAMP_BYTES;
  }

  /**
   * Whether another pure ACK must follow for what the last one had no room for: options, which wait
   * for the end of the handshake, or a DATA_FIN, which waits for the data before it.
   */
  boolean acknowledgeAgain(int unsentBytes) {
    finDisplaced &= fin.due();
    return state.isConfirmed() && (control != null || notes != null && notes.due(tx))
        || finDisplaced && unsentBytes == 0;
  }

  @Override
  public void writeOptions(long nowNs, TxSegment segment) {
    int flags = segment.flags();
    TcpOptionWriter out = segment.options();
    if ((flags & TcpFlags.RST) != 0) {
      writeReset(out);
      return;
    }
    if ((flags & TcpFlags.SYN) != 0) {
      writeSyn(nowNs, (flags & TcpFlags.ACK) != 0, out);
      return;
    }
    switch (state) {
      case CAPABLE_ACK_SENT, CAPABLE_ACK_STALE -> writeCapableAck(segment, out);
      case JOIN_ACK_SENT -> writeJoinAck(nowNs, out);
      case ESTABLISHED, STALE, CLOSING, CLOSING_STALE -> writeEstablished(segment, out);
      default -> {
        // RFC 8684 section 3.1: nothing to say before the peer's third ACK.
      }
    }
    window.promise();
  }

  /**
   * What the peer must hear of its reset: MP_FASTCLOSE; or that a join came to nothing because the
   * connection fell back, which keeps a peer that has sent its third ACK from falling back, too.
   */
  Optional<? extends MptcpOption> lastWord() {
    return reset == CloseReason.FALLBACK ? reset.resetOption() : fastclose();
  }

  private Optional<MptcpOption> fastclose() {
    boolean fastclose = reset.manner() == CloseReason.Manner.FASTCLOSE && keys.remoteKnown();
    return fastclose ? Optional.of(new MpFastclose(keys.remoteKey())) : Optional.empty();
  }

  private void writeReset(TcpOptionWriter out) {
    Optional<MptcpOption> fastclose = fastclose();
    if (fastclose.isPresent() && out.mptcp(fastclose.get())) {
      counters.increment(Mib.MP_FASTCLOSE_TX);
    }
    if (failed() && out.mptcp(control.item())) {
      counters.increment(Mib.MP_FAIL_TX);
    }
    Optional<MpTcpRst> reason = chosen == null ? reset.resetOption() : Optional.of(chosen);
    if (reason.isPresent() && out.mptcp(reason.get())) {
      counters.increment(Mib.MP_RST_TX);
    }
  }

  private void writeSyn(long nowNs, boolean ack, TcpOptionWriter out) {
    switch (state) {
      case CAPABLE_SYN_SENT -> {
        // RFC 8684 section 3.1: a SYN that stays unanswered is at last repeated without the option.
        if (offersLeft-- > 0 && out.mptcp(MpCapable.syn(keys.localFlags()))) {
          counters.increment(Mib.MP_CAPABLE_SYN_TX);
        } else {
          offersLeft = -1;
        }
      }
      case CAPABLE_SYN_RECEIVED -> out.mptcp(MpCapable.synAck(keys.localFlags(), keys.localKey()));
      case JOIN_SYN_SENT -> {
        out.mptcp(new MpJoinSyn(localBackup, localId, keys.remoteToken(), join().localNonce()));
        counters.increment(Mib.MP_JOIN_SYN_TX);
      }
      case JOIN_SYN_RECEIVED ->
          out.mptcp(
              new MpJoinSynAck(localBackup, localId, join().localHmac(), join().localNonce()));
      default -> {
        // A SYN of a simultaneous open after fallback carries nothing.
      }
    }
  }

  /** The client's segments until the server shows that it knows both keys. */
  private void writeCapableAck(TxSegment segment, TcpOptionWriter out) {
    int flags = keys.localFlags() | (keys.checksum() ? MpCapable.CHECKSUM_REQUIRED : 0);
    if (segment.payloadLength() == 0) {
      // RFC 8684 section 3.1: the third ACK carries both keys. They may be lost, and leave no room
      // for a DATA_FIN, so the two take turns.
      boolean finsTurn = finNext;
      finNext = !finNext;
      if (finsTurn && fin.due()) {
        writeDataFin(out);
        return;
      }
      finDisplaced = fin.due();
      out.mptcp(MpCapable.ack(flags, keys.localKey(), keys.remoteKey()));
      return;
    }
    int position = tx.find(segment.seq());
    if (position < 0 || tx.seq(position) != firstSeq) {
      writeEstablished(segment, out);
      return;
    }
    // RFC 8684 section 3.1: so does the first data, with its length instead of a DSS.
    int length = tx.length(position);
    out.mptcp(
        keys.checksum()
            ? MpCapable.dataWithChecksum(
                flags, keys.localKey(), keys.remoteKey(), length, tx.checksum(position))
            : MpCapable.data(flags, keys.localKey(), keys.remoteKey(), length));
  }

  private void writeJoinAck(long nowNs, TcpOptionWriter out) {
    // RFC 8684 section 3.2: the HMAC goes out with the third ACK and again until it is
    // acknowledged.
    MpJoinAck option = join().ack();
    if (option != null && out.mptcp(option)) {
      join.ackSent(nowNs);
    }
  }

  private void writeEstablished(TxSegment segment, TcpOptionWriter out) {
    if (segment.payloadLength() > 0) {
      writeMapping(segment, out);
      return;
    }
    boolean bare = (segment.flags() & TcpFlags.FIN) == 0;
    if (bare && control != null) {
      finDisplaced |= fin.due() && !finWritten;
      writeControl(out);
      return;
    }
    if (bare && notes != null && notes.due(tx)) {
      finDisplaced |= fin.due();
      writeMapping(notes.next(tx), out);
      return;
    }
    if (fin.due()) {
      writeDataFin(out);
    } else {
      writeAck(out);
    }
  }

  private void writeAck(TcpOptionWriter out) {
    out.dss(window.ackFlags(), window.next(), 0, 0, 0);
  }

  private void writeMapping(TxSegment segment, TcpOptionWriter out) {
    int position = tx.find(segment.seq());
    if (position < 0) {
      writeAck(out);
      return;
    }
    writeMapping(position, out);
  }

  private void writeMapping(int position, TcpOptionWriter out) {
    tx.write(position, firstSeq, keys.checksum(), window.ackFlags(), window.next(), out);
  }

  private void writeDataFin(TcpOptionWriter out) {
    finDisplaced = false;
    finWritten = true;
    // RFC 8684 section 3.3.3: a DATA_FIN without data maps one octet at subflow sequence number 0.
    int flags = window.ackFlags() | Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;
    if (keys.checksum()) {
      int checksum = DssChecksum.compute(fin.dsn(), 0, 1, 0);
      out.dssWithChecksum(flags, window.next(), fin.dsn(), 0, 1, checksum);
    } else {
      out.dss(flags, window.next(), fin.dsn(), 0, 1);
    }
  }

  private void writeControl(TcpOptionWriter out) {
    MptcpOption option = control.item();
    control = control.next();
    boolean written = out.mptcp(option);
    if (!(option instanceof AddAddr)) {
      // There is seldom room beside an announcement, which goes alone, as from Linux.
      writeAck(out);
    }
    if (written) {
      countSent(option);
    } else {
      countDropped(option);
    }
  }

  private void countSent(MptcpOption option) {
    if (option instanceof AddAddr addAddr) {
      counters.increment(addAddr.echo() ? Mib.ECHO_ADD_TX : Mib.ADD_ADDR_TX);
    } else if (option instanceof RemoveAddr removeAddr) {
      counters.add(Mib.RM_ADDR_TX, removeAddr.addressIds().size());
    } else if (option instanceof MpPrio) {
      counters.increment(Mib.MP_PRIO_TX);
    } else if (option instanceof MpFail) {
      counters.increment(Mib.MP_FAIL_TX);
    }
  }

  private void countDropped(MptcpOption option) {
    if (option instanceof AddAddr addAddr) {
      counters.increment(addAddr.echo() ? Mib.ECHO_ADD_TX_DROP : Mib.ADD_ADDR_TX_DROP);
    } else if (option instanceof RemoveAddr removeAddr) {
      counters.add(Mib.RM_ADDR_TX_DROP, removeAddr.addressIds().size());
    }
  }

  @Override
  public int segmentLimit(int seq, int maxBytes) {
    return tx.limit(seq, maxBytes);
  }

  @Override
  public int reservedOptionBytes() {
    return window.dssBytes();
  }

  @Override
  public int windowBytes(int rcvNxt) {
    return window.offer();
  }

  @Override
  public int acceptableBytes() {
    return window.acceptable();
  }

  @Override
  public boolean takesInOrder() {
    return window.takesInOrder(counters);
  }

  @Override
  public boolean takesOutOfOrder() {
    return window.takesOutOfOrder(counters);
  }

  @Override
  public int sendWindow(int tcpSendWindow) {
    // RFC 8684 section 3.3.5: the window belongs to the connection; what was mapped fitted into it.
    return Integer.MAX_VALUE;
  }

  @Override
  public Counters counters() {
    return counters;
  }

  /** Releases what it holds. */
  void release() {
    control = null;
  }
}
