package org.mptcp4j.tcp;

import java.util.Objects;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.cc.CcContext;
import org.mptcp4j.cc.CcGroup;
import org.mptcp4j.cc.CcSubflow;
import org.mptcp4j.cc.CongestionControl;
import org.mptcp4j.cc.CongestionControlFactory;
import org.mptcp4j.info.SendingTimes;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * The transmission control block of RFC 9293 section 3.3.1: the parts of one connection, for those
 * that work on several of them, and what congestion control sees of it.
 */
abstract class Tcb implements CcContext {
  final TcpConfig config;
  final FourTuple tuple;
  final Handshake handshake;
  final Lifecycle life;
  final Sender sender;
  final Receiver receiver;
  final PathMtu path;
  TcpExtension ext;
  CongestionControl cc = StartWindow.SHUT;
  private CongestionControlFactory algorithm;
  private CcGroup group = CcGroup.NONE;

  /** What was agreed on congestion marks. */
  Ecn ecn = Ecn.OFF;

  /** Null as long as nobody asked for it. */
  PeerWatch watch;

  /** Null until there is something to send. */
  private Chrono chrono;

  private byte hopLimit; // unsigned; 0 for that of the configuration
  private byte trafficClass; // unsigned
  long lastReceivedNs;

  /** Payload of a full segment when congestion control was last told; 0 before it started. */
  char startedMss;

  boolean passive;
  int segmentsIn; // unsigned, as on Linux
  int segmentsOut;

  Tcb(
      TcpConfig config,
      FourTuple tuple,
      TcpExtension extension,
      CongestionControlFactory algorithm,
      int iss,
      Handshake handshake,
      TcpState initial) {
    this.config = Objects.requireNonNull(config, "config");
    this.tuple = Objects.requireNonNull(tuple, "tuple");
    this.ext = Objects.requireNonNull(extension, "extension");
    this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
    this.handshake = handshake;
    life = new Lifecycle(initial);
    sender = new Sender(iss, config, ext.counters());
    receiver = new Receiver(config);
    path = new PathMtu(config, tuple.local().isV4());
  }

  /**
   * Chooses how long the peer is borne with when it is silent or takes nothing. May be called at
   * any time; the owner then asks for the next deadline.
   */
  public final void peerTimeouts(PeerTimeouts limits) {
    watch = limits.none() ? null : new PeerWatch(limits, lastReceivedNs);
  }

  /** A link on the way of what was sent with that sequence number is broken. */
  public final void pathBroken(long nowNs, int seq) {
    // RFC 6069 section 4: when it is about what was sent again last.
    if (state().isSynchronized() && seq == sndUna()) {
      sender.timer.takeBackOne(nowNs, sender.rtt.rtoNs(), config);
    }
  }

  /** Chooses what can be chosen of an open socket. */
  public final void socketOptions(TcpSocketOptions chosen) {
    hopLimit = (byte) chosen.hopLimit();
    // The lower two bits are those of ECN: RFC 3168 section 5.
    trafficClass = (byte) (chosen.trafficClass() & ~Ecn.CE);
    receiver.acks.quick(chosen.quickAck());
  }

  /** Hop limit of its packets. */
  final int hopLimit() {
    return hopLimit != 0 ? hopLimit & 0xff : config.options().hopLimit();
  }

  /** Traffic class of its packets, without the bits of ECN. */
  final int trafficClass() {
    return trafficClass & 0xff;
  }

  /** The state of RFC 9293 section 3.3.2. */
  public final TcpState state() {
    return life.state();
  }

  /** Bits of {@link TcpNotice} that were set since the last call. */
  public final int notices() {
    return life.takeNotices();
  }

  /** Sequence number behind the last byte that would be taken now. */
  public final int acceptableEndSeq() {
    return receiver.irs() + (int) receiver.acceptableEnd(ext);
  }

  /** When the last acceptable segment arrived; the time of creation before that. */
  public final long lastReceivedNs() {
    return lastReceivedNs;
  }

  /** Whether the peer opened it. */
  public final boolean isPassive() {
    return passive;
  }

  /** Whether data flows although the third ACK is to come: RFC 7413 section 4.2.2. */
  final boolean isEarly() {
    return life.is(TcpState.SYN_RECEIVED) && handshake.opensEarly();
  }

  /** Bytes of data that the SYN has room for, which is to leave. */
  public final int synRoomBytes() {
    int mss = Math.min(config.mss(), path.mss());
    return life.is(TcpState.SYN_SENT) ? handshake.synRoomBytes(mss) : 0;
  }

