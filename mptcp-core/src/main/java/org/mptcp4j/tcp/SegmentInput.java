package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;

/**
 * The checks of RFC 9293 section 3.10.7.4 in their order (sequence number, RST, SYN, ACK), with the
 * hardening of RFC 5961 and the timestamp check of RFC 7323. Decides; changes nothing.
 */
final class SegmentInput {

  /** What a segment is, for a connection past SYN-SENT. */
  enum Check {
    /** Acceptable: its ACK, payload and FIN are processed. */
    OK(SegmentVerdict.ACCEPTED),
    /** Old by its timestamp: dropped and acknowledged. */
    OLD_TIMESTAMP(SegmentVerdict.DROPPED),
    /** Outside the window: dropped and acknowledged. */
    OUTSIDE(SegmentVerdict.DROPPED),
    /** Dropped silently. */
    DROP(SegmentVerdict.DROPPED),
    /** A RST exactly where it is expected. */
    RESET(SegmentVerdict.RESET),
    /** Suspicious: challenge ACK. */
    CHALLENGE(SegmentVerdict.DROPPED),
    /** The peer's SYN again: our SYN/ACK was lost. */
    SYN_AGAIN(SegmentVerdict.DROPPED),
    /** Before the handshake is over, an acknowledgement of something we never sent. */
    BAD_HANDSHAKE_ACK(SegmentVerdict.REPLY_RESET);

    /** What the caller is told. */
    final SegmentVerdict verdict;

    Check(SegmentVerdict verdict) {
      this.verdict = verdict;
    }
  }

  private SegmentInput() {}

  /** RFC 9293 section 3.10.7.3, first to third: OK is a SYN that opens the connection. */
  static Check checkInSynSent(RxSegment seg, Sender sender) {
    if (seg.hasAck()) {
      long ack = sender.offsetOf(seg.ack());
      // RFC 9293 section 3.10.7.3, first: SEG.ACK =< ISS or SEG.ACK > SND.NXT asks for a RST.
      if (ack <= 0 || ack > sender.nxt()) {
        return seg.rst() ? Check.DROP : Check.BAD_HANDSHAKE_ACK;
      }
    }
    if (seg.rst()) {
      // RFC 5961 section 3.2: only a RST that acknowledges our SYN is believed.
      return seg.hasAck() ? Check.RESET : Check.DROP;
    }
    return seg.syn() ? Check.OK : Check.DROP;
  }

  static Check check(
      long nowNs,
      RxSegment seg,
      TcpState state,
      Receiver receiver,
      Sender sender,
      TimestampClock clock,
      TcpExtension ext) {
    long seq = receiver.offsetOf(seg.seq());
    boolean repeatedSyn = seg.syn() && seq == 0 && state == TcpState.SYN_RECEIVED;
    // RFC 7323 section 5.3 R1: PAWS comes before the sequence check, not for RSTs.
    if (!seg.rst()
        && !repeatedSyn
        && clock.enabled()
        && seg.options().hasTimestamps()
        && clock.isOld(nowNs, seg.options().tsVal())
        && !isLate(seg, seq, receiver, clock)) {
      return Check.OLD_TIMESTAMP;
    }
    if (repeatedSyn && !seg.rst()) {
      // RFC 9293 section 3.5, figure 8: in a simultaneous open the SYN comes again with an ACK.
      return seg.hasAck() ? checkAck(seg, state, sender) : Check.SYN_AGAIN;
    }
    if (seg.rst() && isOfEnd(seq, state, receiver)) {
      return Check.RESET;
    }
    if (!isAcceptable(seg, seq, receiver, ext)) {
      return seg.rst() ? Check.DROP : Check.OUTSIDE;
    }
    if (seg.rst()) {
      // RFC 5961 section 3.2: a RST must hit the next expected number; elsewhere in the window it
      // is answered with a challenge ACK. The right edge of what came is as hard to guess, and is
      // where a peer that aborts with data missing puts its RST (RFC 9293 section 3.10.5: SND.NXT).
      return seq == receiver.nxt() || seq == receiver.highest() ? Check.RESET : Check.CHALLENGE;
    }
    if (seg.syn()) {
      // RFC 5961 section 4.2: whatever the sequence number, a challenge ACK.
      return Check.CHALLENGE;
    }
    return checkAck(seg, state, sender);
  }

