package org.mptcp4j.tcp;

import org.mptcp4j.api.AccurateEcnRules;
import org.mptcp4j.api.AccurateEcnRules.OptionUse;
import org.mptcp4j.api.EcnMode.Feedback;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.info.EcnCounters;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * Accurate ECN, RFC 9768: the receiver counts the packets that came with a mark and tells the
 * number, modulo 8, in the three ECN flags of every segment, and bytes by code point in an option.
 */
final class AccurateEcn extends Ecn {

  private static final int ACE_SHIFT = 6;
  static final int ACE_MASK = 7;

  /** Flags for what the IP header of the SYN, or of the SYN/ACK, said: section 3.1.1. */
  private static final int[] ECHO = {
    TcpFlags.CWR, TcpFlags.CWR | TcpFlags.ECE, TcpFlags.AE, TcpFlags.AE | TcpFlags.CWR
  };

  /** Section 3.1.3: what a SYN/ACK may say in future counts as a field that was not changed. */
  private static final int RESERVED = TcpFlags.AE | TcpFlags.ECE;

  /** The option with all its counters, and a NOP. */
  private static final int OPTION_BYTES = 12;

  /** Section 3.2.2.5.1: marks on packets without data after which they are told of. */
  private static final int MARKED_ACKS = 3;

  /** Section 3.2.3.2.2: the second SYN/ACK in vain may have been dropped for its flags. */
  private static final int TRIES_WITH_FLAGS = 2;

  private final AccurateEcnRules rules;
  private final EcnReceived received = new EcnReceived();
  private final EcnReported reported = new EcnReported();

  private int echo;
  private boolean echoDue;
  private boolean awaitsThirdAck;
  private boolean synAckCounted;

  /** Nothing that we send may be marked. */
  private boolean unmarkable;

  /** What the peer says of marks is not believed. */
  private boolean deaf;

  // Whether the option gets through: section 3.2.3.2.
  private boolean optionSeen;
  private boolean optionLost;
  private boolean optionArrives;
  private boolean optionOnData;
  private boolean optionAnswersOldData;
  private boolean synAckHadOption;
  private int oldDataSeq;

  private AccurateEcn(RxSegment opening, AccurateEcnRules rules) {
    this.rules = rules;
    echo = ECHO[opening.ecn()];
    reported.isNewer(opening.options());
  }

  /** Of who accepts; the SYN/ACK will say what the SYN had. */
  static AccurateEcn answering(RxSegment syn, AccurateEcnRules rules) {
    AccurateEcn ecn = new AccurateEcn(syn, rules);
    ecn.awaitsThirdAck = true;
    return ecn;
  }

  /** Of who connects: the SYN/ACK says what our SYN had when it came. */
  static AccurateEcn asking(RxSegment synAck, AccurateEcnRules rules) {
    AccurateEcn ecn = new AccurateEcn(synAck, rules);
    ecn.echoDue = true;
    ecn.optionSeen = synAck.options().hasAccurateEcn();
    // Section 3.2.2.3: our SYN cannot be marked; a path that changes the field cannot be trusted.
    int answer = synAck.flags() & FLAGS;
    ecn.unmarkable = rules.fallback() && answer != ECHO[NOT_ECT] && answer != RESERVED;
    ecn.countSynAck(synAck);
    return ecn;
  }

  /** Section 3.2.2.2: a mark on SYN/ACKs counts once, and one on SYNs not at all. */
  private void countSynAck(RxSegment synAck) {
    if (synAck.ecn() == CE && !synAckCounted) {
      synAckCounted = true;
      received.addPackets(1);
    }
  }

  @Override
  Ecn onSynAgain(RxSegment syn, TcpOptions options) {
    // Section 3.1.5: the answer tells of the latest SYN; and once one asked for nothing nobody
    // knows whether the client gives feedback.
    echo = ECHO[syn.ecn()];
    unmarkable |= (syn.flags() & FLAGS) == 0;
    return this;
  }

  @Override
  boolean isContradictedBy(RxSegment syn, TcpOptions options) {
    return (syn.flags() & FLAGS) == flagsOfSyn(Feedback.CLASSIC);
  }

  @Override
  void onSynAckAgain(RxSegment synAck) {
    // Section 3.2.2.1: the ACK of a SYN/ACK that is sent again says what that had.
    echo = ECHO[synAck.ecn()];
    echoDue = true;
    countSynAck(synAck);
  }

  @Override
  int flagsOfSynAck(int timeouts) {
    if (timeouts < TRIES_WITH_FLAGS) {
      return echo;
    }
    unmarkable = true; // section 3.1.5: the client may think that there is no ECN
    return 0;
  }

  @Override
  boolean wantsPureAck() {
    return echoDue;
  }

