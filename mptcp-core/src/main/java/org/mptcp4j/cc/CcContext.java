package org.mptcp4j.cc;

/**
 * Where a congestion control lives: its own socket, and the subflows of the connection of which
 * that is one. Live views, to be read on the socket's thread. Subflows come and go; who walks them
 * does so within one call.
 */
public interface CcContext extends CcSubflow {
  /** The window of a new connection, RFC 6928 section 2: min(10 MSS, max(2 MSS, 14600)). */
  int initialWindowBytes();

  /** Whether fast recovery is under way: between a loss and its repair, not after a timeout. */
  boolean inRecovery();

  /** The retransmission timeout, RFC 6298: more than 0, backed off while it has expired. */
  long rtoNs();

  /**
   * How long a window may go unused while something is sent until it says nothing any more of the
   * path: a retransmission timeout; {@link Long#MAX_VALUE} where it is to be kept, or while it is
   * not for want of data that it is not used.
   */
  default long windowValidNs() {
    return Long.MAX_VALUE;
  }

  /**
   * How many subflows the connection has, this one among them and those in their handshake
   * included; 1 for plain TCP, and as long as the peer has not agreed to MPTCP.
   */
  int subflows();

  /**
   * One of them.
   *
   * @param index 0 to {@link #subflows()} - 1, in order of creation
   */
  CcSubflow subflow(int index);
}
