package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Offers;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;
import org.mptcp4j.wire.TxSegment;

/**
 * Handshakes of which nothing is held: SYNs are answered by cookies, and connections are made when
 * these come back. RFC 4987 section 3.6; what is lost by it is what a cookie cannot tell: window
 * scale and SACK of a peer without timestamps, and the repetition of a SYN/ACK.
 */
final class StatelessHandshake {
  private final Services services;
  private final Outbox outbox;
  private final TxSegment reply = new TxSegment();
  private SynCookies cookies; // null until the first is made
  private boolean sent;
  private long lastSentNs;

  StatelessHandshake(Services services, Outbox outbox) {
    this.services = services;
    this.outbox = outbox;
  }

  private SynCookies cookies() {
    if (cookies == null) {
      cookies = services.membership().newCookies(services.random());
    }
    return cookies;
  }

  /** Answers a SYN for a listener. */
  void answer(long nowNs, ConnectionConfig config, RxSegment syn, int link) {
    StackCounters counters = services.counters();
    if (outbox.isFull()) {
      counters.increment(Mib.LISTEN_DROPS);
      return;
    }
    sent = true;
    lastSentNs = nowNs;
    counters.limitReached(Mib.TCP_REQ_Q_FULL_DO_COOKIES);
    counters.increment(Mib.SYNCOOKIES_SENT);
    counters.increment(Mib.OUT_SEGS);
    FourTuple tuple = tupleOf(syn);
    TcpConfig tcp = services.tcpConfig(link, tuple, config);
    reply.clear();
    reply.src(tuple.local()).srcPort(tuple.localPort());
    reply.dst(tuple.remote()).dstPort(tuple.remotePort());
    reply.seq(cookies().iss(nowNs, syn)).ack(syn.seq() + 1).flags(TcpFlags.SYN | TcpFlags.ACK);
    reply.window(Math.min(65_535, config.receiveBuffer().initialBytes()));
    reply.hopLimit(tcp.options().hopLimit()).linkIndex(link);
    writeTcpOptions(nowNs, tuple, tcp, syn);
    writeMptcpOption(nowNs, config, syn);
    reply.encodeInto(outbox.add(), services.allocator());
  }

  private static FourTuple tupleOf(RxSegment segment) {
    return new FourTuple(segment.dst(), segment.dstPort(), segment.src(), segment.srcPort());
  }

  private void writeTcpOptions(long nowNs, FourTuple tuple, TcpConfig tcp, RxSegment syn) {
    TcpOptions offered = syn.options();
    TcpOptionWriter out = reply.options();
    out.mss(tcp.mss());
    if (!offered.hasTimestamps() || !tcp.options().timestamps()) {
      return; // The other options are noted in the timestamp.
    }
    if (offered.sackPermitted() && tcp.options().sack()) {
      out.sackPermitted();
    }
    int offset = services.iss().timestampOffset(tuple);
    out.timestamps(SynCookies.timestamp(nowNs, syn, offset, tcp), offered.tsVal());
    if (offered.windowScale() >= 0 && tcp.windowScale() >= 0) {
      out.windowScale(tcp.windowScale());
    }
  }

  /** RFC 8684 section 3.1: the third ACK carries both keys, so that neither has to be held. */
  private void writeMptcpOption(long nowNs, ConnectionConfig config, RxSegment syn) {
    MpCapable offer = Offers.in(syn, services.counters());
    if (!config.speaksMptcp() || !Offers.isOffer(offer)) {
      return;
    }
    for (int attempt = 0; attempt < services.tokenAttempts(); attempt++) {
      long key = cookies().key(nowNs, syn, attempt);
      if (key != 0 && services.isTokenFree(services.crypto().token(key))) {
        reply.options().mptcp(MpCapable.synAck(Offers.flags(config), key));
        return;
      }
    }
    services.counters().increment(Mib.MP_FALLBACK_TOKEN_INIT);
  }

  /**
   * The cookie that a segment of no flow acknowledges.
   *
   * @return none when it is none of ours, or too old
   */
  Optional<SynCookie> check(long nowNs, ConnectionConfig config, RxSegment ack, int link) {
    boolean recent = sent && nowNs - lastSentNs < 2 * SynCookies.PERIOD_NS;
    if (!recent && !services.membership().isShared()) {
      return Optional.empty();
    }
    FourTuple tuple = tupleOf(ack);
    Optional<SynCookie> cookie =
        cookies()
            .check(
                nowNs,
                ack,
                services.iss().timestampOffset(tuple),
                services.tcpConfig(link, tuple, config));
    if (cookie.isPresent()) {
      services.counters().increment(Mib.SYNCOOKIES_RECV);
    } else if (recent) {
      services.counters().increment(Mib.SYNCOOKIES_FAILED);
    }
    return cookie;
  }

  /**
   * Our key, which came back with a cookie.
   *
   * @param ack a segment whose cookie is good
   * @return 0 when there is none
   */
  long key(long nowNs, ConnectionConfig config, RxSegment ack) {
    MpCapable option = ack.options().mptcp(MpCapable.class);
    boolean ours =
        config.speaksMptcp()
            && option != null
            && option.hasReceiverKey()
            && cookies().isKey(nowNs, ack, option.receiverKey(), services.tokenAttempts());
    return ours ? option.receiverKey() : 0;
  }

  /** The stack of the group whose share has the token of a key of ours. */
  int ownerOf(long key) {
    return TokenTable.shareOf(services.crypto().token(key), services.membership().size());
  }
}
