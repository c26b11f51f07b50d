package org.mptcp4j.testkit.peer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.Packet;
import org.mptcp4j.link.packet.PacketBatch;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.SimParty;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.TcpFlags;
import org.mptcp4j.wire.TxSegment;

/**
 * A host without a stack: a test says which segments it sends and what must come back. It has
 * addresses and paths like a stack, and stays silent by itself: no acknowledgement, no
 * retransmission, no reset.
 *
 * <pre>{@code
 * SimStack server = world.stack("server");
 * HandDrivenPeer peer = HandDrivenPeer.in(world, "peer");
 * world.path(peer, server, LinkProfile.perfect());
 * server.listen(80, Endpoint::keeping);
 *
 * PeerConnection connection = peer.connection();
 * PeerSubflow first = connection.connect(server.at(0, 80));      // three segments, keys and all
 * first.data("hello").send();                                    // mapped, in sequence
 * first.expect(segment().flags(ACK).ack(6).dataAck(connection.dsn(6)));
 * first.data("world").dsn(100).send();                           // out of order
 * }</pre>
 *
 * <p>Numbers are relative: the first byte of a stream has sequence number 1 and data sequence
 * number 1. Whatever waits for a segment lets virtual time pass, and fails with {@link
 * AssertionError} when none came within the {@link #patience}.
 */
public final class HandDrivenPeer implements SimParty {
  private static final int FIRST_PORT = 40_000;
  private static final Duration PATIENCE = SimNetwork.seconds(10);

  /** An address, and the interface that it is on. */
  private record Home(IpAddress address, int linkIndex) {}

  /** The two ends of a flow, this one first. */
  private record Ends(IpAddress local, int localPort, IpAddress remote, int remotePort) {}

  private final SimWorld world;
  private final SimHost host;
  private final RandomGenerator random;
  private final List<Home> homes = new ArrayList<>();
  private final Map<Ends, PeerFlow> flows = new HashMap<>();
  private final List<WireSegment> unclaimed = new ArrayList<>();
  private final ArrayDeque<Packet> toSend = new ArrayDeque<>();
  private Duration patience = PATIENCE;
  private long others;
  private int nextPort = FIRST_PORT;

  private HandDrivenPeer(SimWorld world, String name) {
    this.world = world;
    this.random = world.network().newRandom();
    this.host = world.network().host(name, new Processor());
    world.atClose(this::release);
  }

  /** Adds a peer to a world; {@link SimWorld#path} connects it. */
  public static HandDrivenPeer in(SimWorld world, String name) {
    return new HandDrivenPeer(world, name);
  }

  @Override
  public SimHost host() {
    return host;
  }

  @Override
  public void addAddress(SimLink link, String addressAndPrefix, Priority priority, int mtu) {
    String literal = addressAndPrefix.substring(0, addressAndPrefix.indexOf('/'));
    Home home = new Home(IpAddress.parse(literal), link.interfaceIndex(host));
    homes.add(home);
    host.address(link, home.address);
  }

  /** The world that it is in. */
  public SimWorld world() {
    return world;
  }

  /** Its addresses, in the order in which its paths were made, IPv4 before IPv6 on each. */
  public List<IpAddress> addresses() {
    return homes.stream().map(Home::address).toList();
  }

  /** A port of the address with that number, for a stack to connect to. */
  public InetSocketAddress at(int addressIndex, int port) {
    return homes.get(addressIndex).address.withPort(port);
  }

  /**
   * Sets how long it waits for a segment, in virtual time; 10 seconds unless told.
   *
   * @param time how long
   */
  public HandDrivenPeer patience(Duration time) {
    patience = time;
    return this;
  }

  Duration patience() {
    return patience;
  }

  /**
   * A flow of which nothing was sent yet, from the next free port of the address with that number.
   * Its first segment has to be a SYN: {@link PeerFlow#craft}.
   */
  public PeerFlow flow(int addressIndex, InetSocketAddress remote) {
    PeerFlow flow = new PeerFlow(this, route(addressIndex, remote));
    register(flow);
    return flow;
  }

  /** A plain TCP connection from the first address: the whole handshake. */
  public PeerFlow connect(InetSocketAddress remote) {
    PeerFlow flow = flow(0, remote);
    flow.connect();
    return flow;
  }

  /** Waits for a plain or other SYN to that port and accepts it as plain TCP. */
  public PeerFlow accept(int port) {
    PeerFlow flow = awaitSyn(port);
    flow.accept();
    return flow;
  }

