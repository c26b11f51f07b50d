package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.wire.IcmpError;

/**
 * A router: forwards by the longest matching prefix of the destination, then by the shortest way
 * (in links, first made wins) to the host that has the address. Decrements the hop limit, drops
 * what is larger than the next link's MTU, silently unless told to report it.
 */
public final class SimRouter extends SimNode {
  private record Route(IpPrefix prefix, SimLink via) {}

  private final SimNetwork network;
  private final List<Route> routes = new ArrayList<>();
  private final Map<IpAddress, SimLink> shortest = new HashMap<>();
  private List<IpAddress> reporters = List.of();
  private boolean shortestKnown;
  private long noRoute;
  private long hopLimitExceeded;

  SimRouter(SimNetwork network, String name) {
    super(name);
    this.network = network;
  }

  /**
   * Adds a route; it wins over the shortest way. Among those that match, the longest prefix wins.
   *
   * @param prefix of destinations
   * @param via a link of this router
   * @return this
   */
  public SimRouter route(IpPrefix prefix, SimLink via) {
    via.interfaceIndex(this);
    routes.add(new Route(prefix, via));
    routes.sort(Comparator.comparingInt(route -> route.prefix().hostBits()));
    return this;
  }

  /**
   * From now on the router tells the sender of a TCP packet that is larger than the next link's MTU
   * (RFC 1191 section 4, RFC 4443 section 3.2). Until then it drops such packets silently.
   *
   * @param own addresses that the errors come from, of each family in which there are to be any
   * @return this
   */
  public SimRouter reportTooBig(IpAddress... own) {
    reporters = List.of(own);
    return this;
  }

  /** Packets dropped because no route led to their destination. */
  public long noRoute() {
    return noRoute;
  }

  /** Packets dropped because their hop limit ran out. */
  public long hopLimitExceeded() {
    return hopLimitExceeded;
  }

  void forgetShortest() {
    shortestKnown = false;
  }

  @Override
  void receive(Frame frame, int interfaceIndex) {
    if (!Datagrams.decrementHopLimit(frame.data)) {
      hopLimitExceeded++;
      network.discard(frame);
      return;
    }
    long hi = Datagrams.destinationHi(frame.data);
    long lo = Datagrams.destinationLo(frame.data);
    SimLink via = lookUp(hi, lo);
    if (via == null) {
      noRoute++;
      network.discard(frame);
      return;
    }
    via.from(this).forward(frame);
  }

  @Override
  void tooBig(Frame frame, int mtu) {
    ByteBuf packet = frame.data;
    for (IpAddress own : reporters) {
      if (own.isV4() == Datagrams.isV4(packet) && Datagrams.isTcp(packet)) {
        report(own, mtu, packet);
      }
    }
  }

  private void report(IpAddress own, int mtu, ByteBuf packet) {
    IpAddress sender = Datagrams.source(packet);
    SimLink back = lookUp(sender.hi(), sender.lo());
    if (back != null) {
      Frame error = network.newFrame();
      error.gsoSize = 0;
      error.checksum = ChecksumState.UNVERIFIED;
      error.data =
          IcmpError.encode(IcmpError.Kind.PACKET_TOO_BIG, mtu, own, packet, network.allocator());
      back.from(this).forward(error);
    }
  }

  private @Nullable SimLink lookUp(long hi, long lo) {
    IpAddress destination = IpAddress.of(hi, lo);
    for (Route r : routes) {
      if (r.prefix().contains(destination)) {
        return r.via();
      }
    }
    if (!shortestKnown) {
      network.shortestRoutes(this, shortest);
      shortestKnown = true;
    }
    return shortest.get(destination);
  }
}
