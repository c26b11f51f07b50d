package org.mptcp4j.stack;

import org.mptcp4j.mptcp.Flow;
import org.mptcp4j.tcp.FourTuple;
import org.mptcp4j.tcp.TimeWaitSock;

/** What a flow in the {@link FlowTable} belongs to. */
sealed interface FlowEntry extends FlowTable.Flow {

  /**
   * A flow of a live connection.
   *
   * @param node the connection, as the stack keeps it
   * @param flow which of its flows
   */
  record Live(ConnectionNode node, Flow flow) implements FlowEntry {
    @Override
    public FourTuple tuple() {
      return flow.tuple();
    }
  }

  /** A flow in TIME-WAIT: an element of {@link TimeWaitQueue}. */
  final class Waiting implements FlowEntry {
    final TimeWaitSock sock;
    final int linkIndex;
    Waiting previous;
    Waiting next;

    Waiting(TimeWaitSock sock, int linkIndex) {
      this.sock = sock;
      this.linkIndex = linkIndex;
    }

    @Override
    public FourTuple tuple() {
      return sock.tuple();
    }
  }
}
