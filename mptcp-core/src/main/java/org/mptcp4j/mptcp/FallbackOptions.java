package org.mptcp4j.mptcp;

import java.util.Optional;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.tcp.TcpSock;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.MpFail;
import org.mptcp4j.wire.MpFastclose;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TxSegment;

/**
 * The extension of a {@code TcpSock} whose connection spoke MPTCP and fell back: RFC 8684 section
 * 3.7. It says what a peer that does not know yet has to be told: MP_FAIL, the mappings of what is
 * sent again, the infinite mapping on the first new data, and DATA_ACKs until the peer's own
 * infinite mapping comes. And it hears what such a peer still says.
 */
final class FallbackOptions extends PlainTcp {
  /** An MP_FAIL that is not answered is repeated after that time, and twice of it, and so on. */
  private static final long REPEAT_NS = 1_000_000_000L;

  /** A peer that does not answer MP_FAIL for so long is given up; Linux waits as long. */
  private static final long PATIENCE_NS = 120_000_000_000L;

  /** Answers to MP_FAIL: two ends must not answer each other's answers for ever. */
  private static final int ANSWERS = 8;

  /** What is known of the peer. */
  private enum Peer {
    /** It may go on with MPTCP. */
    UNTOLD,
    /** It answered, or sends without options: it need not be asked again. */
    HEARD,
    /** It sent an infinite mapping, or never used another: it wants to hear nothing more. */
    PLAIN
  }

  private final FallbackCause cause;
  private final SessionKeys keys;
  private final ReceiveWindow window;
  private final Counters counters;
  private final TxMappings tx;
  private final int firstSeq;
  private final int infiniteSeq;
  private final long infiniteDsn;
  private final long failedDsn;
  private final int streamOffset; // of a data sequence number to the subflow's, modulo 2^32
  private final int mappedOffset; // the same as the last mapping had it
  private Peer peer;
  private boolean infiniteDue; // until it is acknowledged
  private boolean failDue;
  private int unnumberedEnd; // 1 when the peer's stream ended by a FIN of TCP alone
  private int answersLeft = ANSWERS;
  private boolean knows; // the peer does: it said so, or has the infinite mapping
  private CloseReason reset = CloseReason.NONE; // what a reset says
  private boolean reminded; // by an MP_FAIL, although it was to be told nothing
  private long repeatNs = Long.MAX_VALUE;
  private long intervalNs = REPEAT_NS;
  private long giveUpNs = Long.MAX_VALUE;

  /**
   * Makes one; nothing of the subflow is changed yet.
   *
   * @param cause why it falls back
   * @param subflow the only one that there is
   * @param endDsn data sequence number of the byte that follows all that it was given
   */
  FallbackOptions(
      FallbackCause cause, MptcpTcpSock subflow, long endDsn, SessionKeys keys, MetaSock meta) {
    super(meta.window(), meta.counters());
    this.cause = cause;
    this.keys = keys;
    window = meta.window();
    counters = meta.counters();
    SubflowInput in = subflow.input();
    TcpSock tcp = subflow.tcp();
    tx = subflow.options().tx();
    firstSeq = subflow.options().firstSeq();
    infiniteSeq = tcp.sndEnd();
    infiniteDsn = endDsn;
    boolean mapped = in.mappings().size() > 0;
    failedDsn =
        cause == FallbackCause.CHECKSUM && mapped ? in.mappings().firstDsn() : window.next();
    streamOffset = subflow.streamOffset(meta.nextByte());
    mappedOffset =
        mapped
            ? (int) in.mappings().lastDsn() - (in.mappings().lastSeq() - subflow.mappedFrom())
            : streamOffset;
    peer = cause.mapsInfinitely() ? Peer.UNTOLD : Peer.PLAIN;
    knows = cause == FallbackCause.INFINITE_MAPPING;
    infiniteDue = cause.mapsInfinitely();
    failDue = cause.fails();
  }

  // ---- what is said

