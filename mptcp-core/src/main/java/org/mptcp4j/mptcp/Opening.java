package org.mptcp4j.mptcp;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.info.FallbackReason;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.mib.Counters;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.sched.Scheduler;
import org.mptcp4j.tcp.SegmentVerdict;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.Dss;
import org.mptcp4j.wire.DssOption;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.Seq32;
import org.mptcp4j.wire.Seq64;

/**
 * A connection on which MPTCP was offered and the peer's choice is not known yet: RFC 8684 section
 * 3.1. Our key and its token are reserved.
 */
final class Opening implements Transport {
  /** Mappings that are kept until the peer's key is known: some segments of a first flight. */
  private static final int EARLY_MAPPINGS = 64;

  /** DATA_FINs without the keys after which these are not waited for any more. */
  private static final int LONE_FINS = 3;

  private final SessionKeys keys;
  private final MetaSock meta;
  private final MptcpTcpSock first;
  private final MptcpCrypto crypto;
  private final Blackholes blackholes;
  private final Counters counters;
  private Scheduler scheduler;
  private List<MptcpTcpSock> flows;
  private List<DssOption> early = List.of();
  private byte loneFins;
  private boolean ended;

  /**
   * Makes one.
   *
   * @param first in state {@link SubflowState#CAPABLE_SYN_SENT} or {@link
   *     SubflowState#CAPABLE_SYN_RECEIVED}
   */
  Opening(SessionKeys keys, MetaSock meta, MptcpTcpSock first, SubflowFactory factory) {
    this.keys = keys;
    this.meta = meta;
    this.first = first;
    crypto = factory.services().crypto();
    blackholes = factory.services().blackholes();
    counters = factory.services().counters();
    scheduler = factory.config().scheduler();
    flows = List.of(first);
  }

  /** Our key, and the peer's once the ends have agreed. */
  SessionKeys keys() {
    return keys;
  }

  /** The flow of the handshake. */
  MptcpTcpSock first() {
    return first;
  }

  /** What will decide which subflow carries what. */
  Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void scheduler(Scheduler chosen) {
    scheduler = chosen;
  }

  @Override
  public List<? extends Flow> flows() {
    return flows;
  }

  @Override
  public long pathRttNs() {
    return first.tcp().pathRttNs();
  }

  // ---- a segment

  @Override
  public Decision onSegment(
      long nowNs, Flow flow, RxSegment segment, SegmentVerdict verdict, int notices) {
    return switch (verdict) {
      case ACCEPTED ->
          first.state() == SubflowState.CAPABLE_SYN_SENT
              ? (segment.syn() ? synAck(nowNs, segment) : Decision.NONE)
              : (segment.syn() ? Decision.NONE : thirdAck(segment));
      case RESET, REFUSED -> first.onReset(segment, keys, counters);
      default -> segment.syn() ? synAgain(segment) : Decision.NONE;
    };
  }

  /**
   * RFC 8684 section 3.1: a client that gets no answer to MP_CAPABLE leaves it out. An answer with
   * it might never get through either, so that this end follows.
   */
  private Decision synAgain(RxSegment seg) {
    boolean follows =
        first.state() == SubflowState.CAPABLE_SYN_RECEIVED
            && !seg.hasAck()
            && seg.seq() == first.tcp().irs()
            && seg.options().mptcp(MpCapable.class) == null;
    if (!follows) {
      return Decision.NONE;
    }
    meta.fallsBack(FallbackReason.NO_KEYS_IN_ACK);
    return Decision.FALL_BACK;
  }

  private Decision synAck(long nowNs, RxSegment seg) {
    MpCapable option = seg.options().mptcp(MpCapable.class);
    boolean agreed =
        seg.hasAck()
            && first.options().offered()
            && option != null
            && option.encodedLength() == MpCapable.LENGTH_SYN_ACK
            && isVersion1(option);
    IpAddress peer = first.tuple().remote();
    if (!agreed) {
      FallbackReason why = whyNot(seg);
      meta.fallsBack(why);
      if (why == FallbackReason.SYN_DROPPED && blackholes.add(nowNs, peer)) {
        counters.increment(Mib.BLACKHOLE);
      }
      return Decision.FALL_BACK;
    }
    blackholes.remove(peer);
    counters.increment(Mib.MP_CAPABLE_SYNACK_RX);
    numberAfterSyn();
    learnPeer(option, seg.window());
    first.become(SubflowState.CAPABLE_ACK_SENT);
    return Decision.AGREED;
  }

  /** RFC 8684 section 3.1: another version, no HMAC-SHA256 or the B flag is no agreement. */
  private static boolean isVersion1(MpCapable option) {
    return option.version() == MpCapable.VERSION_1
        && option.hmacSha256()
        && !option.extensibility();
  }

  private FallbackReason whyNot(RxSegment seg) {
    if (!seg.hasAck()) {
      return FallbackReason.SIMULTANEOUS_OPEN;
    }
    return first.options().offered() ? FallbackReason.PEER_DECLINED : FallbackReason.SYN_DROPPED;
  }

