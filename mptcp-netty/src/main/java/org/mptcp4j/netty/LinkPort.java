package org.mptcp4j.netty;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.wire.Packet;
import org.mptcp4j.wire.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link device in an event loop: its descriptor in the loop's epoll set, and the packets that
 * wait while the device is busy. A queue that is full drops, as the queue of any interface does.
 */
final class LinkPort implements EpollIoHandle {
  private static final Logger LOG = LoggerFactory.getLogger(LinkPort.class);
  private static final int QUEUE = 256;
  private static final EpollIoOps READ = EpollIoOps.EPOLLIN;
  private static final EpollIoOps READ_WRITE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

  private final int index;
  private final LinkDevice device;
  private final FileDescriptor fd;
  private final LinkDrive drive;
  private final Runnable whenLoopEnds;

  private PacketBatch waiting = new PacketBatch(QUEUE);
  private PacketBatch spare = new PacketBatch(QUEUE);
  private IoRegistration registration;
  private long dropped;
  private boolean stopped;

  /**
   * Creates the port; {@link #register} starts it.
   *
   * @param index the stack's link index
   * @param device owned, closed with the port
   * @param fd the device's descriptor, closed by the device
   * @param drive what to call when there are packets
   * @param whenLoopEnds what to call when the event loop ends before the port does
   */
  LinkPort(
      int index, LinkDevice device, FileDescriptor fd, LinkDrive drive, Runnable whenLoopEnds) {
    this.index = index;
    this.device = device;
    this.fd = fd;
    this.drive = drive;
    this.whenLoopEnds = whenLoopEnds;
  }

  /** Puts the descriptor into the loop's epoll set. */
  Future<IoRegistration> register(IoEventLoop loop) {
    return loop.register(this)
        .addListener(
            (Future<IoRegistration> registered) -> {
              if (registered.isSuccess()) {
                registration = registered.getNow();
                if (stopped) {
                  registration.cancel();
                } else {
                  registration.submit(READ);
                }
              }
            });
  }

  int index() {
    return index;
  }

  LinkDevice device() {
    return device;
  }

  @Override
  public FileDescriptor fd() {
    return fd;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    EpollIoOps ready = ((EpollIoEvent) event).ops();
    if (ready.contains(EpollIoOps.EPOLLOUT)) {
      sendWaiting();
    }
    if (ready.contains(EpollIoOps.EPOLLIN) || ready.contains(EpollIoOps.EPOLLERR)) {
      drive.receive(this);
    }
  }

  /** Sends the packet, or keeps it until the device can take it. The slot is empty afterwards. */
  void send(Packet packet) {
    if (waiting.size() == 0 && device.send(packet)) {
      return;
    }
    if (waiting.isFull() || stopped) {
      dropped++;
      packet.release();
      return;
    }
    packet.moveTo(waiting.add());
    if (waiting.size() == 1 && registration != null) {
      registration.submit(READ_WRITE);
    }
  }

  private void sendWaiting() {
    PacketBatch queue = waiting;
    int sent = 0;
    while (sent < queue.size() && device.send(queue.get(sent))) {
      sent++;
    }
    if (sent == 0) {
      return;
    }
    for (int i = sent; i < queue.size(); i++) {
      queue.get(i).moveTo(spare.add());
    }
    queue.clear();
    waiting = spare;
    spare = queue;
    if (waiting.size() == 0) {
      registration.submit(READ);
    }
  }

  /** Called by the event loop when it ends. */
  @Override
  public void close() {
    whenLoopEnds.run();
    stop();
  }

  void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    if (registration != null) {
      registration.cancel();
    }
    waiting.clear();
    spare.clear();
    if (dropped > 0) {
      LOG.info("{}: {} packets dropped because the device was busy", device.name(), dropped);
    }
    device.close();
  }
}