  /**
   * A segment came in SYN-SENT that does not open the connection. An acknowledgement of something
   * else is of an old connection, which the RST in answer to it ends (RFC 5961 section 4.2): the
   * next SYN need not wait for the timer.
   */
  static void onHandshakeRefused(long nowNs, Check check, SendTimer timer) {
    if (check == Check.BAD_HANDSHAKE_ACK && timer.backoffs() == 0) {
      timer.expireNow(nowNs);
    }
  }

  /**
   * Whether a segment with an old timestamp fills a hole that later segments have made. A segment
   * sent again raises TS.Recent when it fills the first hole; the others may be filled by segments
   * that are merely late, and were sent before it. To drop these, as RFC 7323 section 5.3 R1 does,
   * makes a loss of each, whose retransmission makes the next.
   */
  private static boolean isLate(RxSegment seg, long seq, Receiver receiver, TimestampClock clock) {
    return seg.payloadLength() > 0
        && seq >= receiver.nxt()
        && seq + seg.payloadLength() <= receiver.highest()
        && !clock.isLongPast(seg.options().tsVal());
  }

  /**
   * Whether a RST has the number of the peer's FIN: there are peers that abort after it with the
   * number that their FIN had. It is as hard to guess as the next one. As Linux, in these states.
   */
  private static boolean isOfEnd(long seq, TcpState state, Receiver receiver) {
    boolean ended =
        state == TcpState.CLOSE_WAIT || state == TcpState.CLOSING || state == TcpState.LAST_ACK;
    return ended && seq == receiver.nxt() - 1;
  }

  /** RFC 9293 section 3.10.7.4, first: the four cases of the acceptability test. */
  private static boolean isAcceptable(
      RxSegment seg, long seq, Receiver receiver, TcpExtension ext) {
    long nxt = receiver.nxt();
    long end = receiver.acceptableEnd(ext);
    int length = seg.seqLength();
    if (length == 0) {
      // An ACK may be as old as what we acknowledged last, and sit on the right edge when the peer
      // has filled the window: both happen to well-behaved peers when packets are reordered.
      return seq >= Math.min(nxt, receiver.lastAckSent()) && seq <= end;
    }
    if (seq == nxt) {
      // With a zero window valid ACKs and RSTs are still processed; the payload is cut off later.
      return true;
    }
    return seq < end && seq + length > nxt;
  }

  /**
   * Whether a segment outside the window is data that came already, and not long ago. RFC 9768
   * section 1.3 wants tests of what is counted that are as strong as those of RFC 9293 and RFC
   * 5961: it lies within one window below the next byte, and what it acknowledges is plausible.
   */
  static boolean isRecent(RxSegment seg, Receiver receiver, Sender sender) {
    long start = receiver.offsetOf(seg.seq());
    long end = start + seg.payloadLength();
    boolean old = end > start && end <= receiver.nxt() && start > 0 && !seg.syn() && !seg.rst();
    return old
        && start >= receiver.nxt() - receiver.advertisedBytes()
        && checkAck(seg, TcpState.ESTABLISHED, sender) == Check.OK;
  }

  private static Check checkAck(RxSegment seg, TcpState state, Sender sender) {
    // RFC 9293 section 3.10.7.4, fifth: without ACK the segment is dropped.
    if (!seg.hasAck()) {
      return Check.DROP;
    }
    long ack = sender.offsetOf(seg.ack());
    if (state == TcpState.SYN_RECEIVED) {
      return ack >= Math.max(1, sender.una()) && ack <= sender.nxt()
          ? Check.OK
          : Check.BAD_HANDSHAKE_ACK;
    }
    // RFC 5961 section 5.2: SND.UNA - MAX.SND.WND <= SEG.ACK <= SND.NXT, or a challenge ACK.
    if (ack > sender.nxt() || ack < sender.una() - sender.window().max()) {
      return Check.CHALLENGE;
    }
    return Check.OK;
  }
}
