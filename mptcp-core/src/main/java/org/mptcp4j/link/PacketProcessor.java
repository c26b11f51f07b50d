package org.mptcp4j.link;

import org.mptcp4j.link.packet.PacketBatch;

/**
 * What a driver drives: packets in, packets out, one deadline. The protocol stack implements it; so
 * can a test.
 *
 * <p>A processor has no thread and no clock. Every call comes from one thread, {@code nowNs} never
 * goes backwards and only its differences mean anything. Early or spurious calls do nothing.
 *
 * <p>One turn of a driver, which {@link Turn} runs: {@link #onPackets} with what arrived, {@link
 * #pollHandover}, {@link #onTimeout} when {@link #nextTimeoutNs} has passed, the application's
 * reaction, {@link #pollTransmit} until it leaves the batch with room, then sleep until the earlier
 * of the next packet and {@link #nextTimeoutNs}.
 */
public interface PacketProcessor {
  /**
   * Processes packets that arrived.
   *
   * @param nowNs the time in nanoseconds
   * @param in takes ownership of the contents; the batch is empty when the call returns. {@code
   *     linkIndex} of each packet names the interface it arrived on
   */
  void onPackets(long nowNs, PacketBatch in);

  /**
   * Fills the free slots of the batch with packets to send. The caller owns them. To be called
   * again while it filled the batch.
   *
   * @param nowNs the time in nanoseconds
   * @param out receives the packets; {@code linkIndex} of each names the interface to send it on
   */
  void pollTransmit(long nowNs, PacketBatch out);

  /**
   * When {@link #onTimeout} is wanted, in nanoseconds; {@link Long#MAX_VALUE} when not at all. May
   * change with every call.
   */
  long nextTimeoutNs();

  /**
   * Takes packets that were given to {@link #onPackets} and belong to another processor of the same
   * group, whose {@link #onPackets} has to get them as they are. To be called after {@link
   * #onPackets} until it is negative.
   *
   * @param out an empty batch; receives packets for one processor, in the order in which they came.
   *     The caller owns them
   * @return the number of that processor; negative when there are none left, and always when there
   *     is no group
   */
  default int pollHandover(PacketBatch out) {
    return -1;
  }

  /**
   * Runs the timers that are due.
   *
   * @param nowNs the time in nanoseconds
   */
  void onTimeout(long nowNs);
}
