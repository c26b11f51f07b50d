package org.mptcp4j.tcp;

import org.mptcp4j.mib.Counters;
import org.mptcp4j.wire.TxSegment;

/**
 * The one field through which a {@link TcpSock} meets MPTCP, and how it learns its receive window.
 * Called only from inside the verbs of its own socket, on that socket's thread; an implementation
 * must not call back into the socket's verbs.
 */
public interface TcpExtension {

  /**
   * Adds options to a segment that is about to leave: after TCP's own options, before SACK blocks.
   * The segment's sequence number, flags, window and payload are set; mappings are looked up by its
   * sequence number. Called once for every segment, SYN, pure ACK, probe and RST included.
   *
   * @param nowNs current time
   * @param segment the segment; only its options, its window and its flags PSH may be changed
   */
  void writeOptions(long nowNs, TxSegment segment);

  /**
   * Whether what {@link #writeOptions} adds to an acknowledgement without data leaves no room for
   * timestamps, which are left out then. For what could not be said otherwise, once: RFC 7323
   * section 3.2 wants them in every segment.
   */
  default boolean displacesTimestamps() {
    return false;
  }

  /**
   * The largest length that one segment starting at a sequence number may have, so that it never
   * crosses a mapping. Asked for new data and for every retransmission.
   *
   * @param seq sequence number of the first byte
   * @param maxBytes upper bound, at least 1
   * @return 1 to {@code maxBytes}
   */
  int segmentLimit(int seq, int maxBytes);

  /** Option bytes that {@link #writeOptions} adds to a data segment at most, a multiple of 4. */
  int reservedOptionBytes();

  /**
   * Bytes of receive window to advertise from a sequence number on, not scaled. Called once for
   * each segment that is emitted, before {@link #writeOptions}, and from {@link
   * TcpSock#windowMayHaveGrown()}; so it must not change what the extension has promised: that
   * belongs in {@link #writeOptions}, where the segment shows the window as it leaves.
   *
   * @param rcvNxt next sequence number expected from the peer
   */
  int windowBytes(int rcvNxt);

  /**
   * Bytes beyond the next expected one that must still be accepted. At least what was advertised; a
   * subflow of an MPTCP connection must take what the connection's window allowed on any subflow.
   */
  int acceptableBytes();

  /** Whether there is memory for payload that comes next; counts it when there is not. */
  default boolean takesInOrder() {
    return true;
  }

  /** Whether there is memory for payload beyond a hole; counts it when there is not. */
  default boolean takesOutOfOrder() {
    return true;
  }

  /**
   * The send window to obey.
   *
   * @param tcpSendWindow what the peer advertised on this connection, in bytes from the first
   *     unacknowledged one
   * @return bytes that may be outstanding from the first unacknowledged one; the argument itself
   *     for plain TCP, {@link Integer#MAX_VALUE} when all that is queued is sendable already
   */
  int sendWindow(int tcpSendWindow);

  /** Where the socket counts what it decides: those of its stack. */
  Counters counters();
}