  @Override
  public void writeOptions(long nowNs, TxSegment segment) {
    if ((segment.flags() & TcpFlags.RST) != 0) {
      writeReset(segment.options());
      return;
    }
    int special = TcpFlags.SYN | TcpFlags.FIN;
    if (peer != Peer.PLAIN || failDue) {
      if (segment.payloadLength() > 0) {
        writeMapping(segment.seq(), segment.options());
      } else if ((segment.flags() & special) == 0) {
        writeAck(nowNs, segment.options());
      }
    }
    super.writeOptions(nowNs, segment);
  }

  /**
   * RFC 8684 section 3.5: to a peer that still speaks MPTCP a reset says that the connection is
   * over; it would take it for the end of a subflow, and wait for another one.
   */
  private void writeReset(TcpOptionWriter out) {
    Optional<MptcpOption> fastclose = fastclose();
    if (fastclose.isEmpty()) {
      return;
    }
    if (out.mptcp(fastclose.get())) {
      counters.increment(Mib.MP_FASTCLOSE_TX);
    }
    if (reset.resetOption().isPresent() && out.mptcp(reset.resetOption().get())) {
      counters.increment(Mib.MP_RST_TX);
    }
  }

  private Optional<MptcpOption> fastclose() {
    boolean told = knows || reset.manner() != CloseReason.Manner.FASTCLOSE;
    return told ? Optional.empty() : Optional.of(new MpFastclose(keys.remoteKey()));
  }

  @Override
  void resetSays(CloseReason why) {
    reset = why;
  }

  @Override
  Optional<? extends MptcpOption> lastWord() {
    return fastclose();
  }

  private void writeMapping(int seq, TcpOptionWriter out) {
    int position = tx.find(seq);
    if (position >= 0) {
      tx.write(position, firstSeq, keys.checksum(), window.ackFlags(), dataAck(), out);
    } else if (infiniteDue && seq == infiniteSeq) {
      writeInfinite(out);
    }
  }

  /** RFC 8684 section 3.3.1: a length of 0, and a checksum of 0 where checksums are used. */
  private void writeInfinite(TcpOptionWriter out) {
    int ssn = infiniteSeq - firstSeq + 1;
    int flags = window.ackFlags() | Dss.MAP | Dss.DSN64;
    boolean written =
        keys.checksum()
            ? out.dssWithChecksum(flags, dataAck(), infiniteDsn, ssn, 0, 0)
            : out.dss(flags, dataAck(), infiniteDsn, ssn, 0);
    if (written) {
      counters.increment(Mib.INFINITE_MAP_TX);
    }
  }

  private void writeAck(long nowNs, TcpOptionWriter out) {
    if (!failDue) {
      writeDataAck(dataAck(), out);
      return;
    }
    failDue = false;
    if (out.mptcp(new MpFail(failedDsn))) {
      counters.increment(Mib.MP_FAIL_TX);
    }
    // RFC 8684 section 3.7: failed data is not acknowledged at the data level.
    writeDataAck(cause == FallbackCause.CHECKSUM ? failedDsn : dataAck(), out);
    if (cause.asks() && peer == Peer.UNTOLD) {
      giveUpNs = Math.min(giveUpNs, nowNs + PATIENCE_NS);
      repeatNs = Math.min(giveUpNs, nowNs + intervalNs);
      intervalNs *= 2;
    }
  }

  private void writeDataAck(long dataAck, TcpOptionWriter out) {
    out.dss(window.ackFlags(), dataAck, 0, 0, 0);
  }

  /** What came with a data sequence number: a FIN of TCP has none. */
  private long dataAck() {
    return window.next() - unnumberedEnd;
  }

  /** The peer's stream ends with a FIN of TCP; no DATA_FIN said so. */
  @Override
  void endedByFin() {
    unnumberedEnd = 1;
  }

  /** Whether an acknowledgement must leave at once. */
  @Override
  boolean owesAck() {
    return failDue;
  }

  /** Everything before {@code una} is acknowledged by TCP. */
  @Override
  void acknowledged(int una) {
    tx.acknowledged(una);
    boolean arrived = Seq32.gt(una, infiniteSeq);
    knows |= infiniteDue && arrived;
    infiniteDue &= !arrived;
  }

  /** When the peer's answer to MP_FAIL is missed; {@link Long#MAX_VALUE} for never. */
  @Override
  long deadlineNs() {
    return repeatNs;
  }

