package org.mptcp4j.mptcp;

/**
 * What a stack keeps of one connection: its entries in the indexes, of its token and its flows,
 * which name the flow beside the connection's handle, and what it has to tell. Called on the
 * stack's thread only.
 */
public interface Registration extends ConnectionNews {
  /**
   * Registers the connection's token, so that joins with it come to {@link MptcpCb#acceptJoin}.
   *
   * @return false, and nothing registered, when it is taken or there are too many
   */
  boolean addToken(int token);

  /** Forgets the connection's token: no join finds the connection any more. */
  void removeToken(int token);

  /**
   * Registers a flow, so that its segments come to {@link Connection#onSegment}.
   *
   * @return false, and nothing registered, when the tuple is in use or the limit of flows is
   *     reached
   */
  boolean addFlow(Flow flow);

  /**
   * From now on another object stands for the registered flow with the same {@code TcpSock}: the
   * connection fell back to plain TCP.
   */
  void replaceFlow(Flow by);

  /**
   * A flow is over: forget its tuple, or let a {@code TimeWaitSock} take it over when its {@code
   * TcpSock} is in TIME-WAIT. The connection releases the {@code TcpSock} right after this call.
   */
  void removeFlow(Flow flow);
}
