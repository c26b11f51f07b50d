package org.mptcp4j.tcp;

import org.mptcp4j.api.EcnMode;
import org.mptcp4j.api.EcnMode.Feedback;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.info.EcnCounters;
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
  static Ecn ofSyn(RxSegment syn, TcpOptions options) {
    EcnMode policy = options.ecn();
    int asked = syn.flags() & FLAGS;
    if (asked == 0 || policy.incoming() == Feedback.NONE) {
      return OFF;
    }
    if (policy.incoming() == Feedback.ACCURATE && asksAccurate(syn)) {
      return AccurateEcn.answering(syn, options.accurateEcn());
    }
    boolean classic = asked == flagsOfSyn(Feedback.CLASSIC);
    boolean all = asked == FLAGS;
    // RFC 3168 section 6.1.1: a SYN is not ECN-capable itself; one that says so does not mean it,
    // unless it may come from who has more flags than that RFC knows.
    return classic && syn.ecn() == NOT_ECT || all ? new ClassicEcn() : OFF;
  }

  /** RFC 9768 section 3.1.2: any combination but the two older ones counts as all three. */
  static boolean asksAccurate(RxSegment syn) {
    int asked = syn.flags() & FLAGS;
    return asked != 0 && asked != flagsOfSyn(Feedback.CLASSIC);
  }

  /**
   * What the answer to our SYN leads to.
   *
   * @param repetitions how often the SYN was sent again
   */
  static Ecn ofSynAck(RxSegment synAck, TcpOptions options, int repetitions) {
    Feedback asked = options.ecn().outgoing();
    int answer = synAck.flags() & FLAGS;
    // RFC 9768 section 3.1.2: an answer with ECE alone is classic, and an echo of our flags comes
    // from a peer that knows none of them.
    if (asked == Feedback.NONE || answer == 0 || answer == FLAGS) {
      return OFF;
    }
    if (asked == Feedback.ACCURATE && answer != TcpFlags.ECE) {
      // RFC 9768 section 3.1.4.1: also when a later SYN asked for nothing.
      return AccurateEcn.asking(synAck, options.accurateEcn());
    }
    boolean agreed = (answer & (TcpFlags.ECE | TcpFlags.CWR)) == TcpFlags.ECE;
    boolean stillAsked = asked(options.ecn(), repetitions) != Feedback.NONE;
    return agreed && stillAsked ? new ClassicEcn() : OFF;
  }

  /** The peer's SYN came again before the handshake was over. */
  Ecn onSynAgain(RxSegment syn, TcpOptions options) {
    // RFC 3168 section 6.1.1: whose answer agreed to nothing must not mark, whatever comes later.
    return this;
  }

  /** What a peer's SYN that crossed ours, and our policy, lead to. */
  static Ecn ofCrossedSyn(RxSegment syn, TcpOptions options, int repetitions) {
    Feedback asked = options.ecn().outgoing();
    // RFC 9768 section 3.1.2: who asked for accurate feedback answers as if it had not. RFC 3168
    // section 6.1.1: who sent a SYN that did not ask must not mark.
    boolean stillAsked = asked(options.ecn(), repetitions) != Feedback.NONE;
    return asked == Feedback.ACCURATE || stillAsked ? ofSyn(syn, options) : OFF;
  }

  /** The answer to our SYN, after that of the peer had crossed it. */
  void onCrossedSynAck(RxSegment synAck) {}

  /** RFC 9768 section 3.1.5: whether a SYN asks for one feedback, and one before for the other. */
  boolean isContradictedBy(RxSegment syn, TcpOptions options) {
    return false;
  }

  /** The SYN/ACK came again after our ACK for it. */
  void onSynAckAgain(RxSegment synAck) {}

  /**
   * Flags of our answer to a SYN.
   *
   * @param timeouts after which it is sent
   */
  int flagsOfSynAck(int timeouts) {
    return 0;
  }

  /** Whether the ACK of a SYN/ACK must be a segment of its own. */
  boolean wantsPureAck() {
    return false;
  }

  // ---- what came

  /**
   * An acceptable segment came, not a SYN. Marks are told of at once.
   *
   * @param sack whether the peer can tell an acknowledgement of an ACK from a duplicate
   */
  void onSegment(RxSegment seg, AckPolicy acks, boolean sack) {}

  /** Data came that is acknowledged already; as {@link #onSegment}. */
  void onOldData(RxSegment seg, AckPolicy acks, boolean sack) {
    // RFC 3168 section 6.1.5: outside the window the field is not looked at.
  }

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

  /** The retransmission timer expired. */
  void onTimeout() {
    onWindowReduced();
  }

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

  /**
   * Code point of a packet.
   *
   * @param newData whether it carries data for the first time
   */
  int codePoint(boolean newData) {
    return NOT_ECT;
  }

  /** Bytes that its option takes in segments with data, which are so much shorter. */
  int optionBytes() {
    return 0;
  }

  /**
   * Adds the option to a segment, if it fits.
   *
   * @param data whether it carries data
   * @param blocks SACK blocks that are to follow
   */
  void writeOption(TcpOptionWriter out, boolean data, int blocks) {}

  /** Adds the option to a SYN/ACK whose other options are there, before those behind an index. */
  void writeOptionOfSynAck(TcpOptionWriter out, int index) {}

  /** What was counted, for people. */
  EcnCounters counters() {
    return EcnCounters.NONE;
  }
}
