package org.mptcp4j.stack;

import java.util.Optional;
import java.util.function.Consumer;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.tcp.TcpConfig;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TcpOptionWriter;
import org.mptcp4j.wire.TcpOptions;
import org.mptcp4j.wire.TxSegment;

/** SYN/ACKs whose sequence number is a cookie, and what comes back: RFC 4987 section 3.6. */
final class CookieAnswer {
  private final Services services;
  private final Outbox outbox;
  private final TxSegment reply = new TxSegment();

  CookieAnswer(Services services, Outbox outbox) {
    this.services = services;
    this.outbox = outbox;
  }

  private static FourTuple tupleOf(RxSegment segment) {
    return new FourTuple(segment.dst(), segment.dstPort(), segment.src(), segment.srcPort());
  }

  /** Whether no answer can leave at the moment, which is counted. */
  boolean isBlocked() {
    if (outbox.isFull()) {
      services.counters().increment(Mib.LISTEN_DROPS);
    }
    return outbox.isFull();
  }

  /**
   * Answers a SYN; not when it {@linkplain #isBlocked is blocked}.
   *
   * @param cookies makes the cookie
   * @param mptcp writes the option of MPTCP, behind those of TCP
   */
  void send(
      long nowNs,
      SynCookies cookies,
      ConnectionConfig config,
      RxSegment syn,
      int link,
      Consumer<TcpOptionWriter> mptcp) {
    StackCounters counters = services.counters();
    counters.limitReached(Mib.TCP_REQ_Q_FULL_DO_COOKIES);
    counters.increment(Mib.SYNCOOKIES_SENT);
    counters.increment(Mib.OUT_SEGS);
    FourTuple tuple = tupleOf(syn);
    TcpConfig tcp = services.tcpConfig(link, tuple, config);
    reply.clear();
    reply.src(tuple.local()).srcPort(tuple.localPort());
    reply.dst(tuple.remote()).dstPort(tuple.remotePort());
    reply.seq(cookies.iss(nowNs, syn)).ack(syn.seq() + 1).flags(TcpFlags.SYN | TcpFlags.ACK);
    reply.window(Math.min(65_535, config.receiveBuffer().initialBytes()));
    reply.hopLimit(tcp.options().hopLimit()).linkIndex(link);
    writeTcpOptions(nowNs, tuple, tcp, syn);
    mptcp.accept(reply.options());
    reply.encodeInto(outbox.add(), services.allocator());
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

  /**
   * The cookie that a segment acknowledges.
   *
   * @return none when it is none of ours, or too old
   */
  Optional<SynCookie> check(
      long nowNs, SynCookies cookies, ConnectionConfig config, RxSegment ack, int link) {
    FourTuple tuple = tupleOf(ack);
    int offset = services.iss().timestampOffset(tuple);
    Optional<SynCookie> cookie =
        cookies.check(nowNs, ack, offset, services.tcpConfig(link, tuple, config));
    if (cookie.isPresent()) {
      services.counters().increment(Mib.SYNCOOKIES_RECV);
    }
    return cookie;
  }
}