  /** As {@link Handshake#onSuspicion}. */
  final void suspectOpening(long nowNs) {
    if (receiver.bytesReceived() == 0) {
      handshake.onSuspicion(nowNs, sender.timer.backoffs());
    }
  }

  final long giveUpNs() {
    return watch == null ? config.giveUpNs() : watch.giveUpNs(config);
  }

  /** Whether the handshake is over and congestion control runs. */
  final boolean started() {
    return startedMss != 0;
  }

  /**
   * Payload bytes of a full wire segment with the options that data segments carry now: fewer while
   * they tell of what came beyond a hole.
   */
  public final int payloadMss() {
    return payloadMss(fullMss());
  }

  /** The same, where {@link #fullMss()} is known. */
  final int payloadMss(int fullMss) {
    return Math.max(8, fullMss - sackBytes());
  }

  /** Payload bytes of a full wire segment with the options that all data segments carry. */
  final int fullMss() {
    int reserved = ext.reservedOptionBytes();
    return handshake.payloadMss(path.mss(), reserved + ecnOptionBytes(reserved));
  }

  /**
   * Bytes of SACK blocks in segments with data. RFC 2018 section 4: in all that do not acknowledge
   * the highest number received; not where other options of data segments want the room.
   */
  final int sackBytes() {
    if (!handshake.sack() || receiver.sackBlocks() == 0) {
      return 0;
    }
    int reserved = ext.reservedOptionBytes();
    return reserved + ecnOptionBytes(reserved) > 0
        ? 0
        : SackBlocks.optionBytes(receiver.sackBlocks(), handshake.stampBytes());
  }

  /**
   * Bytes that the option of Accurate ECN takes in segments with data, where there is room.
   *
   * @param reserved bytes that the extension takes
   */
  final int ecnOptionBytes(int reserved) {
    if (ecn == Ecn.OFF) {
      return 0;
    }
    int bytes = ecn.optionBytes();
    return handshake.stampBytes() + reserved + bytes <= TcpOptionWriter.MAX ? bytes : 0;
  }

  /** The largest IP packet that is sent on this path, in bytes. */
  public final int pathMtu() {
    return path.mtu();
  }

  /** Whether the path carries less than its two ends allow. */
  public final boolean pathIsNarrow() {
    return path.isNarrow();
  }

  /** Our initial sequence number. */
  public final int iss() {
    return sender.iss();
  }

  /** The peer's initial sequence number; 0 before its SYN arrived. */
  public final int irs() {
    return receiver.irs();
  }

  /**
   * What may leave has left: what holds up the rest, if there is any, is measured from now on.
   *
   * @param bufferFull whether the application would have written more
   * @param unsentBytes what was written and not yet handed to this flow or another
   */
  public final void allSent(long nowNs, boolean bufferFull, long unsentBytes) {
    if (canSend() && unsentBytes < payloadMss()) {
      sender.watchApplication(cc, payloadMss());
    }
    SendingTimes.State holds = holdUp(bufferFull);
    if (chrono == null && holds != SendingTimes.State.IDLE) {
      chrono = new Chrono();
    }
    if (chrono != null) {
      chrono.enter(nowNs, holds);
    }
  }

  private SendingTimes.State holdUp(boolean bufferFull) {
    if (!canSend() || sender.una() >= sender.end()) {
      return SendingTimes.State.IDLE;
    }
    long room = sender.recovery.roomBytes(sender.una(), sender.nxt(), cc);
    int unsent = sender.unsentBytes();
    if (unsent == 0) {
      return bufferFull && room > 0 ? SendingTimes.State.SNDBUF_LIMITED : SendingTimes.State.BUSY;
    }
    long admitted = ext.sendWindow(sender.windowBytes());
    long open = Math.max(0, sender.una() + admitted - sender.nxt());
    boolean shut = open < Math.min(unsent, payloadMss()) && room > open;
    return shut ? SendingTimes.State.RWND_LIMITED : SendingTimes.State.BUSY;
  }

  /** How long something was to be sent, and what held it up. */
  final SendingTimes sendingTimes() {
    return chrono == null ? SendingTimes.NONE : chrono.times();
  }

  // ---- congestion control

  /** The handshake is over: congestion control begins, with the initial window. */
  final void startCongestionControl() {
    path.onPeerMss(handshake.mss());
    startedMss = (char) fullMss();
    receiver.acks.onAgreed(startedMss);
    cc = new StartWindow(handshake.startsSlowly() ? startedMss : initialWindowBytes());
    createCongestionControl();
  }

  private void createCongestionControl() {
    cc = algorithm.create(this);
    sender.pacing(config.pacing() || cc.needsPacing());
  }

