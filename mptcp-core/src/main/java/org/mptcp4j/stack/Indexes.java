package org.mptcp4j.stack;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.TcpState;

/**
 * The indexes of a stack: what a token or the ends of a flow stand for.
 *
 * @param tokens connections by their token
 * @param flows flows by their ends
 * @param journal where it is told what becomes of them
 */
record Indexes(
    TokenTable<ConnectionNode> tokens, Flows flows, StackCounters counters, Journal journal) {
  /** The token stands for a connection from now on; false when it is taken. */
  boolean addToken(int token, ConnectionNode node) {
    return tokens.add(token, node);
  }

  void removeToken(int token) {
    tokens.remove(token);
  }

  /** The ends of a flow stand for it from now on; false when they are taken. */
  boolean addFlow(ConnectionNode node, Flow flow) {
    if (!flows.admits(flow.tuple())) {
      return false;
    }
    flows.add(node, flow);
    boolean active = flow.tcp().state() == TcpState.SYN_SENT;
    counters.increment(active ? Mib.ACTIVE_OPENS : Mib.PASSIVE_OPENS);
    return true;
  }
}
