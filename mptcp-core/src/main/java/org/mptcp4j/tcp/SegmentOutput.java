package org.mptcp4j.tcp;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * Forms the segments that leave: addresses, numbers, window, options, payload by the sender's plan.
 */
final class SegmentOutput {

  private SegmentOutput() {}

  /** A SYN, or the answer to one. */
  static void syn(long nowNs, Tcb tcb, TxSegment out, boolean answer) {
    tcb.sender.onSynSent(nowNs, tcb.config);
    tcb.handshake.onSynSent();
    Sender sender = tcb.sender;
    int repetitions = sender.timer.backoffs();
    int asks = Ecn.flagsOfSyn(Ecn.asked(tcb.config.options().ecn(), repetitions));
    int flags = answer ? TcpFlags.ACK | tcb.ecn.flagsOfSynAck(repetitions) : asks;
    sender.addToSyn(out, tcb.synRoomBytes());
    emit(nowNs, tcb, out, 0, TcpFlags.SYN | flags);
  }

  /** An ACK without payload. */
  static void ack(long nowNs, Tcb tcb, TxSegment out) {
    emit(nowNs, tcb, out, acceptable(tcb), TcpFlags.ACK);
  }

  /** The ACK that is due, if one is. */
  static boolean ackIfDue(long nowNs, Tcb tcb, TxSegment out) {
    boolean due = tcb.receiver.acks.due();
    if (due) {
      ack(nowNs, tcb, out);
    }
    return due;
  }

  /** A RST at the place where the peer expects our next byte. */
  static void reset(long nowNs, Tcb tcb, TxSegment out) {
    emit(nowNs, tcb, out, acceptable(tcb), TcpFlags.RST | TcpFlags.ACK);
  }

  /** The same in the form of RFC 9293 section 3.10.7.1, of a socket that is gone. */
  static void resetInAnswer(long nowNs, Tcb tcb, TxSegment out) {
    emit(nowNs, tcb, out, acceptable(tcb), TcpFlags.RST);
  }

  /**
   * SND.NXT, or the end of a window that was taken back: beyond it the peer would drop what it gets
   * (RFC 9293 section 3.10.7.4). It may lie beyond by less than the unit of a scaled window.
   */
  private static long acceptable(Tcb tcb) {
    Sender sender = tcb.sender;
    long end = sender.una() + sender.windowBytes();
    int scale = tcb.handshake.sendScale();
    boolean told = sender.una() > 0; // the peer's first window comes with its first ACK
    boolean takenBack = told && sender.nxt() - end >= 1L << scale;
    // RFC 8684 section 3.3.1: beyond it may lie what another subflow was told the window for.
    return takenBack && sender.window().onceAdmitted(sender.nxt(), scale) ? end : sender.nxt();
  }

  /** An old sequence number without data: the peer answers with an ACK and its window. */
  static void probe(long nowNs, Tcb tcb, TxSegment out) {
    emit(nowNs, tcb, out, tcb.sender.una() - 1, TcpFlags.ACK);
  }

  /** A retransmission or new data, if any may leave now. */
  static boolean data(long nowNs, Tcb tcb, TxSegment out) {
    Sender sender = tcb.sender;
    int fullMss = tcb.fullMss();
    int mss = tcb.payloadMss(fullMss);
    tcb.updateMss(fullMss);
    if (sender.pace(nowNs)) {
      return false;
    }
    boolean repairs = sender.planRepair(tcb.ext, tcb.cc, mss, tcb.handshake.sendScale());
    int full = repairs ? mss : planNew(nowNs, tcb, mss);
    if (full == 0) {
      // Before the handshake is over the timer is that of the SYN/ACK: RFC 7413 section 4.2.2.
      if (tcb.state().isSynchronized()) {
        sender.watchWindow(nowNs, tcb.config);
      }
      return false;
    }
    int flags = TcpFlags.ACK | sender.fill(out);
    if (out.payloadLength() > full) {
      out.gsoSize(full);
      // The end of what leaves at once: receivers that merge packets wait no longer. As Linux.
      flags |= TcpFlags.PSH;
    }
    if (repairs) {
      countRepair(tcb, out.payloadLength(), full);
    }
    sender.recovery.onData((out.payloadLength() + full - 1) / full);
    long offset = sender.planOffset();
    sender.commit(nowNs, tcb.cc, tcb.config);
    if (tcb.state().isSynchronized()) {
      // RFC 7413 section 4.2.2: before that it is the SYN/ACK that is sent again.
      sender.armProbe(nowNs, full, tcb.config);
    }
    emit(nowNs, tcb, out, offset, flags);
    MtuDiscovery.onSent(nowNs, tcb, out, offset, full);
    return true;
  }

