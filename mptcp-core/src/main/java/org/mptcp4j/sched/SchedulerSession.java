package org.mptcp4j.sched;

/** A scheduler at work for one connection. Called on the thread of the connection's stack. */
@FunctionalInterface
public interface SchedulerSession {
  /**
   * Grants what may leave now: called whenever something may have changed (bytes were written,
   * acknowledgements came, a subflow came or went, a timer fired) while there are bytes that the
   * peer has not acknowledged, and again after it granted something, some 64 times. So it may make
   * one decision at a time. To hold bytes back for a better subflow is to grant nothing: the
   * acknowledgement that makes room there calls it again.
   *
   * <p>It must not allocate: it is called for each segment. An exception closes the connection with
   * {@code SocketError.ESHUTDOWN} and is logged; the peer is told nothing.
   *
   * @param nowNs the time
   * @param connection what it sees and where it grants; the same object each time
   */
  void schedule(long nowNs, SchedulerContext connection);
}
