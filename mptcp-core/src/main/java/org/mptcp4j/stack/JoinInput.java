package org.mptcp4j.stack;

import java.util.List;
import java.util.Optional;
import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.JoinRequest;
import org.mptcp4j.mptcp.JoinVerdict;
import org.mptcp4j.mptcp.MptcpCb;
import org.mptcp4j.tcp.SynCookie;
import org.mptcp4j.wire.MpJoinAck;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.RxSegment;

/**
 * Segments of no flow that join a connection: RFC 8684 section 3.2. As long as there is room a SYN
 * makes a subflow; beyond that a cookie answers, and the third ACK makes it.
 */
final class JoinInput {
  private final Sockets sockets;
  private final Services services;
  private final StatelessJoins stateless;

  JoinInput(Sockets sockets) {
    this.sockets = sockets;
    services = sockets.services();
    stateless = new StatelessJoins(services, new CookieAnswer(services, sockets.outbox()));
  }

  /** A SYN with MP_JOIN. Returns why a reset is the answer, else ACCEPTED. */
  JoinVerdict onSyn(long nowNs, RxSegment syn, MpJoinSyn option, int link) {
    ConnectionNode node = services.tokens().get(option.token());
    JoinVerdict verdict;
    if (node == null || node.broken()) {
      countUnknown(syn, option);
      verdict = JoinVerdict.NO_TOKEN;
    } else {
      verdict = onSyn(nowNs, node, syn, option, link);
    }
    if (verdict != JoinVerdict.ACCEPTED) {
      services.journal().joinRefused(syn, verdict.name());
    }
    return verdict;
  }

  /** As Linux, whose listeners count a join before they look for its connection. */
  private void countUnknown(RxSegment syn, MpJoinSyn option) {
    if (sockets.acceptance().find(syn.dstHi(), syn.dstLo(), syn.dstPort()) != null) {
      services.counters().increment(Mib.MP_JOIN_SYN_RX);
      if (option.backup()) {
        services.counters().increment(Mib.MP_JOIN_SYN_BACKUP_RX);
      }
    }
    services.counters().increment(Mib.MP_JOIN_NO_TOKEN_FOUND);
  }

  private JoinVerdict onSyn(
      long nowNs, ConnectionNode node, RxSegment syn, MpJoinSyn option, int link) {
    Optional<MptcpCb> cb = node.connection().cb();
    if (cb.isEmpty()) {
      services.counters().increment(Mib.MP_JOIN_REJECTED);
      return JoinVerdict.NOT_MPTCP;
    }
    boolean crowded = sockets.acceptance().halfOpen().isFull() || cb.get().joinsCrowded();
    try {
      JoinVerdict verdict =
          crowded
              ? stateless.answer(nowNs, cb.get(), syn, option, link)
              : cb.get().acceptJoin(nowNs, syn, option, link);
      sockets.touch(node);
      return verdict;
    } catch (RuntimeException | Error e) {
      sockets.fail(nowNs, node, e);
      return JoinVerdict.NO_RESOURCES;
    }
  }

  /** The join that a segment completes, if one is known. */
  Optional<JoinRequest> find(RxSegment ack) {
    return ack.options().mptcp(MpJoinAck.class) == null ? Optional.empty() : stateless.find(ack);
  }

  /** The stack of the group that has the connection. */
  int ownerOf(JoinRequest join) {
    return stateless.ownerOf(join);
  }

  /**
   * A third ACK of a connection of this stack. Returns why a reset is the answer, else ACCEPTED.
   */
  JoinVerdict onAck(long nowNs, RxSegment ack, JoinRequest join, int link) {
    ConnectionNode node = services.tokens().get(join.token());
    Optional<MptcpCb> cb =
        node == null || node.broken() ? Optional.empty() : node.connection().cb();
    if (cb.isEmpty()) {
      return JoinVerdict.NO_TOKEN;
    }
    try {
      JoinVerdict verdict = onAck(nowNs, node, cb.get(), ack, join, link);
      if (verdict != JoinVerdict.ACCEPTED) {
        services.journal().joinRefused(ack, verdict.name());
      }
      return verdict;
    } catch (RuntimeException | Error e) {
      sockets.fail(nowNs, node, e);
      return JoinVerdict.NO_RESOURCES;
    }
  }

  private JoinVerdict onAck(
      long nowNs, ConnectionNode node, MptcpCb cb, RxSegment ack, JoinRequest join, int link) {
    Optional<SynCookie> cookie = stateless.check(nowNs, cb, ack, link);
    if (cookie.isEmpty()) {
      return JoinVerdict.WRONG_HMAC;
    }
    JoinVerdict verdict = cb.acceptJoin(nowNs, ack, cookie.get(), join, link);
    if (verdict == JoinVerdict.ACCEPTED) {
      stateless.forget(ack);
      List<? extends Flow> flows = node.connection().flows();
      node.connection().onSegment(nowNs, flows.get(flows.size() - 1), ack);
      sockets.touch(node);
    }
    return verdict;
  }
}
