package org.mptcp4j.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;

/** A link whose other end is a test on another thread. */
public final class MemoryLink implements LinkDevice {
  /** A packet on its way. */
  public record Datagram(ByteBuf bytes, ChecksumState checksum, int gsoSize) {
    private static Datagram of(Packet packet) {
      ByteBuf bytes = packet.linearize(ByteBufAllocator.DEFAULT);
      Datagram datagram = new Datagram(bytes, packet.checksum(), packet.gsoSize());
      packet.release();
      return datagram;
    }

    /** Becomes a received packet. */
    public void into(Packet packet) {
      packet.header(bytes);
      packet.checksum(checksum);
      packet.gsoSize(gsoSize);
    }
  }

  private final BlockingQueue<Datagram> in = new LinkedBlockingQueue<>();
  private final BlockingQueue<Datagram> out = new LinkedBlockingQueue<>();
  private final LinkCounters counters = new LinkCounters();
  private volatile Runnable sent = () -> {};

  /** Sets what is called when a packet was given to the link. */
  public void whenSent(Runnable wakeUp) {
    sent = wakeUp;
  }

  /** Gives a packet to who drives the link. */
  public void give(Packet packet) {
    in.add(Datagram.of(packet));
    sent.run();
  }

  /** The next packet that who drives the link has sent, which must soon be there. */
  public Datagram take() throws InterruptedException {
    return out.poll(20, TimeUnit.SECONDS);
  }

  /** The next packet if there is one, else null. */
  public Datagram poll() {
    return out.poll();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public int mtu() {
    return 1500;
  }

  @Override
  public LinkFeatures features() {
    return LinkFeatures.ALL;
  }

  @Override
  public int receive(PacketBatch into) {
    int count = 0;
    while (!into.isFull() && !in.isEmpty()) {
      in.remove().into(into.add());
      count++;
    }
    return count;
  }

  @Override
  public boolean send(Packet packet) {
    out.add(Datagram.of(packet));
    return true;
  }

  @Override
  public LinkCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    for (BlockingQueue<Datagram> queue : List.of(in, out)) {
      for (Datagram d = queue.poll(); d != null; d = queue.poll()) {
        d.bytes().release();
      }
    }
  }
}
