package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.wire.IcmpError;

/**
 * A simulated link between two real ones. What comes in on link 0 leaves by link 1, and the other
 * way round, later and not always, as the two {@link LinkProfile}s say; super-segments are cut. It
 * is driven like a stack: by {@code TunLoop} in real time, by a test in any other.
 *
 * <p>The queue, the losses and the delays are those of a {@link SimNetwork} whose time follows the
 * driver's: a driver that is late by some microseconds delivers late by as much, and the rate of
 * the link stays what it is.
 */
public final class LinkEmulator implements PacketProcessor, AutoCloseable {
  /** What to do with a packet that is larger than the link carries. */
  public enum TooBig {
    /** Drop it, like a router whose errors a firewall eats. */
    DROP,
    /** Tell its sender as a router does (RFC 1191 section 4, RFC 4443 section 3.2). */
    REPORT
  }

  private final ByteBufAllocator allocator;
  private final SimNetwork network;
  private final SimLink link;
  private final End[] ends = {new End(0), new End(1)};
  private final SimHost[] hosts = new SimHost[2];
  private final ArrayDeque<Packet> spare = new ArrayDeque<>();
  private long startNs;
  private boolean started;
  private boolean closed;

  /**
   * An emulator whose time begins with the first call.
   *
   * @param seed of everything random
   * @param allocator of the buffers of packets on their way
   * @param forward from link 0 to link 1
   * @param backward from link 1 to link 0
   * @param tooBig what happens to packets beyond the MTU of their direction
   */
  public LinkEmulator(
      long seed,
      ByteBufAllocator allocator,
      LinkProfile forward,
      LinkProfile backward,
      TooBig tooBig) {
    this.allocator = Objects.requireNonNull(allocator, "allocator");
    network = new SimNetwork(seed, allocator);
    hosts[0] = network.host("0", ends[0]);
    hosts[1] = network.host("1", ends[1]);
    link =
        network.link(
            "path",
            hosts[0],
            hosts[1],
            forward.superSegments(LinkProfile.SuperSegments.CUT),
            backward.superSegments(LinkProfile.SuperSegments.CUT));
    if (tooBig == TooBig.REPORT) {
      link.forward().middlebox((nowNs, packet) -> ends[0].report(packet, link.forward()));
      link.backward().middlebox((nowNs, packet) -> ends[1].report(packet, link.backward()));
    }
  }

  /** The direction from link 0 to link 1: its counters and its profile, which may be exchanged. */
  public SimChannel forward() {
    return link.forward();
  }

  /** The direction from link 1 to link 0. */
  public SimChannel backward() {
    return link.backward();
  }

  @Override
  public void onPackets(long nowNs, PacketBatch in) {
    advance(nowNs);
    for (int i = 0; i < in.size(); i++) {
      Packet packet = in.get(i);
      packet.moveTo(ends[packet.linkIndex()].entering.slot());
    }
    in.clear();
    advance(nowNs);
  }

  @Override
  public void onTimeout(long nowNs) {
    advance(nowNs);
  }

  /** The network does everything up to this time, and at it what the ends have to send. */
  private void advance(long nowNs) {
    if (!started) {
      started = true;
      startNs = nowNs;
    }
    network.runFor(Duration.ofNanos(Math.max(0, nowNs - startNs - network.nowNs())));
  }

  @Override
  public void pollTransmit(long nowNs, PacketBatch out) {
    for (End end : ends) {
      end.leaving.moveTo(out, end.index);
    }
  }

  @Override
  public long nextTimeoutNs() {
    if (!started) {
      return Long.MAX_VALUE;
    }
    if (ends[0].leaving.isEmpty() && ends[1].leaving.isEmpty()) {
      long nextNs = network.nextEventNs();
      return nextNs == Long.MAX_VALUE ? nextNs : startNs + nextNs;
    }
    return startNs + network.nowNs();
  }

  /** Drops every packet that is still on its way. The emulator is not to be used afterwards. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (End end : ends) {
        end.entering.clear();
        end.leaving.clear();
      }
      network.close();
    }
  }

  /** Packets in order, in slots that are used again. */
  private final class Fifo {
    private final ArrayDeque<Packet> packets = new ArrayDeque<>();

    Packet slot() {
      Packet slot = spare.isEmpty() ? new Packet() : spare.pop();
      packets.add(slot);
      return slot;
    }

    boolean isEmpty() {
      return packets.isEmpty();
    }

    void moveTo(PacketBatch out, int linkIndex) {
      while (!packets.isEmpty() && !out.isFull()) {
        Packet packet = packets.poll();
        Packet to = out.add();
        packet.moveTo(to);
        to.linkIndex(linkIndex);
        spare.push(packet);
      }
    }

    void clear() {
      packets.forEach(Packet::release);
      packets.clear();
    }
  }

  /** One end of the simulated link: in front of it is the real one of the same number. */
  private final class End implements PacketProcessor {
    private final int index;
    private final Fifo entering = new Fifo();
    private final Fifo leaving = new Fifo();

    End(int index) {
      this.index = index;
    }

    @Override
    public void onPackets(long nowNs, PacketBatch in) {
      for (int i = 0; i < in.size(); i++) {
        in.get(i).moveTo(leaving.slot());
      }
      in.clear();
    }

    @Override
    public void pollTransmit(long nowNs, PacketBatch out) {
      entering.moveTo(out, 0);
    }

    @Override
    public long nextTimeoutNs() {
      return Long.MAX_VALUE;
    }

    @Override
    public void onTimeout(long nowNs) {
      // There is nothing to wait for.
    }

    /** Answers what the link is going to drop; as if the peer were the router. */
    Middlebox.Verdict report(Packet packet, SimChannel channel) {
      int mtu = channel.profile().mtu();
      if (packet.length() > mtu && packet.gsoSize() == 0 && Datagrams.isTcp(packet.header())) {
        Packet error = leaving.slot();
        error.header(
            IcmpError.encode(
                IcmpError.Kind.PACKET_TOO_BIG,
                mtu,
                Datagrams.destination(packet.header()),
                packet.header(),
                allocator));
        error.checksum(ChecksumState.UNVERIFIED);
      }
      return Middlebox.Verdict.FORWARD;
    }
  }
}
