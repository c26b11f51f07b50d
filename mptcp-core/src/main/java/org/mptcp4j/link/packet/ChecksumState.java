package org.mptcp4j.link.packet;

/** What is known about the TCP checksum of a {@link Packet}; travels with the packet. */
public enum ChecksumState {
  /** Nobody has looked: the receiver must verify it. */
  UNVERIFIED,

  /** The field holds the full checksum and it is known to be right. */
  VALID,

  /**
   * The field holds the sum of the pseudo header only. On transmit somebody below completes it; on
   * receive the packet never left the machine and is trusted.
   */
  PARTIAL
}
