package org.mptcp4j.netty;

import java.util.List;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * The way of packets between the event loops of one host, as one of them sees it: what came in here
 * and belongs to the stack of another goes into its {@link Inbox}, a batch at a time.
 */
final class Crossing {
  private final List<Inbox> inboxes;
  private final int index;

  /**
   * The way for one event loop.
   *
   * @param inboxes of all event loops, in the order of the stacks' numbers
   * @param index of this one
   */
  Crossing(List<Inbox> inboxes, int index) {
    this.inboxes = inboxes;
    this.index = index;
  }

  /** Where packets for this event loop come. */
  Inbox inbox() {
    return inboxes.get(index);
  }

  /** Hands over what a stack found to be that of another. */
  void handOver(int owner, PacketBatch packets) {
    inboxes.get(owner).add(packets);
  }
}