  /** Congestion control learns of a segment size that is not what it was. */
  final void updateMss(int mss) {
    if (mss != startedMss) {
      startedMss = (char) mss;
      cc.onMssChange();
    }
  }

  /** The algorithm of its congestion control. */
  public final CongestionControlFactory congestionControl() {
    return algorithm;
  }

  /**
   * Changes the algorithm; when one runs already, the new one begins with the window and threshold
   * that the old one had.
   */
  public final void congestionControl(CongestionControlFactory chosen) {
    algorithm = Objects.requireNonNull(chosen, "chosen");
    if (started()) {
      createCongestionControl();
    }
  }

  /** Its congestion control sees those of its connection, this one among them. */
  public final void group(CcGroup subflows) {
    group = Objects.requireNonNull(subflows, "subflows");
  }

  @Override
  public final int subflows() {
    return Math.max(1, group.size());
  }

  @Override
  public final CcSubflow subflow(int index) {
    return group.size() == 0 ? this : group.member(index);
  }

  @Override
  public final CongestionControl control() {
    return cc;
  }

  @Override
  public final boolean canSend() {
    return started() && (life.state().canSend() || isEarly());
  }

  @Override
  public final int mssBytes() {
    return startedMss;
  }

  @Override
  public final int initialWindowBytes() {
    return StartWindow.initialBytes(startedMss);
  }

  @Override
  public final long deliveredBytes() {
    return sender.recovery.rate().totalDeliveredBytes();
  }

  @Override
  public final long lossEvents() {
    return sender.recovery.figures().fastRecoveries + sender.recovery.figures().timeouts;
  }

  @Override
  public final boolean inRecovery() {
    return sender.recovery.isFast();
  }

  @Override
  public final long windowValidNs() {
    boolean kept = !config.options().slowStartAfterIdle() || inLossRecovery();
    boolean bufferFull = chrono != null && chrono.isIn(SendingTimes.State.SNDBUF_LIMITED);
    return kept || bufferFull ? Long.MAX_VALUE : rtoNs();
  }

  /** Bytes thought to be in the network: the pipe of RFC 6675. */
  @Override
  public final int inFlightBytes() {
    return started() ? sender.inFlightBytes() : 0;
  }

  // ---- views

  /** Smoothed round-trip time, 0 while unknown. */
  @Override
  public final long srttNs() {
    return sender.rtt.srttNs();
  }

  /** Variation of the round-trip time, 0 while unknown. */
  public final long rttVarNs() {
    return sender.rtt.rttVarNs();
  }

  /** Shortest round-trip time measured, 0 while unknown. */
  @Override
  public final long minRttNs() {
    return sender.rtt.minRttNs();
  }

  /** Round-trip time, 0 while unknown, without up to 2 ms that may be spent in queues. */
  public final long pathRttNs() {
    return Math.max(sender.rtt.pathRttNs(), receiver.rttNs());
  }

  /** Congestion window; 0 before the handshake completes. */
  @Override
  public final int cwndBytes() {
    return cc.cwndBytes();
  }

  /** Slow start threshold; the largest number until the first loss. */
  @Override
  public final int ssthreshBytes() {
    return cc.ssthreshBytes();
  }

  /** Rate of a paced sender, in bytes per second; the largest number while there is no RTT. */
  public final long pacingRateBytesPerSecond() {
    return started() ? cc.pacingRateBytesPerSecond(sender.rtt.srttNs()) : Long.MAX_VALUE;
  }

  /** Rate at which what it sends was delivered when it was last measured; 0 if it never was. */
  public final long deliveryRateBytesPerSecond() {
    return sender.recovery.rate().keptBytesPerSecond();
  }

  /** Retransmission timeout, with back-off. */
  @Override
  public final long rtoNs() {
    return sender.timer.timeoutNs(sender.rtt.rtoNs(), config);
  }

  /** Consecutive expiries of the retransmission (or persist) timer without progress. */
  public final int backoffs() {
    return sender.timer.backoffs();
  }

  /** Probes of an idle peer that nobody has answered. */
  final int keepAliveProbes() {
    return watch == null ? 0 : watch.probesOut(lastReceivedNs);
  }

  /** Packets that arrived with a mark, as the peer says. */
  public final long deliveredCe() {
    return ecn.deliveredCe();
  }

  /** Payload bytes sent again. */
  public final long bytesRetransmitted() {
    return sender.recovery.figures().bytesRetransmitted;
  }

  /** Expiries of the retransmission timer. */
  public final long retransmissionTimeouts() {
    return sender.recovery.figures().timeouts;
  }

