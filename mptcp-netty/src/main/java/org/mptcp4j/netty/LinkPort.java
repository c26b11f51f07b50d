package org.mptcp4j.netty;

import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link device of a host, and the packets that wait while it is busy. A queue that is full
 * drops, as the queue of any interface does.
 */
final class LinkPort {
  private static final Logger LOG = LoggerFactory.getLogger(LinkPort.class);
  private static final int QUEUE = 256;

  private final LinkDevice device;
  private final DeviceWatch watch;

  private PacketBatch waiting = new PacketBatch(QUEUE);
  private PacketBatch spare = new PacketBatch(QUEUE);
  private final ArrivalPattern arrivals = new ArrivalPattern();
  private long dropped;
  private long noMemory;
  private boolean stopped;
  private boolean resting;

  /**
   * Creates the port.
   *
   * @param device owned, closed with the port
   * @param watch of the device
   */
  LinkPort(LinkDevice device, DeviceWatch watch) {
    this.device = device;
    this.watch = watch;
  }

  /** Begins to watch the device. */
  void start(DeviceWatch.Listener listener) {
    watch.start(device, listener);
  }

  /** Whether packets come one at a time, so that it does not pay to ask at once for a second. */
  boolean packetsComeAlone() {
    return arrivals.alone();
  }

  /**
   * Whether after an answer the next packet takes its time, so that it does not pay to ask: it is
   * told of when it is there.
   */
  boolean nextTakesItsTime() {
    return watch.tellsAgain() && arrivals.late();
  }

  /** What asking for a lone packet gave as soon as the one before it was answered. */
  void askedAfterAnswer(int count) {
    arrivals.afterAnswer(count);
  }

  /** See {@link LinkDevice#receive}. */
  int receive(PacketBatch into) {
    if (stopped) {
      return LinkDevice.CLOSED;
    }
    if (resting) {
      return 0;
    }
    long before = device.counters().rxPackets();
    int count = device.receive(into);
    // An adapter for offloads may have made one packet of many.
    long came = count <= 0 ? count : Math.max(count, device.counters().rxPackets() - before);
    arrivals.received((int) came, into.capacity());
    return count;
  }

  /** No packets for a while, even if the device has some. */
  void rest() {
    resting = true;
    if (!stopped) {
      watch.ignorePackets();
    }
  }

  /** Packets again. */
  void resume() {
    resting = false;
    if (!stopped) {
      watch.awaitPackets();
    }
  }

  /** Whether packets were thrown away, since this was asked last, for lack of memory. */
  boolean lacksMemory() {
    long before = noMemory;
    noMemory = device.counters().rxNoMemory();
    return noMemory > before;
  }

  /** Sends the packet, or keeps it until the device can take it. The slot is empty afterwards. */
  void send(Packet packet) {
    if (waiting.size() == 0 && !stopped && device.send(packet)) {
      return;
    }
    if (waiting.isFull() || stopped) {
      dropped++;
      packet.release();
      return;
    }
    packet.moveTo(waiting.add());
    if (waiting.size() == 1) {
      watch.awaitRoom();
    }
  }

  /** The device has room again. */
  void sendWaiting() {
    PacketBatch queue = waiting;
    int taken = 0;
    try {
      while (taken < queue.size()) {
        taken++; // also one that cannot be sent because of a defect
        if (!device.send(queue.get(taken - 1))) {
          taken--;
          break;
        }
      }
    } finally {
      keepWaiting(queue, taken);
    }
  }

  private void keepWaiting(PacketBatch queue, int from) {
    for (int i = from; i < queue.size(); i++) {
      queue.get(i).moveTo(spare.add());
    }
    queue.clear();
    waiting = spare;
    spare = queue;
    if (waiting.size() == 0) {
      watch.ignoreRoom();
    } else {
      watch.awaitRoom();
    }
  }

  void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    watch.stop();
    waiting.clear();
    spare.clear();
    if (dropped > 0) {
      LOG.info("{}: {} packets dropped because the device was busy", device.name(), dropped);
    }
    device.close();
  }
}
