package org.mptcp4j.tcp;

import org.mptcp4j.api.EcnMode;
import org.mptcp4j.api.EcnMode.Feedback;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * Explicit congestion notification on one connection: what is told to the peer of the marks that
 * came, and what the peer tells of marks on our packets. {@link #OFF} where it was not agreed on.
 */
class Ecn {

  /** Code points of the IP header: RFC 3168 section 5. */
  static final int NOT_ECT = 0;

  /** The other code point of a packet that may be marked; not sent here. */
  static final int ECT_1 = 1;

  /** The code point of a packet that may be marked. */
  static final int ECT_0 = 2;

  /** Congestion experienced: the mark. */
  static final int CE = 3;

  /** The three flags of the TCP header that belong to it. */
  static final int FLAGS = TcpFlags.AE | TcpFlags.CWR | TcpFlags.ECE;

  /** No connection has agreed on less. */
  static final Ecn OFF = new Ecn();

  private long deliveredCe;

  Ecn() {}

  // ---- the handshake

  /**
   * What a SYN asks for.
   *
   * @param repetitions how often it was sent before
   */
  static Feedback asked(EcnMode policy, int repetitions) {
    // RFC 3168 section 6.1.1.1: a SYN that is sent again may have been dropped for its flags.
    // RFC 9768 section 3.1.4.1: one that asks for accurate feedback gets a second chance.
    int chances = policy.outgoing() == Feedback.ACCURATE ? 1 : 0;
    return repetitions > chances ? Feedback.NONE : policy.outgoing();
  }

  /** Flags of a SYN that asks for so much. */
  static int flagsOfSyn(Feedback asked) {
    return switch (asked) {
      case NONE -> 0;
      // RFC 3168 section 6.1.1: an ECN-setup SYN.
      case CLASSIC -> TcpFlags.ECE | TcpFlags.CWR;
      // RFC 9768 section 3.1.1.
      case ACCURATE -> FLAGS;
    };
  }

  /** What a peer's SYN and our policy lead to. */
  static Ecn ofSyn(RxSegment syn, EcnMode policy) {
    int asked = syn.flags() & FLAGS;
    if (asked == 0 || policy.incoming() == Feedback.NONE) {
      return OFF;
    }
    boolean classic = asked == flagsOfSyn(Feedback.CLASSIC);
    if (policy.incoming() == Feedback.ACCURATE && !classic) {
      // RFC 9768 section 3.1.2: any combination but the two older ones counts as all three.
      return AccurateEcn.answering(syn.ecn());
    }
    boolean all = asked == FLAGS;
    // RFC 3168 section 6.1.1: a SYN is not ECN-capable itself; one that says so does not mean it,
    // unless it may come from who has more flags than that RFC knows.
    return classic && syn.ecn() == NOT_ECT || all ? new ClassicEcn() : OFF;
  }

  /** What the answer to our SYN leads to. */
  static Ecn ofSynAck(RxSegment synAck, Feedback asked) {
    int answer = synAck.flags() & FLAGS;
    // RFC 9768 section 3.1.2: an answer with ECE alone, or with the nonce of RFC 3540, is classic;
    // section 3.1.2 also: an echo of our flags comes from a peer that knows none of them.
    boolean nonce = answer == (TcpFlags.AE | TcpFlags.ECE);
    if (asked == Feedback.NONE || answer == 0 || answer == FLAGS) {
      return OFF;
    }
    if (asked == Feedback.ACCURATE && answer != TcpFlags.ECE && !nonce) {
      return AccurateEcn.asking(answer, synAck.ecn());
    }
    boolean agreed = (answer & (TcpFlags.ECE | TcpFlags.CWR)) == TcpFlags.ECE;
    return agreed ? new ClassicEcn() : OFF;
  }

  /** Flags of our answer to a SYN. */
  int flagsOfSynAck() {
    return 0;
  }

  // ---- what came

  /** An acceptable segment came, not a SYN. Marks are told of at once. */
  void onSegment(RxSegment seg, AckPolicy acks) {}

  /**
   * What an acknowledgement says of our packets.
   *
   * @param delivered bytes newly delivered, one way or the other
   * @param mss payload of a full segment
   * @return how many of them were marked, at least one when it says that any were
   */
  int onAck(RxSegment seg, long delivered, int mss) {
    return 0;
  }

  /** The congestion window was reduced because of marks. */
  void onWindowReduced() {}

  /** How many packets were delivered with a mark, or by acknowledgements that told of marks. */
  final long deliveredCe() {
    return deliveredCe;
  }

  final void countDelivered(int packets) {
    deliveredCe += packets;
  }

  // ---- what leaves

  /** Whether the next new data is sent as one packet, because a flag on it counts once. */
  boolean wantsSinglePacket() {
    return false;
  }

  /**
   * Flags of a segment after the handshake, which leaves.
   *
   * @param pure whether it takes no sequence space
   * @param newData whether it carries data for the first time
   */
  int takeFlags(boolean pure, boolean newData) {
    return 0;
  }

  /** Code point of a packet with new data; all others have {@link #NOT_ECT}. */
  int codePoint() {
    return NOT_ECT;
  }

  /** Adds the option that there may be, if it fits. */
  void writeOption(TcpOptionWriter out) {}
}
