package org.mptcp4j.link.tun;

import io.netty.buffer.ByteBufAllocator;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TUN device, or one queue of it, as a link: one system call a packet, super-segments and partial
 * checksums both ways where the device has virtio-net headers. Owns the queue and closes it, and
 * with the last queue the device. One thread at a time.
 */
public final class TunLink implements LinkDevice {
  private static final Logger LOG = LoggerFactory.getLogger(TunLink.class);
  private static final int EBADFD = 77;

  /** Packets thrown away in one go: the caller has other things to do. */
  private static final int MOST_THROWN_AWAY = 64;

  private final TunDevice device;
  private final int queue;
  private final TunReader reader;
  private final TunWriter writer;
  private final LinkFeatures features;
  private final LinkCounters counters = new LinkCounters();
  private final Packet spare = new Packet();
  private boolean gone;
  private boolean closed;

  /**
   * A link over an open device of one queue, with JNA for the system calls.
   *
   * @param device closed with the link
   * @param allocator of the buffers that packets are read into
   */
  public TunLink(TunDevice device, ByteBufAllocator allocator) {
    this(device, new JnaTunIo(device.fd()), allocator);
  }

  /**
   * A link over an open device of one queue.
   *
   * @param device closed with the link
   * @param io reads and writes the device's descriptor
   * @param allocator of the buffers that packets are read into
   */
  public TunLink(TunDevice device, TunIo io, ByteBufAllocator allocator) {
    this(device, 0, io, allocator);
  }

  /**
   * A link over one queue of an open device.
   *
   * @param device closed with the last of its links
   * @param queue counted from 0
   * @param io reads and writes the queue's descriptor
   * @param allocator of the buffers that packets are read into
   */
  public TunLink(TunDevice device, int queue, TunIo io, ByteBufAllocator allocator) {
    this.device = device;
    this.queue = queue;
    this.reader = new TunReader(io, allocator, device.headerLength());
    this.writer = new TunWriter(io, device.headerLength());
    boolean headers = device.headerLength() > 0;
    // what we write with a header is cut and summed by the kernel whatever it agreed to send us
    this.features =
        new LinkFeatures(headers, headers, device.offloads().contains(TunOffload.TSO4), headers);
  }

  /** The device below. */
  public TunDevice device() {
    return device;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public int mtu() {
    return device.mtu();
  }

  @Override
  public LinkFeatures features() {
    return features;
  }

  @Override
  public LinkCounters counters() {
    return counters;
  }

  @Override
  public int receive(PacketBatch into) {
    int received = 0;
    int thrownAway = 0;
    while (!into.isFull() && !gone && thrownAway < MOST_THROWN_AWAY) {
      int n = reader.read(spare);
      if (n > 0) {
        counters.received(n);
        spare.moveTo(into.add());
        received++;
      } else if (n == 0) {
        counters.receiveDropped();
        thrownAway++;
      } else if (n == TunReader.NO_MEMORY) {
        counters.receiveNoMemory();
        thrownAway++;
      } else {
        if (n != TunIo.EAGAIN) {
          readFailed(-n);
        }
        break;
      }
    }
    return received == 0 && gone ? CLOSED : received;
  }

  private void readFailed(int errno) {
    if (errno == EBADFD || closed) {
      gone = true;
      LOG.warn("{} is gone: {}", device.name(), LibC.strerror(errno));
      return;
    }
    counters.receiveDropped();
    LOG.debug("read from {}: {}", device.name(), LibC.strerror(errno));
  }

  @Override
  public boolean send(Packet packet) {
    int length = packet.length();
    int n = gone ? -EBADFD : writer.write(packet);
    if (n == TunIo.EAGAIN) {
      return false;
    }
    packet.release();
    if (n >= 0) {
      counters.sent(length);
    } else {
      // EIO: the interface is down; ENOBUFS, ENOMEM: no room; EINVAL: the kernel refuses it
      counters.sendDropped();
      LOG.debug("write to {}: {}", device.name(), LibC.strerror(-n));
    }
    return true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gone = true;
      reader.close();
      writer.close();
      device.closeQueue(queue);
    }
  }

  @Override
  public String toString() {
    return "TunLink[" + device + " " + counters + "]";
  }
}
