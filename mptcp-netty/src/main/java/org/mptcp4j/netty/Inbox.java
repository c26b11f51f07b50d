package org.mptcp4j.netty;

import io.netty.channel.IoEventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packets that other event loops hand to the stack of one event loop: a bounded ring. A batch costs
 * one lock on either side, and a wake-up only when the receiver has not been told yet. What exceeds
 * the ring is dropped and counted, as by the queue of any interface. The packets, and with them
 * their buffers, belong to the ring while they are in it.
 */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int CAPACITY = 1024;

  private final IoEventLoop loop;
  private final Packet[] ring = new Packet[CAPACITY];
  private Runnable receiver = () -> {};
  private int first;
  private int size;
  private boolean told;
  private boolean closed;
  private long dropped;

  /**
   * An inbox that is not open yet.
   *
   * @param loop of the stack that the packets are for
   */
  Inbox(IoEventLoop loop) {
    this.loop = loop;
    for (int i = 0; i < CAPACITY; i++) {
      ring[i] = new Packet();
    }
  }

  /**
   * Sets who fetches packets.
   *
   * @param whoFetches run on the event loop when there are any; calls {@link #take} until it says
   *     that nothing is left
   */
  synchronized void open(Runnable whoFetches) {
    receiver = whoFetches;
    told = false;
  }

  /** Takes every packet of the batch, which is empty afterwards; from any thread. */
  void add(PacketBatch batch) {
    if (put(batch)) {
      try {
        loop.execute(receiver);
      } catch (RejectedExecutionException e) {
        LOG.debug("the event loop has ended", e);
        close();
      }
    }
  }

  /** Returns whether the receiver has to be told. */
  private synchronized boolean put(PacketBatch batch) {
    for (int i = 0; i < batch.size() && !closed; i++) {
      if (size == CAPACITY) {
        dropped++;
      } else {
        batch.get(i).moveTo(ring[(first + size) % CAPACITY]);
        size++;
      }
    }
    batch.clear();
    boolean tell = size > 0 && !told;
    told |= tell;
    return tell;
  }

  /**
   * Moves packets into the free slots of a batch; on the event loop.
   *
   * @return whether some are left, and have to be fetched without being told again
   */
  synchronized boolean take(PacketBatch into) {
    while (size > 0 && !into.isFull()) {
      ring[first].moveTo(into.add());
      first = (first + 1) % CAPACITY;
      size--;
    }
    told = size > 0;
    return told;
  }

  /** Packets dropped because too many waited. */
  synchronized long dropped() {
    return dropped;
  }

  /** Releases what is there, and what comes. */
  synchronized void close() {
    closed = true;
    for (Packet packet : ring) {
      packet.release();
    }
    size = 0;
  }
}
