package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.JoinRequest;
import org.mptcp4j.mptcp.JoinVerdict;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.tcp.TimeWaitSock;
import org.mptcp4j.wire.IcmpError;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.MptcpOption;
import org.mptcp4j.wire.ParseVerdict;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.TxSegment;

/**
 * Where a received packet goes: to its flow, else as a join to the connection that its token names,
 * else to a listener, else a reset is the answer.
 */
final class PacketInput {
  private static final Optional<MpTcpRst> NO_REASON = Optional.empty();

  private final Sockets sockets;
  private final JoinInput joins;
  private final Services services;
  private final StackCounters counters;
  private final SourceRateLimit resets;
  private final SourceRateLimit echoes;
  private final Membership membership;
  private final Handover handover;
  private final RxSegment segment = new RxSegment();
  private final TxSegment reply = new TxSegment();

  PacketInput(Sockets sockets) {
    this.sockets = sockets;
    services = sockets.services();
    joins = new JoinInput(sockets);
    counters = services.counters();
    membership = services.membership();
    handover = membership.isShared() ? new Handover(membership.size(), counters) : null;
    Limits limits = services.config().limits();
    resets = new SourceRateLimit(limits.resetsPerSecond(), services.random());
    echoes = new SourceRateLimit(limits.echoRepliesPerSecond(), services.random());
  }

  /**
   * Processes one packet.
   *
   * @param packet borrowed, or taken out of its slot when it is to be handed over
   */
  void onPacket(long nowNs, Packet packet) {
    counters.increment(IpMib.IN_RECEIVES);
    ParseVerdict verdict = segment.parse(packet);
    switch (verdict) {
      case OK -> onSegment(nowNs, packet);
      case NOT_TCP -> onOther(nowNs, packet);
      case FRAGMENT -> counters.increment(IpMib.REASM_FAILS);
      case BAD_CHECKSUM -> {
        counters.increment(Mib.IN_CSUM_ERRORS);
        counters.increment(Mib.IN_ERRS);
      }
      case TRUNCATED, BAD_HEADER -> counters.increment(IpMib.IN_HDR_ERRORS);
    }
  }

  // ---- TCP

  private void onSegment(long nowNs, Packet packet) {
    FlowEntry entry = services.flows().find(segment);
    if (entry == null && handOver(packet)) {
      return;
    }
    counters.add(Mib.IN_SEGS, segment.segments());
    counters.add(IpMib.ofEcn(segment.isV4(), segment.ecn()), segment.segments());
    if (segment.options().hasMd5()) {
      // As Linux: who signs expects to be checked, and nobody here can.
      counters.increment(Mib.TCP_MD5_UNEXPECTED);
      return;
    }
    if (entry instanceof FlowEntry.Live live) {
      onLive(nowNs, live, packet);
    } else if (entry instanceof FlowEntry.Waiting waiting) {
      onTimeWait(nowNs, waiting, packet);
    } else {
      onUnknown(nowNs, packet);
    }
  }

  private void onLive(long nowNs, FlowEntry.Live live, Packet packet) {
    ConnectionNode node = live.node();
    if (node.broken() || sockets.acceptance().isInVain(node, segment)) {
      return;
    }
    try {
      SegmentVerdict verdict = node.connection().onSegment(nowNs, live.flow(), segment);
      sockets.touch(node);
      sockets.advance(node);
      if (segment.payloadLength() > 0) {
        sockets.holdings().came(nowNs, node, segment.payloadLength());
      }
      if (verdict == SegmentVerdict.REPLY_RESET) {
        onSegmentForNobody(nowNs, live, packet);
      }
    } catch (RuntimeException | Error e) {
      sockets.fail(nowNs, node, e);
    }
  }

  /** A segment that its flow cannot be about; the flow may be over, and only not yet forgotten. */
  private void onSegmentForNobody(long nowNs, FlowEntry.Live live, Packet packet) {
    boolean opens = segment.syn() && !segment.hasAck();
    if (!opens || live.flow().tcp().state() != TcpState.CLOSED) {
      reset(nowNs, NO_REASON, live.flow().linkIndex());
      return;
    }
    services.flows().remove(live.flow());
    if (!handOver(packet)) {
      onUnknown(nowNs, packet);
    }
  }

  private void onTimeWait(long nowNs, FlowEntry.Waiting flow, Packet packet) {
    long expiry = flow.sock.expiryNs();
    TimeWaitSock.Verdict verdict = flow.sock.onSegment(nowNs, segment, reply);
    if (verdict == TimeWaitSock.Verdict.REUSE && !isSynWanted()) {
      verdict = flow.sock.onUnwantedSyn(nowNs, reply);
    }
    switch (verdict) {
      case DROP -> {
        // Nothing to say.
      }
      case END -> {
        services.flows().forget(flow);
        return;
      }
      case REPLY -> {
        reply.linkIndex(flow.linkIndex);
        send();
      }
      case REUSE -> {
        // RFC 6191 section 2: the SYN opens a new incarnation of the connection.
        services.flows().recycle(flow);
        if (!handOver(packet)) {
          onUnknown(nowNs, packet);
        }
        return;
      }
    }
    if (flow.sock.expiryNs() != expiry) {
      services.flows().restart(flow);
    }
  }

