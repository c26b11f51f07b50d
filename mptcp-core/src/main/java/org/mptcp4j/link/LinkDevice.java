package org.mptcp4j.link;

import java.io.Closeable;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * A link that carries IP packets. Non-blocking, used by one thread.
 *
 * <p>The core always works on a link with offloads: a driver whose device lacks some puts {@link
 * OffloadAdapter} in front.
 */
public interface LinkDevice extends Closeable {
  /** Result of {@link #receive} when no packet will ever come again. */
  int CLOSED = -1;

  /** A short name for logs, such as {@code tun0}. */
  String name();

  /** The largest IP packet on the wire, in bytes; a super-segment may be larger, its pieces not. */
  int mtu();

  /** What the link does by itself. */
  LinkFeatures features();

  /**
   * Receives into the free slots of the batch. The caller owns what it gets; {@code linkIndex} is
   * left for it to set.
   *
   * @return how many packets were added; 0 when there is none now; {@link #CLOSED} when there never
   *     will be
   */
  int receive(PacketBatch into);

  /**
   * Sends one packet.
   *
   * @return true when the packet was taken, or dropped and counted: its slot is then empty. False
   *     when the link is busy: the packet is untouched and to be offered again
   */
  boolean send(Packet packet);

  /** The link's counters, live. */
  LinkCounters counters();

  /** Closes the device and releases what it holds. Does nothing the second time. */
  @Override
  void close();
}
