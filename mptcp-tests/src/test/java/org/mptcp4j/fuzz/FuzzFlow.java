package org.mptcp4j.fuzz;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.testkit.peer.MptcpKeys;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssChecksum;
import org.mptcp4j.wire.InternetChecksum;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * One TCP flow at the peer's end, and what it sends. Sequence numbers are relative to the SYN's.
 * Every number of the flow has its byte of the data stream from the moment it is laid out, so that
 * holes, repeats and overlaps carry the right bytes.
 */
final class FuzzFlow {
  /** Where the flow is, for the peer. */
  enum Life {
    SYN_SENT,
    SYN_CAME,
    UP,
    DEAD
  }

  /** Numbers of the flow that follow each other in the data stream, too. */
  record Piece(long seq, long end, long dsn) {
    long dsnAt(long at) {
      return dsn + (at - seq);
    }
  }

  private static final int FLOW_IDS = 0x0101_0101;

  final StackRun run;
  final Session session;
  final IpAddress local;
  final int localPort;
  final IpAddress remote;
  final int remotePort;
  final int link;
  final boolean first;
  final int iss;
  final int localNonce;
  Life life;
  int irs;
  boolean irsKnown;
  int remoteNonce;
  int addressId;

  /** Whether both ends agreed on timestamps. */
  boolean timestamps;

  int timestampToEcho;

  /** What the window field is shifted by, as this end has said. */
  int scale;

  int window = 0xffff;

  /** The number behind all that is laid out. */
  long layoutEnd = 1;

  /** The number behind all that was sent. */
  long sentMax = 1;

  long finSeq = -1;

  /** Numbers that were mapped. */
  final Spans mapped = new Spans();

  /** Numbers that have a mapping at the stack for sure: it came with something that was new. */
  final Spans known = new Spans();

  private final Spans handedOver = new Spans();

  private final TreeMap<Long, Piece> layout = new TreeMap<>();

  /** Mappings with a checksum are units: where they begin, and their length. */
  private final TreeMap<Long, Integer> units = new TreeMap<>();

  /** What the stack acknowledged. */
  long acked;

  private boolean leftUnmapped;

  final Spans came = new Spans();
  long stackFin = -1;

  /** Something was sent that this model does not follow. */
  boolean untracked;

  /** Data was sent without the option that maps it, which may not have been taken. */
  boolean bare;

  /** It joined with a wrong HMAC: nothing of it may be taken. */
  boolean forged;

  /** The stack may end it without being asked by the peer. */
  boolean mayDie;

  FuzzFlow(StackRun run, Session session, StackRun.Ends ends, boolean first, Life life) {
    this.run = run;
    this.session = session;
    this.local = ends.peer();
    this.localPort = ends.peerPort();
    this.remote = ends.stack();
    this.remotePort = ends.stackPort();
    this.link = ends.link();
    this.first = first;
    this.life = life;
    iss = 0xffff_f000 + session.flows.size() * FLOW_IDS;
    localNonce = 0x5eed + session.flows.size();
    addressId = first ? 0 : link + 1;
    session.flows.add(this);
  }

  /** Whether data may be sent and comes. */
  boolean carries() {
    return life == Life.UP && finSeq < 0;
  }

  /** The stack acknowledges what is before a number. */
  void acknowledged(long number) {
    acked = Math.max(acked, number);
    boolean maps = session.mptcp && !session.infinite;
    leftUnmapped |= maps && known.firstMissing(1) < Math.min(acked, layoutEnd);
  }

  /** Whether bytes were acknowledged that had no mapping: they may be given up. */
  boolean leftUnmapped() {
    return leftUnmapped;
  }

  // ---- the layout

  /** Gives so many more numbers the bytes of the stream from there on. */
  void layOut(long count, long dsn) {
    Map.Entry<Long, Piece> last = layout.lastEntry();
    Piece piece = new Piece(layoutEnd, layoutEnd + count, dsn);
    if (last != null && last.getValue().dsnAt(layoutEnd) == dsn) {
      piece = new Piece(last.getKey(), layoutEnd + count, last.getValue().dsn());
    }
    layout.put(piece.seq(), piece);
    layoutEnd += count;
  }