  /** Whether a SYN may open something here, or in a stack that it belongs to rather. */
  private boolean isSynWanted() {
    Listener listener = listener();
    return listener != null || joinOption() != null || membership.isShared();
  }

  /** Takes a segment of no flow here out of its slot when it belongs to another stack. */
  private boolean handOver(Packet packet) {
    if (!membership.isShared()) {
      return false;
    }
    MpJoinSyn join = segment.syn() && !segment.hasAck() ? joinOption() : null;
    return handOver(membership.ownerOf(segment, join), packet);
  }

  private boolean handOver(int owner, Packet packet) {
    if (owner == membership.index()) {
      return false;
    }
    handover.add(owner, packet);
    return true;
  }

  /** See {@link MptcpStack#pollHandover}. */
  int pollHandover(PacketBatch out) {
    return handover == null ? -1 : handover.poll(out);
  }

  /** A segment of no flow. */
  private void onUnknown(long nowNs, Packet packet) {
    int link = services.routes().answerLink(packet.linkIndex(), segment.dstHi(), segment.dstLo());
    if (link < 0 || !services.routes().isSource(segment.src())) {
      counters.increment(IpMib.IN_ADDR_ERRORS);
      return;
    }
    // RFC 9293 section 3.10.7.1 and 3.10.7.2: an incoming RST is discarded.
    if (segment.rst()) {
      return;
    }
    // RFC 9293 section 3.10.7.2, fourth: what has neither SYN, ACK nor RST is dropped by a
    // listener.
    if (!segment.syn() && !segment.hasAck() && listener() != null) {
      return;
    }
    // RFC 9293 section 3.10.7.2: any acknowledgment is bad if it arrives on a listener, except that
    // of a SYN/ACK of which nothing was held.
    if (!segment.syn() || segment.hasAck()) {
      boolean completes = !segment.syn() && segment.hasAck();
      if (!completes || !onJoinAck(nowNs, packet, link) && !onCookie(nowNs, packet, link)) {
        reset(nowNs, services.flows().lastWord(segment), link);
      }
      return;
    }
    if (segment.fin()) {
      // No stack sends it; what does is a scanner.
      counters.increment(Mib.IN_ERRS);
      return;
    }
    MpJoinSyn join = joinOption();
    if (join != null) {
      JoinVerdict verdict = joins.onSyn(nowNs, segment, join, link);
      if (verdict != JoinVerdict.ACCEPTED) {
        reset(nowNs, verdict.reset(), link);
      }
      return;
    }
    Listener listener = listener();
    if (listener == null) {
      reset(nowNs, nobodyListens(), link);
    } else {
      sockets.onSyn(nowNs, listener, segment, link);
    }
  }

  /** Who listens where the segment goes to, or {@code null}. */
  private Listener listener() {
    return sockets.acceptance().find(segment.dstHi(), segment.dstLo(), segment.dstPort());
  }

  /** Why a SYN finds no listener: as Linux, a port that was announced for joins takes no others. */
  private Optional<MpTcpRst> nobodyListens() {
    if (!sockets.acceptance().takesJoinsOnly(segment.dst(), segment.dstPort())) {
      return NO_REASON;
    }
    counters.increment(Mib.MP_CAPABLE_ENDP_ATTEMPT);
    if (segment.options().mptcp(MpCapable.class) == null) {
      return NO_REASON;
    }
    counters.increment(Mib.MP_CAPABLE_SYN_RX);
    return JoinVerdict.PROHIBITED.reset();
  }

  /** Returns whether an acknowledgement sends a SYN cookie back, which is then dealt with. */
  private boolean onCookie(long nowNs, Packet packet, int link) {
    Listener listener = listener();
    if (listener == null) {
      return false;
    }
    StatelessHandshake stateless = sockets.stateless();
    Optional<SynCookie> cookie = stateless.check(nowNs, listener.config(), segment, link);
    if (cookie.isEmpty()) {
      return false;
    }
    long key = stateless.key(nowNs, listener.config(), segment);
    if (key == 0 || !membership.isShared() || !handOver(stateless.ownerOf(key), packet)) {
      sockets.onCookie(nowNs, listener, segment, cookie.get(), key, link);
    }
    return true;
  }

  private MpJoinSyn joinOption() {
    boolean mptcp = services.config().mptcp().mode() == MptcpMode.ENABLED;
    return mptcp && segment.options().hasMptcp() ? segment.options().mptcp(MpJoinSyn.class) : null;
  }

