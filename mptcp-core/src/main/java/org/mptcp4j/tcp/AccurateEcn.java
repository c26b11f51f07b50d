package org.mptcp4j.tcp;

import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;

/**
 * Accurate ECN, RFC 9768: the receiver counts the packets that came with a mark and tells the
 * number, modulo 8, in the three ECN flags of every segment, and bytes by code point in an option.
 * The option goes on segments without data, so that the size of the others does not change. The
 * names are those of the RFC.
 */
final class AccurateEcn extends Ecn {

  /** Section 3.2.1: where packet counters begin. */
  private static final int FIRST_CEP = 5;

  private static final int ACE_SHIFT = 6;
  private static final int ACE_MASK = 7;

  /** Flags for what the IP header of the SYN, or of the SYN/ACK, said: section 3.1.1. */
  private static final int[] ECHO = {
    TcpFlags.CWR, TcpFlags.CWR | TcpFlags.ECE, TcpFlags.AE, TcpFlags.AE | TcpFlags.CWR
  };

  private static final int COUNTER_MASK = 0xff_ffff;

  // What came.
  private int rCep = FIRST_CEP;
  private int rCeb;
  private int rE0b = 1;
  private int rE1b = 1;

  // What the peer tells of what we sent.
  private int sCep = FIRST_CEP;
  private int sCeb;
  private int cepSinceOption;
  private boolean optionSeen;

  private final int echo;
  private boolean echoDue;
  private boolean awaitsThirdAck;
  private boolean mangled;

  private AccurateEcn(int echo) {
    this.echo = echo;
  }

  /** Of who accepts; {@code codePoint} is what the SYN had. */
  static AccurateEcn answering(int codePoint) {
    AccurateEcn ecn = new AccurateEcn(ECHO[codePoint]);
    ecn.awaitsThirdAck = true;
    return ecn;
  }

  /**
   * Of who connects.
   *
   * @param answer flags of the SYN/ACK: what our SYN had when it came
   * @param codePoint what the SYN/ACK had
   */
  static AccurateEcn asking(int answer, int codePoint) {
    AccurateEcn ecn = new AccurateEcn(ECHO[codePoint]);
    ecn.echoDue = true;
    // Section 3.2.2.3: our SYN cannot be marked; a path that changes the field cannot be trusted.
    ecn.mangled = answer != ECHO[NOT_ECT];
    // Section 3.2.1: SYN/ACKs count, SYNs do not.
    ecn.rCep += codePoint == CE ? 1 : 0;
    return ecn;
  }

  @Override
  int flagsOfSynAck() {
    return echo;
  }

  @Override
  void onSegment(RxSegment seg, AckPolicy acks) {
    int bytes = seg.payloadLength();
    switch (seg.ecn()) {
      case CE -> {
        rCep += seg.segments();
        rCeb += bytes;
        if (bytes > 0) {
          // Section 3.2.2.5.1: the counter must not go round unseen.
          acks.immediate();
        }
      }
      case ECT_0 -> rE0b += bytes;
      case ECT_1 -> rE1b += bytes;
      default -> {}
    }
  }

  @Override
  int onAck(RxSegment seg, long delivered, int mss) {
    int ace = seg.flags() >> ACE_SHIFT & ACE_MASK;
    if (awaitsThirdAck) {
      awaitsThirdAck = false;
      if (isThirdAck(seg)) {
        onThirdAck(ace);
        return 0;
      }
    }
    optionSeen |= seg.options().hasAccurateEcn();
    if (seg.syn() || delivered == 0) {
      return 0; // what says nothing new may be old
    }
    int packets = Math.max(1, (int) ((delivered + mss - 1) / mss));
    int marked = marked(ace - sCep & ACE_MASK, packets, seg.options(), mss);
    sCep += marked;
    countDelivered(marked);
    return marked;
  }

  private static boolean isThirdAck(RxSegment seg) {
    return seg.payloadLength() == 0 && !seg.fin() && !seg.syn();
  }

  /** Section 3.2.2.1, table 4: the ACK of a SYN/ACK says what that had. */
  private void onThirdAck(int ace) {
    int flags = ace << ACE_SHIFT;
    if (flags == ECHO[CE]) {
      sCep++;
    }
    // Section 3.2.2.3 and 3.2.2.4: our SYN/ACK cannot be marked, and zero is what a box leaves that
    // clears the flags.
    mangled |= ace == 0 || flags == ECHO[ECT_0] || flags == ECHO[ECT_1] || flags == ECHO[CE];
  }

  /** Appendix A.2: a field of three bits and, when it is there, a counter of bytes. */
  private int marked(int delta, int packets, TcpOptions options, int mss) {
    if (options.hasAccurateEcn() && options.ecnCeBytes() >= 0) {
      int bytes = options.ecnCeBytes() - sCeb & COUNTER_MASK;
      sCeb = options.ecnCeBytes();
      int estimate = (bytes + mss - 1) / mss - cepSinceOption;
      cepSinceOption = 0;
      int rounds = Math.min(Math.max(0, estimate - delta + 4), Math.max(0, packets - delta)) / 8;
      return delta + 8 * rounds;
    }
    if (!optionSeen && packets > ACE_MASK) {
      // Appendix A.2.1: the counter may have gone round; the largest number that fits is assumed.
      return packets - (packets - delta & ACE_MASK);
    }
    cepSinceOption += delta;
    return delta;
  }

  @Override
  int takeFlags(boolean pure, boolean newData) {
    if (pure && echoDue) {
      echoDue = false;
      return echo;
    }
    return (rCep & ACE_MASK) << ACE_SHIFT;
  }

  @Override
  int codePoint() {
    return mangled ? NOT_ECT : ECT_0;
  }

  @Override
  void writeOption(TcpOptionWriter out) {
    out.accurateEcn(rE0b, rCeb, rE1b);
  }
}
