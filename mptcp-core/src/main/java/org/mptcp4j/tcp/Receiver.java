package org.mptcp4j.tcp;

import io.netty.buffer.ByteBuf;
import org.mptcp4j.info.TcpInfo;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The receive half: next expected offset, window, out-of-order data, FIN, SACK blocks. Offsets
 * count from the peer's initial sequence number.
 */
final class Receiver {

  /** What {@link #onPayload} found, as bits. */
  static final int IN_ORDER = 1;

  /** Data (or a FIN) beyond a hole was stored or refused. */
  static final int OUT_OF_ORDER = 2;

  /** In-order data reached data that waited. */
  static final int FILLED_HOLE = 4;

  /** Nothing new. */
  static final int DUPLICATE = 8;

  /** The FIN was reached. */
  static final int FIN = 16;

  /** Bytes after which round trips are measured. */
  private static final int MEASURED_FROM = 32_768;

  final AckPolicy acks;
  private int irs;
  private long nxt;
  private long edge;
  private int lastAckSent; // Last.ACK.sent: where the window begins that was advertised last
  private int advertised;
  private int widest;
  private long finOffset = -1;
  private long urgentEnd; // 0 until the peer calls something urgent
  private WaitingPieces queue; // null until something comes
  private OutOfOrderQueue ooo; // null until there is a hole
  private SackBlocks sackBlocks; // null until there is a hole or a duplicate
  private long lastDataNs = TcpInfo.NEVER;
  private ReceiveRtt rtt; // null until much has come

  Receiver(TcpConfig config) {
    acks = new AckPolicy(config.options().quickAcks());
  }

  /** The peer's SYN. */
  void onSyn(int peerIss) {
    irs = peerIss;
    nxt = 1;
    edge = 1;
    lastAckSent = nxtSeq();
  }

  /** The handshake is over; data that it brought has come before. */
  void onEstablished(long nowNs) {
    lastDataNs = Math.max(lastDataNs, nowNs);
  }

  int irs() {
    return irs;
  }

  long nxt() {
    return nxt;
  }

  /** Offset behind the last byte that has come, holes or not. */
  long highest() {
    return ooo == null || ooo.isEmpty() ? nxt : ooo.end();
  }

  int nxtSeq() {
    return irs + (int) nxt;
  }

  long lastAckSent() {
    return offsetOf(lastAckSent);
  }

  long offsetOf(int seq) {
    return nxt + Seq32.diff(seq, nxtSeq());
  }

  boolean finReached() {
    return finOffset >= 0 && nxt > finOffset;
  }

  int readableBytes() {
    return queue == null ? 0 : queue.bytes();
  }

  int readSeq() {
    return irs + (int) (nxt - (finReached() ? 1 : 0)) - readableBytes();
  }

  ByteBuf poll(int maxBytes) {
    return queue == null ? null : queue.poll(maxBytes);
  }

  /**
   * An acceptable segment has an urgent pointer: RFC 9293 section 3.10.7.4, sixth. Returns whether
   * more data is urgent than before, and waits or is to come.
   */
  boolean onUrgent(long offset, int pointer) {
    long end = offset + pointer;
    if (end <= urgentEnd || end <= nxt - readableBytes()) {
      return false;
    }
    urgentEnd = end;
    return true;
  }

  /** Bytes that are to be polled until nothing is urgent; none of them when not positive. */
  long urgentBytes() {
    return urgentEnd - (nxt - (finReached() ? 1 : 0)) + readableBytes();
  }

  int oooBytes() {
    return ooo == null ? 0 : (int) ooo.bytes();
  }

  /** Payload bytes received in order: offset 0 is the SYN, and a FIN follows the last byte. */
  long bytesReceived() {
    return Math.max(0, nxt - 1 - (finReached() ? 1 : 0));
  }

  /** When payload last came, in order or not, or else when it could begin to. */
  long lastDataNs() {
    return lastDataNs;
  }

  /** Offset behind the last byte that is acceptable: what is promised, or may be in flight. */
  long acceptableEnd(TcpExtension ext) {
    return Math.max(edge, nxt - readableBytes() + Math.max(0, ext.acceptableBytes()));
  }

