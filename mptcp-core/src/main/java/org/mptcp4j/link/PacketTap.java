package org.mptcp4j.link;

import org.mptcp4j.link.packet.Packet;

/** Sees packets pass. {@link PcapWriter#write} is one. */
@FunctionalInterface
public interface PacketTap {
  /**
   * Called for each packet, on the thread of the link.
   *
   * @param nowNs the link's time, nanoseconds
   * @param packet to look at during the call only; not to be changed, released or kept
   */
  void packet(long nowNs, Packet packet);
}
