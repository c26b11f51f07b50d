package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.ConnectionConfig;
import org.mptcp4j.mptcp.Offers;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.MpCapable;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpOptionWriter;

/**
 * Handshakes of which nothing is held: SYNs are answered by cookies, and connections are made when
 * these come back. RFC 4987 section 3.6; what is lost by it is what a cookie cannot tell: window
 * scale and SACK of a peer without timestamps, and the repetition of a SYN/ACK.
 */
final class StatelessHandshake {
  private final Services services;
  private final CookieAnswer answer;
  private SynCookies cookies; // null until the first is made
  private boolean sent;
  private long lastSentNs;

  StatelessHandshake(Services services, CookieAnswer answer) {
    this.services = services;
    this.answer = answer;
  }

  private SynCookies cookies() {
    if (cookies == null) {
      cookies = services.membership().newCookies(services.random());
    }
    return cookies;
  }

  /** Answers a SYN for a listener. */
  void answer(long nowNs, ConnectionConfig config, RxSegment syn, int link) {
    if (!answer.isBlocked()) {
      sent = true;
      lastSentNs = nowNs;
      answer.send(nowNs, cookies(), config, syn, link, out -> offer(nowNs, config, syn, out));
    }
  }

  /** RFC 8684 section 3.1: the third ACK carries both keys, so that neither has to be held. */
  private void offer(long nowNs, ConnectionConfig config, RxSegment syn, TcpOptionWriter out) {
    MpCapable offer = Offers.in(syn, services.counters());
    if (!config.speaksMptcp() || !Offers.isOffer(offer)) {
      return;
    }
    for (int attempt = 0; attempt < services.tokenAttempts(); attempt++) {
      long key = cookies().key(nowNs, syn, attempt);
      if (key != 0 && services.isTokenFree(services.crypto().token(key))) {
        out.mptcp(MpCapable.synAck(Offers.flags(config), key));
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
    Optional<SynCookie> cookie = answer.check(nowNs, cookies(), config, ack, link);
    if (cookie.isEmpty() && recent) {
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
