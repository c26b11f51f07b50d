package org.mptcp4j.wire;

import org.mptcp4j.link.packet.Packet;

/** What {@link RxSegment#parse(Packet)} made of a packet. */
public enum ParseVerdict {
  /** A TCP segment with a valid (or trusted) checksum; all accessors may be used. */
  OK,

  /** A well-formed IP packet of another protocol; only the IP accessors may be used. */
  NOT_TCP,

  /** The packet ends before its headers or its stated length do. */
  TRUNCATED,

  /** The TCP checksum is wrong. */
  BAD_CHECKSUM,

  /** An IP fragment; the stack does not reassemble. */
  FRAGMENT,

  /** Impossible values in the IP or TCP header, or a wrong IPv4 header checksum. */
  BAD_HEADER
}
