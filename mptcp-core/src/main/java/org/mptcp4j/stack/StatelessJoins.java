package org.mptcp4j.stack;

import java.util.Optional;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.JoinRequest;
import org.mptcp4j.mptcp.JoinVerdict;
import org.mptcp4j.mptcp.MptcpCb;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.tcp.SynCookies;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpJoinSynAck;
import org.mptcp4j.wire.RxSegment;

/**
 * Joins of which no more is held than an entry in a {@link JoinTable}: their SYNs are answered by
 * cookies, and subflows are made when these come back with the right HMAC.
 */
final class StatelessJoins {
  private final Services services;
  private final CookieAnswer answer;
  private final JoinTable table;
  private SynCookies cookies; // null until the first is made

  StatelessJoins(Services services, CookieAnswer answer) {
    this.services = services;
    this.answer = answer;
    table = services.membership().joins();
  }

  /** Others than those of listeners: what comes back without an option must open nothing. */
  private SynCookies cookies() {
    if (cookies == null) {
      cookies = services.membership().newCookies(services.random()).forJoins();
    }
    return cookies;
  }

  /**
   * Answers a SYN with MP_JOIN for a connection of this stack.
   *
   * @return why it is refused instead, else {@link JoinVerdict#ACCEPTED}
   */
  JoinVerdict answer(long nowNs, MptcpCb cb, RxSegment syn, MpJoinSyn option, int link) {
    JoinVerdict verdict = cb.admitJoin(syn, option);
    if (verdict != JoinVerdict.ACCEPTED || answer.isBlocked()) {
      return verdict;
    }
    long place = cookies().placeOf(syn);
    JoinRequest join = request(place, option);
    table.put(place, join);
    MpJoinSynAck ours = cb.answerJoin(syn, join);
    answer.send(nowNs, cookies(), cb.config(), syn, link, out -> out.mptcp(ours));
    return verdict;
  }

  /** A SYN that is repeated gets the answer that it had, of which the acknowledgement may come. */
  private JoinRequest request(long place, MpJoinSyn option) {
    JoinRequest known = table.get(place);
    boolean repeated =
        known != null
            && known.token() == option.token()
            && known.remoteNonce() == option.nonce()
            && known.addressId() == option.addressId()
            && known.backup() == option.backup();
    if (repeated) {
      return known;
    }
    int nonce = services.random().nextInt();
    return new JoinRequest(
        option.token(), option.nonce(), nonce, option.addressId(), option.backup());
  }

  /** What is known of the join that a segment may complete. */
  Optional<JoinRequest> find(RxSegment ack) {
    return Optional.ofNullable(table.get(cookies().placeOf(ack)));
  }

  /** The stack of the group that has the connection. */
  int ownerOf(JoinRequest join) {
    return TokenTable.shareOf(join.token(), services.membership().size());
  }

  /**
   * The cookie that a segment acknowledges.
   *
   * @return none when it is none of ours, or too old
   */
  Optional<SynCookie> check(long nowNs, MptcpCb cb, RxSegment ack, int link) {
    Optional<SynCookie> cookie = answer.check(nowNs, cookies(), cb.config(), ack, link);
    if (cookie.isEmpty()) {
      services.counters().increment(Mib.SYNCOOKIES_FAILED);
    }
    return cookie;
  }

  /** The join that a segment completes is over: nobody shall do it again. */
  void forget(RxSegment ack) {
    table.remove(cookies().placeOf(ack));
  }
}