  /** Waits for a SYN to that port, takes it and does not answer. */
  public PeerFlow awaitSyn(int port) {
    WireSegment syn = takeUnclaimed("a SYN to port " + port, s -> isSyn(s, port));
    PeerFlow flow = new PeerFlow(this, routeBack(syn));
    register(flow);
    flow.onSegment(syn);
    flow.skipAll();
    return flow;
  }

  /** An MPTCP connection that was not begun, with random keys: it connects, or accepts. */
  public PeerConnection connection() {
    return new PeerConnection(this, random.nextLong());
  }

  /** What came for no flow: segments to ports that nobody asked for, resets of strangers. */
  public List<WireSegment> unclaimed() {
    return Collections.unmodifiableList(unclaimed);
  }

  /** How many packets came that are no whole TCP segments. */
  public long others() {
    return others;
  }

  private static boolean isSyn(WireSegment s, int port) {
    return s.dstPort() == port && s.has(TcpFlags.SYN) && !s.has(TcpFlags.ACK);
  }

  WireSegment awaitJoinSyn(int token) {
    return takeUnclaimed(
        String.format("a join for token %08x", token),
        s -> s.mptcp(MpJoinSyn.class).filter(join -> join.token() == token).isPresent());
  }

  private WireSegment takeUnclaimed(String what, Predicate<WireSegment> wanted) {
    boolean came = world.network().runUntil(() -> unclaimed.stream().anyMatch(wanted), patience);
    if (!came) {
      StringBuilder text = new StringBuilder(host + " got not " + what);
      text.append(unclaimed.isEmpty() ? ", nor anything else" : "; what came:");
      unclaimed.forEach(s -> text.append("\n  ").append(s));
      throw new AssertionError(text.append('\n').append(world).toString());
    }
    Iterator<WireSegment> i = unclaimed.iterator();
    WireSegment found = i.next();
    while (!wanted.test(found)) {
      found = i.next();
    }
    i.remove();
    return found;
  }

  PeerFlow.Route route(int addressIndex, InetSocketAddress remote) {
    if (addressIndex >= homes.size()) {
      throw new IllegalArgumentException(
          host + " has " + homes.size() + " addresses, none with number " + addressIndex);
    }
    Home home = homes.get(addressIndex);
    IpAddress to = IpAddress.of(remote.getAddress());
    return new PeerFlow.Route(home.address, nextPort++, to, remote.getPort(), home.linkIndex);
  }

  PeerFlow.Route routeBack(WireSegment from) {
    for (Home home : homes) {
      if (home.address.equals(from.dst())) {
        return new PeerFlow.Route(
            from.dst(), from.dstPort(), from.src(), from.srcPort(), home.linkIndex);
      }
    }
    throw new IllegalStateException(host + " got a segment for an address that it has not");
  }

  void register(PeerFlow flow) {
    PeerFlow.Route r = flow.route();
    flows.put(new Ends(r.local(), r.localPort(), r.remote(), r.remotePort()), flow);
  }

  RandomGenerator random() {
    return random;
  }

  void transmit(TxSegment segment) {
    Packet packet = new Packet();
    segment.encodeInto(packet, world.allocator());
    toSend.add(packet);
    host.wake();
  }

  private void release() {
    toSend.forEach(Packet::release);
    toSend.clear();
  }

  private void receive(long nowNs, Packet packet) {
    WireSegment s = WireSegment.of(nowNs, packet).orElse(null);
    if (s == null) {
      others++;
      return;
    }
    PeerFlow flow = flows.get(new Ends(s.dst(), s.dstPort(), s.src(), s.srcPort()));
    if (flow == null) {
      unclaimed.add(s);
    } else {
      flow.onSegment(s);
    }
  }

  @Override
  public String toString() {
    return host.name();
  }

  private final class Processor implements PacketProcessor {
    @Override
    public void onPackets(long nowNs, PacketBatch in) {
      for (int i = 0; i < in.size(); i++) {
        receive(nowNs, in.get(i));
      }
      in.clear();
    }

    @Override
    public void pollTransmit(long nowNs, PacketBatch out) {
      while (!toSend.isEmpty() && !out.isFull()) {
        toSend.remove().moveTo(out.add());
      }
    }

    @Override
    public long nextTimeoutNs() {
      return Long.MAX_VALUE;
    }

    @Override
    public void onTimeout(long nowNs) {
      // it has no timers
    }
  }
}