  /**
   * Payload, and possibly a FIN, of an acceptable segment. Decides about the ACK, too.
   *
   * @param offset offset of the first payload byte
   * @return bits that say what it was
   */
  int onSegment(
      long nowNs,
      RxSegment seg,
      long offset,
      TimestampClock clock,
      TcpExtension ext,
      TcpConfig config) {
    if (seg.payloadLength() > 0) {
      lastDataNs = nowNs;
    }
    if (offset < nxt) {
      onDuplicate(offset, offset + seg.seqLength(), nxt);
    }
    int got = onPayload(offset, seg, acceptableEnd(ext), ext, config);
    if ((got & IN_ORDER) != 0) {
      acks.onInOrder(nowNs, seg, config);
      measure(nowNs, seg, clock);
    }
    // RFC 5681 section 4.2: at once when out of order, when a hole is filled even in part, or when
    // nothing was new; RFC 9293 section 3.10.7.4, eighth: the FIN is acknowledged.
    if ((got & OUT_OF_ORDER) != 0) {
      acks.outOfOrder(seg.segments());
      ownSackBlocks().countOutOfOrder(seg.segments());
    } else if (got != IN_ORDER || oooBytes() > 0) {
      acks.immediate();
    }
    return got;
  }

  /** Data will be given to {@link #onSegment}, of a peer that waits so long before it repeats. */
  void beforeData(long nowNs, long rtoNs, TcpConfig config) {
    if (nowNs - lastDataNs > rtoNs) {
      acks.onPause(config);
    }
  }

  /** A segment came of which nothing was acceptable: what of it we have is reported. */
  void onUnacceptable(RxSegment seg) {
    long offset = offsetOf(seg.seq());
    if (offset >= 1 && offset < nxt) {
      onDuplicate(offset, offset + seg.seqLength(), nxt);
    }
    acks.immediate();
  }

  /** RFC 2883 section 4: a segment came of which everything before an offset had come. */
  private void onDuplicate(long start, long end, long heldEnd) {
    ownSackBlocks().onDuplicate(start, Math.min(end, heldEnd));
    // Segments with data may have no room for the report.
    acks.request();
  }

  private SackBlocks ownSackBlocks() {
    if (sackBlocks == null) {
      sackBlocks = new SackBlocks();
    }
    return sackBlocks;
  }

  private void measure(long nowNs, RxSegment seg, TimestampClock clock) {
    if (rtt != null) {
      if (clock.enabled() && seg.options().hasTimestamps()) {
        rtt.onEcho(nowNs, seg.options().tsEcr(), clock);
      }
    } else if (bytesReceived() > MEASURED_FROM) {
      rtt = new ReceiveRtt();
    }
  }

  /** The round-trip time by what the peer echoes, 0 while it is unknown or under 2 ms. */
  long rttNs() {
    return rtt == null ? 0 : rtt.ns();
  }

  private int onPayload(
      long offset, RxSegment seg, long windowEnd, TcpExtension ext, TcpConfig config) {
    boolean fin = seg.fin();
    int length = seg.payloadLength();
    long limit = finOffset >= 0 ? Math.min(windowEnd, finOffset) : windowEnd;
    long start = Math.max(offset, nxt);
    long end = Math.min(offset + length, limit);
    if (fin && finOffset < 0 && offset + length <= windowEnd && offset + length >= nxt) {
      finOffset = offset + length;
    }
    int result = 0;
    if (start < end && !(start > nxt ? ext.takesOutOfOrder() : ext.takesInOrder())) {
      // As if it were lost; the acknowledgement says at once what is expected.
      result = OUT_OF_ORDER | DUPLICATE;
    } else if (start < end) {
      int index = seg.payloadIndex() + (int) (start - offset);
      result = place(start, seg.buf(), index, (int) (end - start), config);
    } else if (length > 0) {
      result = DUPLICATE;
    }
    if (finOffset >= nxt) {
      if (finOffset == nxt) {
        nxt++;
        result |= FIN;
      } else if (fin) {
        result |= OUT_OF_ORDER;
      }
    }
    return result;
  }

