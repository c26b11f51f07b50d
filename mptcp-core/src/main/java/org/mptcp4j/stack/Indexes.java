package org.mptcp4j.stack;

import org.mptcp4j.mib.Mib;
import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.mptcp.Registration;
import org.mptcp4j.mptcp.TokenTable;
import org.mptcp4j.tcp.TcpState;

/**
 * The indexes of a stack: what a token or the ends of a flow stand for.
 *
 * @param tokens connections by their token
 * @param flows flows by their ends
 */
record Indexes(TokenTable<ConnectionNode> tokens, Flows flows, StackCounters counters) {
  /** Where a connection registers what belongs to it. */
  Registration of(ConnectionNode node) {
    return new Entries(this, node);
  }

  private record Entries(Indexes indexes, ConnectionNode node) implements Registration {
    @Override
    public boolean addToken(int token) {
      return indexes.tokens.add(token, node);
    }

    @Override
    public void removeToken(int token) {
      indexes.tokens.remove(token);
    }

    @Override
    public boolean addFlow(Flow flow) {
      if (!indexes.flows.admits(flow.tuple())) {
        return false;
      }
      indexes.flows.add(node, flow);
      boolean active = flow.tcp().state() == TcpState.SYN_SENT;
      indexes.counters.increment(active ? Mib.ACTIVE_OPENS : Mib.PASSIVE_OPENS);
      return true;
    }

    @Override
    public void replaceFlow(Flow by) {
      indexes.flows.replace(node, by);
    }

    @Override
    public void removeFlow(Flow flow) {
      indexes.flows.remove(flow);
    }
  }
}