  private static void countRepair(Tcb tcb, int bytes, int mss) {
    LossRecovery recovery = tcb.sender.recovery;
    Mib sentAgain = recovery.isFast() ? Mib.TCP_FAST_RETRANS : Mib.TCP_SLOW_START_RETRANS;
    int segments = Math.max(1, (bytes + mss - 1) / mss); // a FIN alone is one, too
    tcb.ext.counters().add(recovery.isOpen() ? Mib.TCP_LOSS_PROBES : sentAgain, segments);
  }

  /** Plans new data; returns the payload of a full segment, 0 when nothing may leave now. */
  private static int planNew(long nowNs, Tcb tcb, int mss) {
    int probe = MtuDiscovery.probeBytes(nowNs, tcb, mss);
    if (probe > 0) {
      if (MtuDiscovery.plan(nowNs, tcb, probe, mss)) {
        return probe;
      }
      if (MtuDiscovery.waits(tcb, probe, mss)) {
        return 0;
      }
    }
    return tcb.sender.planNew(nowNs, tcb.ext, tcb.cc, tcb.ecn, mss) ? mss : 0;
  }

  private static void emit(long nowNs, Tcb tcb, TxSegment out, long offset, int flags) {
    FourTuple tuple = tcb.tuple;
    Handshake handshake = tcb.handshake;
    Receiver receiver = tcb.receiver;
    boolean syn = (flags & TcpFlags.SYN) != 0;
    boolean ack = (flags & TcpFlags.ACK) != 0;
    out.src(tuple.local()).srcPort(tuple.localPort());
    out.dst(tuple.remote()).dstPort(tuple.remotePort());
    out.trafficClass(tcb.trafficClass())
        .hopLimit(tcb.hopLimit())
        .seq(tcb.sender.seqOf(offset))
        .flags(flags);
    boolean pure = out.seqLength() == 0;
    if (!syn && (flags & TcpFlags.RST) == 0) {
      signal(tcb, out, pure);
    }
    out.ack(ack ? receiver.nxtSeq() : 0);
    out.window(receiver.advertise(tcb.ext, syn ? 0 : handshake.receiveScale()));
    if (syn) {
      handshake.writeSyn(nowNs, out.options(), ack, tcb.config);
    } else if (handshake.clock.enabled() && !(pure && tcb.ext.displacesTimestamps())) {
      out.options().timestamps(handshake.clock.value(nowNs), handshake.clock.recent());
    }
    tcb.ext.writeOptions(nowNs, out);
    if (syn && ack) {
      tcb.ecn.writeOptionOfSynAck(out.options(), handshake.stampsEnd());
    } else if (ack && (flags & TcpFlags.RST) == 0) {
      writeFeedback(tcb, out, pure);
    }
    if (ack) {
      receiver.acks.onAckSent(pure, !handshake.sack());
    }
    tcb.segmentsOut++;
  }

  /** What came, in options: marks first, since less of them is of use, then what is missing. */
  private static void writeFeedback(Tcb tcb, TxSegment out, boolean pure) {
    boolean sack = tcb.handshake.sack() && (pure || tcb.sackBytes() > 0);
    if (tcb.ecn != Ecn.OFF) {
      int blocks = sack ? Math.min(tcb.receiver.sackBlocks(), out.options().sackRoom()) : 0;
      boolean data = out.payloadLength() > 0;
      if (!data || tcb.ecnOptionBytes(tcb.ext.reservedOptionBytes()) > 0) {
        tcb.ecn.writeOption(out.options(), data, blocks);
      }
    }
    if (sack) {
      tcb.receiver.writeSack(out.options(), tcb.ext.counters());
    }
  }

  /** Congestion marks: what came is told, and what may be marked says so. */
  private static void signal(Tcb tcb, TxSegment out, boolean pure) {
    boolean newData = out.payloadLength() > 0 && !tcb.sender.planRepeats();
    boolean bare = pure && tcb.receiver.oooBytes() == 0; // there will be no SACK blocks
    out.flags(out.flags() | tcb.ecn.takeFlags(bare, newData));
    out.trafficClass(out.trafficClass() | tcb.ecn.codePoint(newData));
  }
}