  private Decision thirdAck(RxSegment seg) {
    MpCapable option = seg.options().mptcp(MpCapable.class);
    if (option == null || !option.hasReceiverKey()) {
      // RFC 8684 section 3.7: a segment from beyond a gap says nothing about the handshake.
      Dss dss = seg.options().dss();
      boolean loneFin = seg.payloadLength() == 0 && dss.dataFin();
      boolean beyondGap = (seg.payloadLength() > 0 || loneFin) && !isFirst(seg);
      if (beyondGap || loneFin && mayStillShowKeys(seg)) {
        keepEarlyMapping(dss);
        return Decision.NONE;
      }
      ended = loneFin;
      meta.fallsBack(FallbackReason.NO_KEYS_IN_ACK);
      return Decision.FALL_BACK;
    }
    boolean agreed =
        option.receiverKey() == keys.localKey() && option.senderKey() != 0 && isVersion1(option);
    if (!agreed) {
      meta.fallsBack(FallbackReason.NO_KEYS_IN_ACK);
      return Decision.FALL_BACK;
    }
    counters.increment(Mib.MP_CAPABLE_ACK_RX);
    learnPeer(option, (long) seg.window() << first.tcp().sendScale());
    if (!early.stream().allMatch(m -> m.hasChecksum() == keys.checksum())) {
      // RFC 8684 section 3.3: a checksum is there where they are used, and only there.
      return first.fail(CloseReason.MPTCP_ERROR);
    }
    early.forEach(this::takeEarlyMapping);
    first.confirmed();
    return Decision.AGREED;
  }

  private boolean isFirst(RxSegment seg) {
    return seg.seq() == first.mappedFrom() + 1;
  }

  /**
   * A DATA_FIN without the keys, of a client that has sent nothing else: its third ACK was lost.
   * Some repeat the keys, others (Linux) do not, and wait for a DATA_ACK for ever. Behind a FIN
   * nothing comes at all.
   */
  private boolean mayStillShowKeys(RxSegment seg) {
    loneFins++;
    return !seg.fin() && loneFins < LONE_FINS;
  }

  /**
   * Whether the peer has said that it sends nothing, by a DATA_FIN whose number nobody can read: as
   * plain TCP it waits for this end.
   */
  boolean endedWithoutKeys() {
    return ended;
  }

  private void learnPeer(MpCapable option, long windowBytes) {
    keys.remote(option.senderKey(), crypto);
    keys.remoteFlags(option.checksumRequired(), option.denyJoinInitial());
    // RFC 8684 section 3.1: the first data byte follows the initial data sequence number.
    meta.learnPeer(keys.remoteIdsn() + 1, windowBytes);
  }

  /** The peer's key is known by now. */
  private void takeEarlyMapping(DssOption mapping) {
    long next = meta.window().next();
    int length = mapping.length() - (mapping.dataFin() ? 1 : 0);
    boolean dsn64 = (mapping.flags() & Dss.DSN64) != 0;
    long dsn = dsn64 ? mapping.dsn() : Seq64.expand(next, (int) mapping.dsn());
    if (length == 0) {
      return; // a DATA_FIN alone will come again
    }
    first.input().map(first.tcp(), first.options(), mapping, length, dsn);
    if (mapping.dataFin() && Seq64.gt(dsn + length, next)) {
      meta.peerFin(dsn + length);
    }
  }

  /** A mapping that came before the peer's key, by which alone it may be understood. */
  private void keepEarlyMapping(Dss dss) {
    if (!dss.hasMapping() || dss.length() == 0 || early.size() >= EARLY_MAPPINGS) {
      return;
    }
    DssOption mapping = dss.toOption();
    if (early.isEmpty()) {
      early = new ArrayList<>();
    }
    if (!early.contains(mapping)) {
      early.add(mapping);
    }
  }

  @Override
  public void openedEarly() {
    meta.connected();
  }

  /** RFC 8684 appendix B: what came with the SYN goes first, outside the data sequence space. */
  @Override
  public Decision drain(long nowNs, Flow flow) {
    if (first.tcp().state() == TcpState.SYN_RECEIVED) {
      ByteBuf data;
      while ((data = first.tcp().pollData()) != null) {
        first.input().tookSynBytes(data.readableBytes());
        meta.rx().receiveInOrder(data);
      }
    }
    return Decision.NONE;
  }

  @Override
  public Decision afterTcp(long nowNs, Flow flow, int notices) {
    return first.died(notices);
  }

  // ---- sending

  @Override
  public void push(long nowNs) {
    if (meta.connecting()) {
      first.pushWithSyn(meta, first);
    }
  }

  /**
   * RFC 8684 appendix B: what was taken of the SYN's data is outside the data sequence space, which
   * begins behind it.
   */
  private void numberAfterSyn() {
    if (meta.tx().nxt() != meta.firstDsn()) {
      int next = first.tcp().sndUna();
      first.tcp().discardUnsent();
      meta.tx().renumber(Seq32.diff(next, first.options().firstSeq()));
      first.options().startSending(next);
    }
  }

  @Override
  public void tellWindow() {
    first.tcp().windowMayHaveGrown();
  }

  @Override
  public boolean mayEnd() {
    return false; // one that was open early may not know yet how it says so
  }

  @Override
  public void sendFin() {
    // Not before the handshake is over.
  }

  // ---- the end

  @Override
  public Decision remove(Flow flow) {
    first.gone();
    flows = List.of();
    return Decision.PEER_RESET;
  }

  @Override
  public Paths paths(String what) throws MptcpException {
    throw new MptcpException(
        SocketError.ENOTCONN,
        what + " before the handshake is over; wait for StackEvent.Type.CONNECTED");
  }

  @Override
  public Protocol protocol() {
    return Protocol.UNDECIDED;
  }

  @Override
  public Agreement agreement() {
    return Agreement.offered(keys);
  }
}
