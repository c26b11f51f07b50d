package org.mptcp4j.tcp;

/** What {@link TcpSock#onSegment} did with a segment. */
public enum SegmentVerdict {
  /**
   * The segment is acceptable (RFC 9293 section 3.10.7.4); its options may be used. Part or all of
   * its payload may still have been a duplicate.
   */
  ACCEPTED,
  /** Nothing of the segment may be used: old, suspicious, or elsewhere. An ACK may be due. */
  DROPPED,
  /** A valid RST closed the connection. Its options may be used. */
  RESET,
  /** A valid RST answered our SYN: connection refused. Its options may be used. */
  REFUSED,
  /**
   * The segment belongs to no state of this connection and the sender must be told with a RST
   * formed as for an unknown flow (RFC 9293 section 3.10.7.1); this connection stays as it is.
   */
  REPLY_RESET
}
