package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.mptcp4j.link.LinkCounters;
import org.mptcp4j.link.LinkDevice;
import org.mptcp4j.link.LinkFeatures;
import org.mptcp4j.link.Segmenter;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.SoftwareChecksum;

/**
 * One end of an in-memory cable without any notion of time: what one end sends, the other receives
 * at its next call. For two stacks in one thread, and for testing code that wants a {@link
 * LinkDevice}. Without a feature it behaves like a device that lacks it: a super-segment is refused
 * by exception, a partial checksum arrives as wrong. With TSO but without GRO it cuts
 * super-segments.
 */
public final class SimLinkDevice implements LinkDevice {
  private final String name;
  private final int mtu;
  private final LinkFeatures features;
  private final int capacity;
  private final ByteBufAllocator allocator;
  private final ArrayDeque<Packet> inbox = new ArrayDeque<>();
  private final ArrayDeque<Packet> spare = new ArrayDeque<>();
  private final LinkCounters counters = new LinkCounters();
  private final Segmenter segmenter = new Segmenter();
  private final Packet piece = new Packet();

  /** The other end, which is made with it. */
  @SuppressWarnings("NullAway.Init")
  private SimLinkDevice peer;

  private boolean closed;

  private SimLinkDevice(
      String name, int mtu, LinkFeatures features, int capacity, ByteBufAllocator allocator) {
    this.name = name;
    this.mtu = mtu;
    this.features = features;
    this.capacity = capacity;
    this.allocator = allocator;
  }

  /**
   * Two ends of one cable.
   *
   * @param mtu in bytes
   * @param features what both ends do by themselves
   * @param capacity packets that fit in each direction; beyond it {@link #send} says busy
   * @param allocator for received datagrams
   */
  public static SimLinkDevice[] pair(
      int mtu, LinkFeatures features, int capacity, ByteBufAllocator allocator) {
    SimLinkDevice a = new SimLinkDevice("sim-a", mtu, features, capacity, allocator);
    SimLinkDevice b = new SimLinkDevice("sim-b", mtu, features, capacity, allocator);
    a.peer = b;
    b.peer = a;
    return new SimLinkDevice[] {a, b};
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public LinkFeatures features() {
    return features;
  }

  @Override
  public int receive(PacketBatch into) {
    int count = 0;
    while (!into.isFull() && !inbox.isEmpty()) {
      Packet p = inbox.poll();
      counters.received(p.length());
      p.moveTo(into.add());
      peer.spare.push(p);
      count++;
    }
    return count == 0 && (closed || peer.closed) ? CLOSED : count;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException for a super-segment on a device without segmentation offload,
   *     or a packet larger than the MTU
   */
  @Override
  public boolean send(Packet packet) {
    boolean v4 = packet.header().getByte(packet.header().readerIndex()) >>> 4 == 4;
    boolean cuts = v4 ? features.tso4() : features.tso6();
    if (packet.gsoSize() > 0 ? !cuts : packet.length() > mtu) {
      throw new IllegalArgumentException(
          "packet of "
              + packet.length()
              + " bytes, gsoSize "
              + packet.gsoSize()
              + ", on a device of MTU "
              + mtu
              + " with "
              + features);
    }
    if (closed || peer.closed) {
      counters.sendDropped();
      packet.release();
      return true;
    }
    if (peer.inbox.size() >= capacity) {
      return false;
    }
    counters.sent(packet.length());
    if (packet.gsoSize() > 0 && !features.gro()) {
      segmenter.begin(packet);
      while (segmenter.next(allocator, piece)) {
        SoftwareChecksum.complete(piece);
        deliver(piece);
      }
      packet.release();
    } else {
      deliver(packet);
    }
    return true;
  }

  private void deliver(Packet packet) {
    if (features.checksumOffload() && packet.gsoSize() == 0) {
      SoftwareChecksum.complete(packet);
    }
    Packet slot = spare.isEmpty() ? new Packet() : spare.pop();
    int gsoSize = packet.gsoSize();
    ChecksumState checksum = packet.checksum();
    slot.header(packet.pieces() == 0 ? packet.takeHeader() : packet.linearize(allocator));
    slot.gsoSize(gsoSize);
    slot.checksum(features.checksumOffload() ? checksum : ChecksumState.UNVERIFIED);
    packet.release();
    peer.inbox.add(slot);
  }

  @Override
  public LinkCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    closed = true;
    inbox.forEach(Packet::release);
    inbox.clear();
  }
}
