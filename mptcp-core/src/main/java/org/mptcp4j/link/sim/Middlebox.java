package org.mptcp4j.link.sim;

import org.mptcp4j.link.packet.Packet;

/** A box in the middle of a link that changes or drops packets. Put on a {@link SimChannel}. */
@FunctionalInterface
public interface Middlebox {
  /** What becomes of a packet. */
  enum Verdict {
    /** Goes on, changed or not. */
    FORWARD,
    /** Is thrown away and counted as {@link DropReason#MIDDLEBOX}. */
    DROP
  }

  /**
   * Looks at one packet and may change it in place.
   *
   * @param nowNs virtual time, nanoseconds
   * @param packet the whole datagram, contiguous in {@code header()}, without pieces; possibly a
   *     super-segment. Owned by the network
   */
  Verdict process(long nowNs, Packet packet);
}
