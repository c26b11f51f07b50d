package org.mptcp4j.tcp;

import org.mptcp4j.api.EcnMode.Feedback;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/** RFC 3168 section 6.1: the receiver of a mark repeats ECE until the sender answers by CWR. */
final class ClassicEcn extends Ecn {

  private boolean demandCwr;
  private boolean queueCwr;
  private boolean markable = true;

  @Override
  Ecn onSynAgain(RxSegment syn, TcpOptions options) {
    // RFC 3168 section 6.1.1: after a SYN that asks for nothing no packet may be marked.
    markable &= (syn.flags() & FLAGS) != 0;
    // RFC 9768 section 3.1.5: who knows Accurate ECN stays with what the first SYN led to.
    boolean stays = options.ecn().incoming() == Feedback.ACCURATE;
    return stays ? this : ofSyn(syn, options); // the second may ask for less
  }

  @Override
  void onCrossedSynAck(RxSegment synAck) {
    // RFC 3168 section 6.1.1: no packet may be marked after an answer that does not agree.
    markable &= (synAck.flags() & FLAGS) == TcpFlags.ECE;
  }

  @Override
  boolean isContradictedBy(RxSegment syn, TcpOptions options) {
    return options.ecn().incoming() == Feedback.ACCURATE && asksAccurate(syn);
  }

  @Override
  int flagsOfSynAck(int timeouts) {
    return TcpFlags.ECE;
  }

  @Override
  void onSegment(RxSegment seg, AckPolicy acks, boolean sack) {
    if (seg.payloadLength() == 0) {
      return; // RFC 3168 section 6.1.4: only packets with data are ECN-capable
    }
    if ((seg.flags() & TcpFlags.CWR) != 0) {
      // Section 6.1.3: the mark has had its effect; one on this very packet is a new one.
      demandCwr = false;
      acks.immediate();
    }
    if (seg.ecn() == CE) {
      demandCwr = true;
      acks.immediate();
    }
  }

  @Override
  int onAck(RxSegment seg, long delivered, int mss) {
    if ((seg.flags() & TcpFlags.ECE) == 0 || seg.syn()) {
      return 0;
    }
    int packets = (int) ((delivered + mss - 1) / mss);
    countDelivered(packets);
    return Math.max(1, packets);
  }

  @Override
  void onWindowReduced() {
    queueCwr = true;
  }

  @Override
  boolean wantsSinglePacket() {
    return queueCwr;
  }

  @Override
  int takeFlags(boolean pure, boolean newData) {
    int flags = demandCwr ? TcpFlags.ECE : 0;
    if (newData && queueCwr) {
      // Section 6.1.2: CWR goes with the first new data after the reduction.
      queueCwr = false;
      flags |= TcpFlags.CWR;
    }
    return flags;
  }

  @Override
  int codePoint(boolean newData) {
    // RFC 3168 sections 6.1.4 to 6.1.6: neither what was sent before, nor probes, nor pure ACKs.
    return newData && markable ? ECT_0 : NOT_ECT;
  }
}