  private int place(long start, ByteBuf buf, int index, int length, TcpConfig config) {
    if (start > nxt) {
      // RFC 9293 section 3.10.7.4: segments with higher beginning sequence numbers may be held.
      if (ooo == null) {
        ooo = new OutOfOrderQueue(config.limits().outOfOrderPiecesPerSubflow());
      }
      reportHeld(start, start + length);
      int stored = ooo.insert(start, buf, index, length);
      int range = ooo.rangeOf(start);
      if (range != OffsetTree.NONE) {
        ownSackBlocks().onStored(ooo.rangeStart(range), ooo.rangeEnd(range));
      }
      return stored > 0 ? OUT_OF_ORDER : OUT_OF_ORDER | DUPLICATE;
    }
    if (queue == null) {
      queue = new WaitingPieces();
    }
    queue.add(buf, index, length);
    nxt += length;
    if (ooo == null || ooo.isEmpty()) {
      return IN_ORDER;
    }
    reportHeld(start, start + length);
    for (ByteBuf piece = ooo.poll(nxt); piece != null; piece = ooo.poll(nxt)) {
      nxt += piece.readableBytes();
      queue.add(piece);
    }
    if (ooo.isEmpty()) {
      ooo = null; // what comes in order needs none
    }
    // RFC 5681 section 4.2: an immediate ACK when a segment fills in all or part of a gap.
    return IN_ORDER | FILLED_HOLE;
  }

  /** RFC 2883 section 4: what waits beyond a hole came again; only the first part of it is told. */
  private void reportHeld(long start, long end) {
    int held = ooo.firstEndingAfter(start);
    if (held != OffsetTree.NONE && ooo.rangeStart(held) < end) {
      onDuplicate(Math.max(start, ooo.rangeStart(held)), end, ooo.rangeEnd(held));
    }
  }

  /** Packets that came beyond a hole, as they were on the wire. */
  long outOfOrderSegments() {
    return sackBlocks == null ? 0 : sackBlocks.outOfOrderSegments();
  }

  /** How many SACK blocks there are to tell of. */
  int sackBlocks() {
    return sackBlocks == null || acks.isOfAcks() ? 0 : sackBlocks.blocks(nxt);
  }

  /** Adds as many SACK blocks as are known and fit; a DSACK is counted. */
  void writeSack(TcpOptionWriter options, Counters counters) {
    // RFC 9768 section 3.2.2.5.1: ACKs of ACKs must not contain any.
    if (sackBlocks == null || acks.isOfAcks()) {
      return;
    }
    long dsack = sackBlocks.dsackStart();
    sackBlocks.write(options, irs, nxt);
    if (dsack >= 0 && sackBlocks.dsackStart() < 0) {
      counters.increment(dsack < nxt ? Mib.TCP_DSACK_OLD_SENT : Mib.TCP_DSACK_OFO_SENT);
    }
  }

  /**
   * The window field of a segment that leaves now, with its acknowledgement.
   *
   * @param scale shift count, 0 on a SYN
   */
  int advertise(TcpExtension ext, int scale) {
    int window = Math.max(0, ext.windowBytes(nxtSeq()));
    int field = Math.min(0xffff, window >>> scale);
    // RFC 7323 section 2.4: rounding must not take back what was promised.
    if (nxt + ((long) field << scale) < edge && nxt + window >= edge && field < 0xffff) {
      field++;
    }
    advertised = field << scale;
    widest = Math.max(widest, advertised);
    edge = Math.max(edge, nxt + advertised);
    lastAckSent = nxtSeq();
    return field;
  }

  /** The window that the peer was last told of. */
  int advertisedBytes() {
    return advertised;
  }

  /** Makes an ACK due, and returns true, when the window has grown enough to tell the peer. */
  boolean updateWindow(TcpExtension ext, int mss, int scale) {
    if (bytesReceived() == 0) {
      return false; // what the SYN offered is enough for a first flight, and its ACK tells the rest
    }
    int window = Math.max(0, ext.windowBytes(nxtSeq()));
    window = (int) Math.min((long) 0xffff << scale, window) >>> scale << scale;
    long left = Math.max(0, advertised - (nxt - lastAckSent()));
    // RFC 9293 section 3.8.6.2.2: not in small steps; here two segments or half the buffer, and
    // only
    // when the peer has used half of what it may send, because later ACKs carry the news otherwise.
    boolean worth =
        window - left >= Math.max(1, Math.min(2 * mss, widest / 2)) && left <= window / 2;
    if (worth) {
      acks.immediate();
    }
    return worth;
  }

  void keep() {
    if (queue != null) {
      queue.keep();
    }
  }

  long heldBytes() {
    return (queue == null ? 0 : queue.heldBytes()) + oooHeldBytes();
  }

  long oooHeldBytes() {
    return ooo == null ? 0 : ooo.heldBytes();
  }

  void release() {
    if (queue != null) {
      queue.release();
    }
    if (ooo != null) {
      ooo.release();
    }
  }

  void releaseOutOfOrder() {
    if (ooo != null) {
      ooo.release();
    }
    if (sackBlocks != null) {
      sackBlocks.forget();
    }
  }
}