  /** Whether lost data is being repaired, after fast retransmit or a timeout. */
  public final boolean inLossRecovery() {
    return !sender.recovery.isOpen();
  }

  final void count(Mib what) {
    ext.counters().increment(what);
  }

  /** RFC 5961 section 7: an ACK that makes the peer show that it is the peer. */
  final void challenge(long nowNs) {
    if (receiver.acks.challenge(nowNs, config)) {
      count(Mib.TCP_CHALLENGE_ACK);
    }
  }

  /** A segment for which there is a challenge ACK; the SYN/ACK again is answered as the first. */
  final void challenge(long nowNs, RxSegment seg) {
    boolean synAck = seg.syn() && seg.hasAck() && !passive;
    if (synAck && receiver.offsetOf(seg.seq()) == 0 && sender.offsetOf(seg.ack()) == 1) {
      ecn.onSynAckAgain(seg);
    }
    challenge(nowNs);
  }

  /** RFC 9293 section 3.10.7.4: an unacceptable segment is acknowledged. */
  final void acknowledgeOld(long nowNs, RxSegment seg) {
    if (state().isSynchronized() && (seg.payloadLength() > 0 || seg.fin())) {
      receiver.onUnacceptable(seg);
      if (seg.fin()) {
        life.restartTimeWait(nowNs, config);
      }
    } else {
      // RFC 5961 section 7: two stacks must not acknowledge each other's ACKs for ever.
      challenge(nowNs, seg);
    }
  }

  /** The ACK of a SYN/ACK is due. */
  final void acknowledgeSyn() {
    if (ecn.wantsPureAck()) {
      receiver.acks.request();
    } else {
      receiver.acks.immediate();
    }
  }

  /** Data came that is acknowledged already, or nothing that could be. */
  final void onOldData(RxSegment seg) {
    if (SegmentInput.isRecent(seg, receiver, sender)) {
      ecn.onOldData(seg, receiver.acks, handshake.sack());
    }
  }

  /** First sequence number not acknowledged. */
  public final int sndUna() {
    return sender.seqOf(sender.una());
  }

  /** Next sequence number to be sent for the first time. */
  public final int sndNxt() {
    return sender.seqOf(sender.nxt());
  }

  /** Sequence number that the next byte given to {@link TcpSock#enqueue} will have. */
  public final int sndEnd() {
    return sender.seqOf(sender.end());
  }

  /** Shift of the windows that the peer advertises, 0 before its SYN arrived. */
  public final int sendScale() {
    return handshake.sendScale();
  }

  /** Whether received data waits for its acknowledgement, which data sent now would carry. */
  public final boolean owesAck() {
    return receiver.acks.owed();
  }

  /** Bytes held beyond a hole. */
  public final int oooBytes() {
    return receiver.oooBytes();
  }

  /** Memory that received bytes keep alive which nobody polled, or which lie beyond a hole. */
  public final long receivedHeldBytes() {
    return receiver.heldBytes();
  }

  /** Memory that {@link TcpSock#prune} would give back. */
  public final long prunableBytes() {
    return receiver.oooHeldBytes();
  }

  /** Memory that bytes keep alive which were queued and are not acknowledged. */
  public final long sentHeldBytes() {
    return sender.heldBytes();
  }

  /** Addresses and ports. */
  public final FourTuple tuple() {
    return tuple;
  }

  /** Next sequence number expected from the peer. */
  public final int rcvNxt() {
    return receiver.nxtSeq();
  }

  /** The window that the peer advertised last. */
  public final int sendWindowBytes() {
    return sender.windowBytes();
  }

  /** Bytes queued and never sent. */
  public final int unsentBytes() {
    return sender.unsentBytes();
  }

  /** In-order bytes waiting in {@link TcpSock#pollData()}. */
  public final int readableBytes() {
    return receiver.readableBytes();
  }

  /**
   * Bytes from the next one that {@link TcpSock#pollData()} returns to the end of what the peer
   * calls urgent, which is part of the stream (RFC 9293 section 3.8.5); not positive when that was
   * polled already, or never was.
   */
  public final long urgentBytes() {
    return receiver.urgentBytes();
  }

  /** Sequence number of the next byte that {@link TcpSock#pollData()} returns. */
  public final int readSeq() {
    return receiver.readSeq();
  }

  /** Whether the peer's FIN was reached in order. Data before it may still wait to be polled. */
  public final boolean finReceived() {
    return receiver.finReached();
  }

  /** When data, a SYN or a FIN was last sent; {@link Long#MIN_VALUE} before that. */
  public final long lastSentNs() {
    return sender.lastSentNs();
  }
}
