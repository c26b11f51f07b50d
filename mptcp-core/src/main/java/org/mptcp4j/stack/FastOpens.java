package org.mptcp4j.stack;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.Offers;
import org.mptcp4j.tcp.FastOpenAnswer;
import org.mptcp4j.tcp.FastOpenCookies;
import org.mptcp4j.tcp.TcpState;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;

/** Fast open at the passive end: who gets a cookie, and whose SYN is enough. RFC 7413. */
final class FastOpens {
  private final Services services;
  private FastOpenCookies cookies; // null until one is asked for
  private final Map<ConnectionNode, FastOpenQueue> pending = new HashMap<>();

  FastOpens(Services services) {
    this.services = services;
  }

  private FastOpenCookies cookies() {
    if (cookies == null) {
      cookies = services.membership().newCookies(services.random()).forFastOpen();
    }
    return cookies;
  }

  /** What is to be done about the option of a SYN, or its data. */
  FastOpenAnswer answer(long nowNs, Listener listener, RxSegment syn) {
    byte[] cookie = syn.options().fastOpenCookie();
    TcpSocketOptions chosen = listener.config().socket().tcp();
    boolean freely = chosen.fastOpenNoCookie() && syn.payloadLength() > 0;
    if (cookie == null && !freely) {
      return FastOpenAnswer.NONE;
    }
    if (cookie != null && cookie.length == 0) {
      services.counters().increment(Mib.TCP_FAST_OPEN_COOKIE_REQD);
    }
    if (chosen.fastOpenPending() == 0) {
      return FastOpenAnswer.NONE;
    }
    if (!listener.fastOpens().hasRoom(nowNs, chosen.fastOpenPending())) {
      services.counters().limitReached(Mib.TCP_FAST_OPEN_LISTEN_OVERFLOW);
      return FastOpenAnswer.NONE;
    }
    return freely ? FastOpenAnswer.OPEN : answer(nowNs, listener, syn, cookie);
  }

  private FastOpenAnswer answer(long nowNs, Listener listener, RxSegment syn, byte[] cookie) {
    FastOpenCookies.Check check =
        cookie.length == 0 ? FastOpenCookies.Check.WRONG : cookies().check(nowNs, syn, cookie);
    if (check == FastOpenCookies.Check.CURRENT) {
      return FastOpenAnswer.OPEN;
    }
    boolean good = check == FastOpenCookies.Check.PREVIOUS;
    if (good) {
      services.counters().increment(Mib.TCP_FAST_OPEN_PASSIVE_ALT_KEY);
    } else if (cookie.length > 0) {
      services.counters().increment(Mib.TCP_FAST_OPEN_PASSIVE_FAIL);
    }
    return new FastOpenAnswer(good, cookies().cookie(nowNs, syn, cookieBytes(listener, syn)));
  }

  /** RFC 8684 appendix B: MP_CAPABLE must find room beside it. */
  private static int cookieBytes(Listener listener, RxSegment syn) {
    boolean mptcp =
        listener.config().speaksMptcp() && Offers.isOffer(syn.options().mptcp(MpCapable.class));
    return mptcp ? FastOpenCookies.SHORT_BYTES : FastOpenCookies.BYTES;
  }

  /** No connection could be made for a SYN. */
  void refused(FastOpenAnswer answer) {
    if (answer.opensEarly()) {
      services.counters().increment(Mib.TCP_FAST_OPEN_PASSIVE_FAIL);
    }
  }

  /** A connection was made for a SYN with that answer. */
  void begin(Listener listener, ConnectionNode node, FastOpenAnswer answer) {
    if (answer.opensEarly()) {
      services.counters().increment(Mib.TCP_FAST_OPEN_PASSIVE);
      listener.fastOpens().add();
      pending.put(node, listener.fastOpens());
    }
  }

  /** Something happened to a connection: perhaps it is confirmed, or over. */
  void look(long nowNs, ConnectionNode node) {
    FastOpenQueue queue = pending.isEmpty() ? null : pending.get(node);
    if (queue == null) {
      return;
    }
    List<? extends Flow> flows = node.broken() ? List.of() : node.connection().flows();
    if (!flows.isEmpty() && flows.get(0).tcp().state() == TcpState.SYN_RECEIVED) {
      return;
    }
    pending.remove(node);
    if (node.error() == SocketError.ECONNRESET) {
      queue.reset(nowNs);
    } else {
      queue.remove();
    }
  }
}