  /**
   * The answer is missed: asks again, or gives up.
   *
   * <p>A peer whose data is corrupted must know. Where only options were lost, TCP goes on.
   */
  @Override
  Decision onTimeout(long nowNs, TcpSock tcp) {
    if (nowNs < repeatNs) {
      return Decision.NONE;
    }
    repeatNs = Long.MAX_VALUE;
    if (nowNs < giveUpNs) {
      askAgain(tcp);
      return Decision.NONE;
    }
    return cause == FallbackCause.CHECKSUM ? Decision.PROTOCOL_ERROR : Decision.NONE;
  }

  private void askAgain(TcpSock tcp) {
    failDue = true;
    tcp.requestAck();
  }

  // ---- what is heard

  /** A segment of a peer that may not know yet, or says that it does. */
  @Override
  Decision onSegment(RxSegment segment, TcpSock tcp, MetaSock meta) {
    if (!segment.options().hasMptcp()) {
      if (segment.payloadLength() > 0 && cause == FallbackCause.CHECKSUM) {
        heard(Peer.HEARD);
      }
      return Decision.NONE;
    }
    Dss dss = segment.options().dss();
    if (dss.hasMapping()) {
      if (segment.payloadLength() > 0 && !fits(dss)) {
        // What it maps is not what comes next: it would be delivered twice, or be missing.
        counters.increment(Mib.DSS_NOT_MATCHING);
        return Decision.PROTOCOL_ERROR;
      }
      mapping(segment, dss, tcp, meta);
    }
    if (segment.options().mptcp(MpFail.class) != null) {
      failed(tcp);
    } else if (dss.hasAck() && Seq32.gt(segment.ack(), infiniteSeq)) {
      remind(tcp);
    }
    return keys.isFastclose(segment, counters) ? Decision.PEER_RESET : Decision.NONE;
  }

  /**
   * A peer that was told nothing goes on with MPTCP when it has received what came without a
   * mapping: it cannot fall back by itself, since it may count a second subflow.
   */
  private void remind(TcpSock tcp) {
    if (peer == Peer.PLAIN && !cause.mapsInfinitely() && answersLeft > 0) {
      answersLeft--;
      reminded = true;
      askAgain(tcp);
    }
  }

  private boolean fits(Dss dss) {
    int offset = (int) dss.dsn() - dss.ssn();
    return offset == streamOffset || offset == mappedOffset;
  }

  private void mapping(RxSegment segment, Dss dss, TcpSock tcp, MetaSock meta) {
    if (dss.length() == 0) {
      if (segment.payloadLength() > 0) {
        counters.increment(Mib.INFINITE_MAP_RX);
        knows = true;
        heard(Peer.PLAIN);
      }
    } else if (dss.dataFin() && segment.payloadLength() == 0) {
      // The end, if no byte was added or taken away on the way; else the FIN of TCP says so.
      long dsn = dss.dsn64() ? dss.dsn() : Seq64.expand(window.next(), (int) dss.dsn());
      if (dsn == window.next()) {
        meta.peerFin(dsn);
      }
      tcp.requestAck();
    }
  }

  private void failed(TcpSock tcp) {
    counters.increment(Mib.MP_FAIL_RX);
    if (reminded) {
      answersLeft = 0; // it is the answer: the peer knows
      return;
    }
    boolean answer = cause.asks() && peer == Peer.UNTOLD;
    knows |= answer;
    heard(Peer.HEARD);
    if (!answer && peer != Peer.PLAIN && answersLeft > 0) {
      answersLeft--;
      askAgain(tcp);
    }
  }

  private void heard(Peer now) {
    if (now.compareTo(peer) > 0) {
      peer = now;
    }
    repeatNs = Long.MAX_VALUE;
    giveUpNs = Long.MAX_VALUE;
  }

  // ---- lengths

  @Override
  public int segmentLimit(int seq, int maxBytes) {
    return tx.limit(seq, maxBytes);
  }

  @Override
  public int reservedOptionBytes() {
    return peer != Peer.PLAIN && (infiniteDue || tx.size() > 0) ? window.dssBytes() : 0;
  }
}
