package org.mptcp4j.tcp;

import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * Forms the segments that leave: addresses, numbers, window, options, payload by the sender's plan.
 */
final class SegmentOutput {

  private final TcpConfig config;
  private final FourTuple tuple;
  private final TcpExtension ext;
  private final Handshake handshake;
  private final Sender sender;
  private final Receiver receiver;
  private int startedMss;
  private long segments;

  SegmentOutput(
      TcpConfig config,
      FourTuple tuple,
      TcpExtension ext,
      Handshake handshake,
      Sender sender,
      Receiver receiver) {
    this.config = config;
    this.tuple = tuple;
    this.ext = ext;
    this.handshake = handshake;
    this.sender = sender;
    this.receiver = receiver;
  }

  long segments() {
    return segments;
  }

  /** Whether {@link #start} was called. */
  boolean started() {
    return startedMss != 0;
  }

  /** The handshake is over: congestion control learns the segment size. */
  void start(long nowNs, CongestionControl cc) {
    startedMss = handshake.payloadMss(ext.reservedOptionBytes());
    cc.start(nowNs, startedMss);
  }

  /** A SYN, or the answer to one. */
  void syn(long nowNs, TxSegment out, boolean answer) {
    sender.onSynSent(nowNs, config);
    emit(nowNs, out, 0, answer ? TcpFlags.SYN | TcpFlags.ACK : TcpFlags.SYN);
  }

  /** An ACK without payload. */
  void ack(long nowNs, TxSegment out) {
    emit(nowNs, out, sender.nxt(), TcpFlags.ACK);
  }

  /** A RST at the place where the peer expects our next byte. */
  void reset(long nowNs, TxSegment out) {
    emit(nowNs, out, sender.nxt(), TcpFlags.RST | TcpFlags.ACK);
  }

  /** An old sequence number without data: the peer answers with an ACK and its window. */
  void probe(long nowNs, TxSegment out) {
    emit(nowNs, out, sender.una() - 1, TcpFlags.ACK);
  }

  /** A retransmission or new data, if any may leave now. */
  boolean data(long nowNs, TxSegment out, CongestionControl cc) {
    int mss = handshake.payloadMss(ext.reservedOptionBytes());
    if (mss != startedMss) {
      startedMss = mss;
      cc.mss(mss);
    }
    if (!sender.planRetransmit(ext, cc, mss)
        && !sender.planNew(nowNs, ext, cc, mss, config.nagle())) {
      sender.watchWindow(nowNs, config);
      return false;
    }
    int flags = TcpFlags.ACK | sender.fill(out);
    if (out.payloadLength() > mss) {
      out.gsoSize(mss);
    }
    long offset = sender.planOffset();
    sender.commit(nowNs, config);
    emit(nowNs, out, offset, flags);
    return true;
  }

  private void emit(long nowNs, TxSegment out, long offset, int flags) {
    boolean syn = (flags & TcpFlags.SYN) != 0;
    boolean ack = (flags & TcpFlags.ACK) != 0;
    out.src(tuple.local()).srcPort(tuple.localPort());
    out.dst(tuple.remote()).dstPort(tuple.remotePort());
    out.hopLimit(config.hopLimit()).seq(sender.seqOf(offset)).flags(flags);
    out.ack(ack ? receiver.nxtSeq() : 0);
    out.window(receiver.advertise(ext, syn ? 0 : handshake.receiveScale()));
    if (syn) {
      handshake.writeSyn(out.options(), ack, nowNs, config);
    } else if (handshake.clock.enabled()) {
      out.options().timestamps(handshake.clock.value(nowNs), handshake.clock.recent());
    }
    ext.writeOptions(nowNs, out);
    boolean pure = out.seqLength() == 0;
    if (pure && handshake.sack() && (flags & TcpFlags.RST) == 0) {
      receiver.writeSack(out.options());
    }
    if (ack) {
      receiver.acks.onAckSent(pure, !handshake.sack());
    }
    segments++;
  }
}