  /** Returns whether a segment completes a join of which nothing was held, which is dealt with. */
  private boolean onJoinAck(long nowNs, Packet packet, int link) {
    Optional<JoinRequest> join = joins.find(segment);
    if (join.isPresent()
        && !(membership.isShared() && handOver(joins.ownerOf(join.get()), packet))) {
      JoinVerdict verdict = joins.onAck(nowNs, segment, join.get(), link);
      if (verdict != JoinVerdict.ACCEPTED) {
        reset(nowNs, verdict.reset(), link);
      }
    }
    return join.isPresent();
  }

  private boolean isAllowed(long nowNs, SourceRateLimit limit) {
    return limit.allow(nowNs, segment.srcHi(), segment.srcLo(), segment.isV4());
  }

  /** What a router says to all, and to groups that are not ours, is not misdirected. */
  private boolean destinationIsMulticast() {
    return segment.isV4() ? (segment.dstLo() >>> 28 & 0xf) == 0xe : segment.dstHi() >>> 56 == 0xff;
  }

  private void reset(long nowNs, Optional<? extends MptcpOption> why, int link) {
    if (!isAllowed(nowNs, resets) || sockets.outbox().isFull()) {
      counters.increment(IpMib.OUT_RATE_LIMITED);
      return;
    }
    reply.clear();
    Resets.write(segment, why, link, reply);
    counters.increment(Mib.OUT_RSTS);
    send();
  }

  private void send() {
    if (sockets.outbox().isFull()) {
      reply.clear();
      counters.increment(IpMib.OUT_RATE_LIMITED);
    } else {
      reply.encodeInto(sockets.outbox().add(), services.allocator());
      counters.increment(Mib.OUT_SEGS);
    }
  }

  // ---- ICMP

  private void onOther(long nowNs, Packet packet) {
    counters.increment(IpMib.ofEcn(segment.isV4(), segment.ecn()));
    int arrival = packet.linkIndex();
    int link = services.routes().answerLink(arrival, segment.dstHi(), segment.dstLo());
    if (link < 0) {
      if (!destinationIsMulticast()) {
        counters.increment(IpMib.IN_ADDR_ERRORS);
      }
    } else if (!EchoReply.isIcmp(segment)) {
      counters.increment(IpMib.IN_UNKNOWN_PROTOS);
    } else {
      counters.increment(IpMib.ICMP_IN_MSGS);
      onIcmp(nowNs, packet, link);
    }
  }

  private void onIcmp(long nowNs, Packet packet, int link) {
    if (EchoReply.isRequest(segment)) {
      onEcho(nowNs, link);
      return;
    }
    Optional<IcmpError> error = IcmpError.decode(segment);
    if (error.isEmpty() || !onError(nowNs, packet, error.get())) {
      counters.increment(IpMib.ICMP_IN_ERRORS);
    }
  }

  private void onEcho(long nowNs, int link) {
    counters.increment(IpMib.ICMP_IN_ECHOS);
    // RFC 1122 section 3.2.2.6: every host answers echo requests.
    if (!services.routes().isSource(segment.src())
        || !isAllowed(nowNs, echoes)
        || sockets.outbox().isFull()) {
      counters.increment(IpMib.OUT_RATE_LIMITED);
      return;
    }
    EchoReply.write(segment, link, sockets.outbox().add(), services.allocator());
    counters.increment(IpMib.ICMP_OUT_ECHO_REPS);
  }

  /** Returns whether the error is about a live flow. */
  private boolean onError(long nowNs, Packet packet, IcmpError error) {
    counters.increment(counterOf(error));
    FlowEntry entry =
        services.flows().find(error.src(), error.srcPort(), error.dst(), error.dstPort());
    if (entry == null && membership.isShared()) {
      return handOver(
          membership.ownerOf(error.src(), error.srcPort(), error.dst(), error.dstPort()), packet);
    }
    if (!(entry instanceof FlowEntry.Live live) || live.node().broken()) {
      return false;
    }
    // RFC 5927 section 4.1: the quoted sequence number must be one that is not acknowledged yet.
    boolean inFlight =
        Seq32.le(live.flow().tcp().sndUna(), error.seq())
            && Seq32.lt(error.seq(), live.flow().tcp().sndNxt());
    if (inFlight) {
      sockets.call(nowNs, live.node(), c -> c.onIcmpError(nowNs, live.flow(), error));
    } else {
      counters.increment(Mib.OUT_OF_WINDOW_ICMPS);
    }
    return true;
  }

  private static IpMib counterOf(IcmpError error) {
    boolean v4 = error.src().isV4();
    return switch (error.kind()) {
      case TIME_EXCEEDED -> IpMib.ICMP_IN_TIME_EXCDS;
      case PARAMETER_PROBLEM -> IpMib.ICMP_IN_PARM_PROBS;
      case PACKET_TOO_BIG -> v4 ? IpMib.ICMP_IN_DEST_UNREACHS : IpMib.ICMP6_IN_PKT_TOO_BIGS;
      default -> IpMib.ICMP_IN_DEST_UNREACHS;
    };
  }

  /** Releases what is held between packets: nothing, unless a packet ended in a defect. */
  void close() {
    reply.clear();
    if (handover != null) {
      handover.clear();
    }
  }
}