  /** Gives so many more numbers new bytes; none when an innocent stream has ended. */
  long layOutNew(long count) {
    if (session.finDsn >= 0 && session.innocent) {
      return 0;
    }
    layOut(count, session.dataNxt);
    session.dataNxt += count;
    return count;
  }

  /** The piece with that number, which must be laid out. */
  Piece piece(long seq) {
    return layout.floorEntry(seq).getValue();
  }

  /** Whether it follows the stream without a jump. */
  boolean isLinear() {
    return layout.size() < 2;
  }

  byte[] content(long dsn, int length) {
    var out = Unpooled.buffer(length, length);
    session.toStack.write(out, dsn - 1, length);
    return out.array();
  }

  // ---- segments

  TxSegment segment(int flags, long seq) {
    TxSegment s = new TxSegment();
    s.src(local).srcPort(localPort).dst(remote).dstPort(remotePort).linkIndex(link);
    s.seq(iss + (int) seq).flags(flags).window(window);
    if ((flags & TcpFlags.ACK) != 0) {
      s.ack(irs + (int) rcvNxt());
    }
    if (timestamps && (flags & TcpFlags.SYN) == 0) {
      s.options().timestamps(run.clockMs(), timestampToEcho);
    }
    return s;
  }

  TxSegment ackSegment() {
    return segment(TcpFlags.ACK, finSeq >= 0 ? finSeq + 1 : sentMax);
  }

  /** What this end acknowledges: all that came in order. */
  long rcvNxt() {
    long next = came.firstMissing(0);
    return next == stackFin ? next + 1 : next;
  }

  void dataAck(TxSegment s, long relative) {
    if (session.remoteKey != 0 && !session.infinite) {
      s.options().dssAck64(session.rawAck(relative));
    }
  }

  /** Acknowledges what came; with a number that fits, whatever was sent beyond the window. */
  void ack() {
    TxSegment s = segment(TcpFlags.ACK, Math.max(1, acked));
    dataAck(s, session.dataRcvNxt());
    run.send(s);
  }

  /**
   * Sends laid out numbers, as many as one mapping can cover, with an exact mapping or the unit
   * that they belong to.
   *
   * @return how many
   */
  int sendMapped(long seq, int most) {
    Piece piece = piece(seq);
    int length = (int) Math.min(most, Math.min(piece.end(), layoutEnd) - seq);
    long from = seq;
    int covered = length;
    if (session.checksum) {
      Map.Entry<Long, Integer> unit = units.floorEntry(seq);
      if (unit != null && unit.getKey() + unit.getValue() > seq) {
        from = unit.getKey();
        covered = unit.getValue();
        length = (int) Math.min(length, from + covered - seq);
      } else {
        Long next = units.higherKey(seq);
        length = next == null ? length : (int) Math.min(length, next - seq);
        covered = length;
      }
    }
    sendPayload(seq, length, Dss.DSN64, from, covered);
    return length;
  }

  /** Sends laid out numbers with a mapping of others or the same; without one when that is 0. */
  void sendPayload(long seq, int length, int dssFlags, long mapFrom, int mapLength) {
    TxSegment s = segment(TcpFlags.ACK | TcpFlags.PSH, seq);
    if (session.mptcp && mapLength > 0) {
      map(s, dssFlags, mapFrom, mapLength);
      if (isNew(seq, length)) {
        known.add(mapFrom, mapFrom + mapLength);
      }
    } else {
      dataAck(s, session.dataRcvNxt());
    }
    sendPayload(s, seq, length);
  }

  /** RFC 9293 section 3.10.7.4: of a segment without anything new the options are not looked at. */
  private boolean isNew(long seq, int length) {
    boolean again = handedOver.containsAll(seq, seq + length);
    return seq + length > acked && (!again || run.completing);
  }

  /** Sends laid out numbers in a segment that has its options. */
  void sendPayload(TxSegment s, long seq, int length) {
    addPayload(s, seq, length);
    run.send(s);
  }

  void addPayload(TxSegment s, long seq, int length) {
    long at = seq;
    while (at < seq + length) {
      Piece piece = piece(at);
      int n = (int) (Math.min(seq + length, piece.end()) - at);
      s.addPayload(Unpooled.wrappedBuffer(content(piece.dsnAt(at), n)), 0, n);
      session.sent.add(piece.dsnAt(at), piece.dsnAt(at) + n);
      at += n;
    }
    sentMax = Math.max(sentMax, seq + length);
    handedOver.add(seq, seq + length);
  }

