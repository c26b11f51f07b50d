package org.mptcp4j.testkit.middlebox;

import io.netty.buffer.ByteBufAllocator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.SimChannel;

/**
 * A box on a link that sees both directions of the TCP flows that pass it. It works on what goes
 * one way, {@code forth}, and sees what comes {@code back}. Each flow is a {@link Flow} of its own,
 * made when its first packet passes a box that works.
 */
public final class TcpBox {
  /** Where packets go on to. */
  @FunctionalInterface
  interface Out {
    void send(TcpPacket packet);
  }

  /** What a box does to one flow. */
  interface Flow {
    /** A packet of the direction that the box works on. */
    void forth(TcpPacket packet, Out on, Out back);

    /** A packet of the other direction. */
    default void back(TcpPacket packet, Out on) {
      on.send(packet);
    }
  }

  private record Ports(int one, int other) {}

  private final Supplier<Flow> flows;
  private final Map<Ports, Flow> known = new HashMap<>();
  private long bytesToPass;

  TcpBox(Supplier<Flow> flows) {
    this.flows = flows;
  }

  /** Lets so many bytes of payload pass, of all flows together, before it begins to work. */
  public TcpBox fromByte(long count) {
    bytesToPass = count;
    return this;
  }

  /**
   * Puts it on a link.
   *
   * @param forth the direction that it works on
   * @param back the other direction of the same link
   */
  public void attach(SimChannel forth, SimChannel back, ByteBufAllocator allocator) {
    Out onForth = packet -> inject(packet, forth, allocator);
    Out onBack = packet -> inject(packet, back, allocator);
    forth.middlebox(
        (nowNs, packet) -> {
          if (!TcpPacket.isTcp(packet.header())) {
            return Middlebox.Verdict.FORWARD;
          }
          TcpPacket p = TcpPacket.of(packet.header());
          if (bytesToPass > 0) {
            bytesToPass -= p.payload().length;
            return Middlebox.Verdict.FORWARD;
          }
          flow(p.sourcePort(), p.destinationPort()).forth(p, onForth, onBack);
          return Middlebox.Verdict.DROP;
        });
    back.middlebox(
        (nowNs, packet) -> {
          if (bytesToPass > 0 || !TcpPacket.isTcp(packet.header())) {
            return Middlebox.Verdict.FORWARD;
          }
          TcpPacket p = TcpPacket.of(packet.header());
          flow(p.destinationPort(), p.sourcePort()).back(p, onBack);
          return Middlebox.Verdict.DROP;
        });
  }

  private Flow flow(int from, int to) {
    return known.computeIfAbsent(new Ports(from, to), ports -> flows.get());
  }

  private static void inject(TcpPacket packet, SimChannel into, ByteBufAllocator allocator) {
    Packet datagram = new Packet();
    packet.into(datagram, allocator);
    into.inject(datagram);
  }
}
