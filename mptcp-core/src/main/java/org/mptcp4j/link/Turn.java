package org.mptcp4j.link;

import java.util.Objects;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/**
 * The turn of a driver, which is the same for a thread, an event loop and a simulated network:
 * packets in, what belongs to other stacks of a group handed over, timers, the application, packets
 * out. In between a driver sleeps until {@link #deadlineNs()} or the next packet. One thread; a
 * turn allocates nothing.
 */
public final class Turn {
  private static final int HANDOVER_BATCH = 16;

  /** What differs from driver to driver. */
  public interface Driver {
    /** The time in nanoseconds, on the scale that the processor sees. */
    long nowNs();

    /**
     * Lets the application do what it has to: take events, read, write.
     *
     * @return whether there was something: then there may be packets to send, and further events
     */
    boolean react();

    /** Whether links take packets at the moment; while they do not, the processor keeps its own. */
    default boolean hasRoom() {
      return true;
    }

    /**
     * Sends a packet on the link that its {@code linkIndex} names.
     *
     * @param packet the driver's from now on; its slot is released afterwards
     */
    void send(Packet packet);

    /**
     * Brings packets to the processor of the group that they belong to.
     *
     * @param owner its number
     * @param packets the driver's from now on, to be taken out before this returns
     */
    default void handOver(int owner, PacketBatch packets) {
      throw new IllegalStateException(
          "packets for stack " + owner + " of a group: its driver has to implement handOver");
    }
  }

  private final PacketProcessor processor;
  private final Driver driver;
  private final PacketBatch out;
  private final int rounds;
  private final PacketBatch handedOver = new PacketBatch(HANDOVER_BATCH);

  /**
   * The turn of one processor.
   *
   * @param batch packets that are taken out of the processor at once
   * @param rounds how often, at most, packets are sent before the application has its turn again,
   *     and how often, at most, the two alternate before {@link #finish} returns
   */
  public Turn(PacketProcessor processor, Driver driver, int batch, int rounds) {
    this.processor = Objects.requireNonNull(processor, "processor");
    this.driver = Objects.requireNonNull(driver, "driver");
    this.rounds = rounds;
    out = new PacketBatch(batch);
  }

  /**
   * Packets have come, from a link or from another driver of the group.
   *
   * @param in its contents are taken over; empty afterwards
   */
  public void accept(long nowNs, PacketBatch in) {
    processor.onPackets(nowNs, in);
    for (int owner = processor.pollHandover(handedOver);
        owner >= 0;
        owner = processor.pollHandover(handedOver)) {
      driver.handOver(owner, handedOver);
      handedOver.clear();
    }
  }

  /** Runs the timers that are due. */
  public void expire(long nowNs) {
    if (processor.nextTimeoutNs() <= nowNs) {
      processor.onTimeout(nowNs);
    }
  }

  /**
   * The application, and what is to be sent, in turns until both have nothing more to do.
   *
   * @return whether the bound of a turn ended it, and something is left
   */
  public boolean finish(long nowNs) {
    long now = nowNs;
    for (int round = 0; round < rounds; round++) {
      boolean heard = driver.react();
      boolean left = transmit(now);
      if (!heard && !left) {
        return false;
      }
      now = driver.nowNs();
    }
    return true;
  }

  /** All of a turn after {@link #accept}: {@link #expire}, then {@link #finish}. */
  public boolean run(long nowNs) {
    expire(nowNs);
    return finish(nowNs);
  }

  /**
   * Sends what there is, without the application.
   *
   * @return whether the bound of a turn ended it, and something may be left
   */
  public boolean transmit(long nowNs) {
    long now = nowNs;
    for (int round = 0; round < rounds; round++) {
      if (!driver.hasRoom()) {
        return false;
      }
      boolean full;
      try {
        processor.pollTransmit(now, out);
      } finally {
        full = out.isFull();
        send();
      }
      if (!full) {
        return false;
      }
      now = driver.nowNs();
    }
    return true;
  }

  private void send() {
    try {
      for (int i = 0; i < out.size(); i++) {
        driver.send(out.get(i));
      }
    } finally {
      out.clear();
    }
  }

  /** When the next turn is due if no packet comes; not later than now when something is left. */
  public long deadlineNs() {
    return processor.nextTimeoutNs();
  }
}