  /** Puts a mapping into a segment, with the checksum of its bytes when one was agreed. */
  void map(TxSegment s, int extraFlags, long from, int length) {
    long dsn = piece(from).dsnAt(from);
    boolean fin = (extraFlags & Dss.DATA_FIN) != 0;
    int counted = length + (fin ? 1 : 0);
    int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | extraFlags;
    long ack = session.rawAck(session.dataRcvNxt());
    noteMapping(from, length);
    if (session.checksum) {
      int sum = InternetChecksum.sum(content(dsn, length), 0, length);
      int checksum = DssChecksum.compute(session.rawDsn(dsn), (int) from, counted, sum);
      // 8 bytes of DATA_ACK do not fit beside timestamps.
      flags &= timestamps ? ~Dss.ACK64 : ~0;
      s.options().dssWithChecksum(flags, ack, session.rawDsn(dsn), (int) from, counted, checksum);
    } else {
      s.options().dss(flags, ack, session.rawDsn(dsn), (int) from, counted);
    }
  }

  /** Where the mapping with a checksum that reaches there begins, else what the caller says. */
  long unitStart(long seq, long otherwise) {
    Map.Entry<Long, Integer> unit = units.floorEntry(seq);
    return unit != null && unit.getKey() + unit.getValue() >= seq ? unit.getKey() : otherwise;
  }

  /** RFC 8684 section 3.3.1: with checksums a mapping is repeated as it was, or longer. */
  private void noteMapping(long from, int length) {
    if (session.checksum) {
      Map.Entry<Long, Integer> before = units.lowerEntry(from + length);
      boolean same = before != null && before.getKey() == from && before.getValue() <= length;
      // What is delivered cannot be verified again, with what is new.
      boolean late = same && before.getValue() < length && acked >= from + before.getValue();
      if (mapped.containsAny(from, from + length) && (!same || late)) {
        session.guilty();
      }
      units.merge(from, length, Math::max);
    }
    mapped.add(from, from + length);
  }

  /** Ends the stream: a DATA_FIN behind all data, or a FIN where there is no data level. */
  void endStream() {
    if (session.finDsn < 0) {
      session.finDsn = session.dataNxt;
    }
    if (!session.mptcp || session.infinite) {
      fin();
      return;
    }
    TxSegment s = ackSegment();
    int flags = Dss.ACK | Dss.ACK64 | Dss.MAP | Dss.DSN64 | Dss.DATA_FIN;
    long dsn = session.rawDsn(session.finDsn);
    long ack = session.rawAck(session.dataRcvNxt());
    if (session.checksum) {
      flags &= timestamps ? ~Dss.ACK64 : ~0;
      s.options().dssWithChecksum(flags, ack, dsn, 0, 1, DssChecksum.compute(dsn, 0, 1, 0));
    } else {
      s.options().dss(flags, ack, dsn, 0, 1);
    }
    run.send(s);
  }

  /** Ends the sending direction, behind all that is laid out. */
  void fin() {
    if (finSeq < 0) {
      finSeq = layoutEnd;
    }
    TxSegment s = segment(TcpFlags.FIN | TcpFlags.ACK, finSeq);
    dataAck(s, session.dataRcvNxt());
    run.send(s);
  }

  /** The first 64 bits of the HMAC that this end sends in a join. */
  byte[] hmac() {
    return MptcpKeys.joinHmac(session.localKey, session.remoteKey, localNonce, remoteNonce);
  }

  /** The HMAC that the stack must send. */
  byte[] hmacOfStack() {
    return MptcpKeys.joinHmac(session.remoteKey, session.localKey, remoteNonce, localNonce);
  }

  static long first64(byte[] hmac) {
    return ByteBuffer.wrap(hmac).getLong();
  }

  @Override
  public String toString() {
    return "session "
        + session.number
        + " flow "
        + session.flows.indexOf(this)
        + " ("
        + local
        + ":"
        + localPort
        + ", "
        + life
        + ")";
  }
}