  @Override
  void onSegment(RxSegment seg, AckPolicy acks, boolean sack) {
    int bytes = seg.payloadLength();
    received.addBytes(seg.ecn(), bytes);
    if (seg.ecn() != CE) {
      return;
    }
    received.addPackets(seg.segments());
    // Section 3.2.2.5.1: the counter must not go round unseen. ACKs of ACKs carry no SACK blocks,
    // by which those who have agreed on these know that they are no duplicates.
    if (bytes > 0) {
      acks.immediate();
    } else if (sack && received.packetsSinceAck() >= MARKED_ACKS) {
      acks.ofAcks();
    }
  }

  @Override
  void onOldData(RxSegment seg, AckPolicy acks, boolean sack) {
    onSegment(seg, acks, sack); // RFC 9768 section 3.2: retransmissions count
    if (seg.payloadLength() == 1) {
      return; // RFC 9293 section 3.8.4: a keep-alive may carry an old byte
    }
    // Section 3.2.3.2.2: what is acknowledged always comes again. Once may be a loss, or late.
    optionLost |= optionAnswersOldData && seg.seq() == oldDataSeq;
    oldDataSeq = seg.seq();
    optionAnswersOldData = false;
  }

  @Override
  int onAck(RxSegment seg, long delivered, int mss) {
    int ace = seg.flags() >> ACE_SHIFT & ACE_MASK;
    optionSeen |= seg.options().hasAccurateEcn();
    boolean newer = reported.isNewer(seg.options());
    if (awaitsThirdAck) {
      awaitsThirdAck = false;
      if (isThirdAck(seg)) {
        reported.onOption(seg.options());
        return onThirdAck(ace);
      }
    }
    optionArrives |= optionOnData && delivered > 0;
    if (seg.syn() || deaf || delivered == 0 && !newer) {
      return 0; // appendix A.1: what says nothing new may be old
    }
    int marked = reported.onAck(seg, ace, delivered, mss);
    countDelivered(marked);
    // Section 3.2.3.2.5: something on the path changes what is told, unless it is of packets
    // without data.
    unmarkable |= !rules.controlPackets() && reported.contradictsItself();
    return marked;
  }

  private static boolean isThirdAck(RxSegment seg) {
    return seg.payloadLength() == 0 && !seg.fin() && !seg.syn() && seg.options().sackBlocks() == 0;
  }

  /** Section 3.2.2.1, table 4: the ACK of a SYN/ACK says what that had. */
  private int onThirdAck(int ace) {
    int flags = ace << ACE_SHIFT;
    boolean marked = flags == ECHO[CE];
    boolean changed = marked || flags == ECHO[ECT_0] || flags == ECHO[ECT_1];
    // Section 3.2.2.3: our SYN/ACK cannot be marked. Table 4, note 1: zero is of a client without
    // ECN, or what a box leaves that clears the flags.
    deaf = ace == 0;
    unmarkable |= deaf || rules.fallback() && changed;
    if (!marked) {
      return 0;
    }
    reported.onMarkedSynAck();
    countDelivered(1);
    return 1;
  }

  @Override
  void onTimeout() {
    // Section 3.2.3.2.2: data with the option may have been dropped for it when none has arrived.
    optionLost |= optionOnData && !optionArrives;
  }

  // ---- what leaves

  @Override
  int takeFlags(boolean pure, boolean newData) {
    int packets = received.takePackets();
    if (pure && echoDue) {
      echoDue = false;
      return echo;
    }
    return (packets & ACE_MASK) << ACE_SHIFT;
  }

  @Override
  int codePoint(boolean newData) {
    return !unmarkable && (newData || rules.controlPackets()) ? ECT_0 : NOT_ECT;
  }

  private boolean sendsOption() {
    boolean answered = optionSeen || rules.option() == OptionUse.ALWAYS;
    return answered && rules.option() != OptionUse.NEVER && !optionLost;
  }

  @Override
  int optionBytes() {
    return sendsOption() ? OPTION_BYTES : 0;
  }

  @Override
  void writeOption(TcpOptionWriter out, boolean data, int blocks) {
    if (sendsOption() && received.write(out, blocks)) {
      optionOnData |= data;
      optionAnswersOldData = true;
    }
  }

  @Override
  void writeOptionOfSynAck(TcpOptionWriter out, int index) {
    // Section 3.2.3.2.2: the second SYN/ACK goes without, because of what may have become of the
    // first.
    if (rules.option() != OptionUse.NEVER && !synAckHadOption) {
      int from = out.used();
      if (received.writeFirst(out)) {
        out.moveForward(from, index);
      }
    }
    synAckHadOption = true;
  }

  @Override
  EcnCounters counters() {
    return new EcnCounters(
        received.cePackets(),
        received.ceBytes(),
        received.ect0Bytes(),
        received.ect1Bytes(),
        reported.ceBytes(),
        reported.ect0Bytes(),
        reported.ect1Bytes());
  }
}
