package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/** Resets that answer segments which belong to nothing. */
final class Resets {
  private Resets() {}

  /**
   * Fills in the reset for a segment.
   *
   * @param segment any but a reset
   * @param why MP_TCPRST or MP_FASTCLOSE (RFC 8684 sections 3.5 and 3.6), if there is one
   * @param link where the reset goes
   * @param out clear
   */
  static void write(
      RxSegment segment, Optional<? extends MptcpOption> why, int link, TxSegment out) {
    out.src(segment.dst()).dst(segment.src());
    out.srcPort(segment.dstPort()).dstPort(segment.srcPort());
    out.linkIndex(link);
    if (segment.hasAck()) {
      // RFC 9293 section 3.10.7.1: <SEQ=SEG.ACK><CTL=RST>
      out.seq(segment.ack()).flags(TcpFlags.RST);
    } else {
      // RFC 9293 section 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
      out.seq(0).ack(segment.seq() + segment.seqLength()).flags(TcpFlags.RST | TcpFlags.ACK);
    }
    why.ifPresent(out.options()::mptcp);
  }
}
