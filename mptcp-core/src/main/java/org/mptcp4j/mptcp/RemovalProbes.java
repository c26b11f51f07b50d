package org.mptcp4j.mptcp;

import java.util.ArrayList;
import java.util.List;

/**
 * Subflows whose address the peer withdrew and that worked until then: asked a few times whether
 * they are alive. RFC 8684 section 3.4.2: one that is SHOULD NOT be removed; closing it is up to
 * the host that sent REMOVE_ADDR.
 */
final class RemovalProbes {
  private static final long INTERVAL_NS = 1_000_000_000L;
  private static final int PROBES = 3;

  private static final class Asked {
    final MptcpTcpSock subflow;
    final long sinceNs;
    long dueNs;
    int probes;

    Asked(long nowNs, MptcpTcpSock subflow) {
      this.subflow = subflow;
      sinceNs = nowNs;
    }
  }

  private final List<Asked> asked = new ArrayList<>(1);

  /** Asks a subflow. */
  void ask(long nowNs, MptcpTcpSock subflow) {
    if (asked.stream().noneMatch(a -> a.subflow == subflow)) {
      Asked one = new Asked(nowNs, subflow);
      asked.add(one);
      probe(nowNs, one);
    }
  }

  private static void probe(long nowNs, Asked one) {
    one.subflow.tcp().requestProbe();
    one.probes++;
    one.dueNs = nowNs + Math.max(INTERVAL_NS, 2 * one.subflow.tcp().srttNs());
  }

  /** Asks again, and finds out which do not answer: these have to be closed. */
  List<MptcpTcpSock> onTimeout(long nowNs) {
    List<MptcpTcpSock> dead = new ArrayList<>(1);
    asked.removeIf(one -> isDecided(nowNs, one, dead));
    return dead;
  }

  private static boolean isDecided(long nowNs, Asked one, List<MptcpTcpSock> dead) {
    if (one.subflow.state().isClosing() || one.subflow.tcp().lastReceivedNs() > one.sinceNs) {
      return true;
    }
    if (one.dueNs > nowNs) {
      return false;
    }
    if (one.probes < PROBES) {
      probe(nowNs, one);
      return false;
    }
    dead.add(one.subflow);
    return true;
  }

  /** When {@link #onTimeout} has something to do; {@link Long#MAX_VALUE} for never. */
  long dueNs() {
    long due = Long.MAX_VALUE;
    for (Asked one : asked) {
      due = Math.min(due, one.dueNs);
    }
    return due;
  }
}
