package org.mptcp4j.testkit;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpServerSocket;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.StackUsage;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.Priority;

/**
 * A stack on a host of a {@link SimWorld}, or several that share its addresses, with the {@link
 * Endpoint}s and {@link Listener}s that use them.
 */
public final class SimStack implements SimParty {
  private final SimWorld world;
  private final String name;
  private final List<MptcpStack> stacks;
  private final PacketProcessor processor;
  private final SimHost host;
  private final List<IpAddress> addresses = new ArrayList<>();
  private Set<String> counterNames = Set.of(); // empty until somebody asks
  private final List<Endpoint> endpoints = new ArrayList<>();
  private int links;
  private int connects;

  SimStack(SimWorld world, String name, MptcpStack stack) {
    this(world, name, List.of(stack), stack);
  }

  SimStack(SimWorld world, String name, List<MptcpStack> stacks, PacketProcessor processor) {
    this.world = world;
    this.name = name;
    this.stacks = List.copyOf(stacks);
    this.processor = processor;
    this.host = world.network().host(name, processor);
    host.onTurn(this::turn);
    host.linkListener(this::linkChanged);
  }

  /** The world it lives in. */
  public SimWorld world() {
    return world;
  }

  /** The stacks, one unless told. Call {@link SimHost#wake} of {@link #host} after their verbs. */
  public List<MptcpStack> stacks() {
    return stacks;
  }

  /** How many packets came in at another stack than their own. */
  public long crossed() {
    return processor instanceof SpreadStacks spread ? spread.crossed() : 0;
  }

  @Override
  public SimHost host() {
    return host;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its addresses in the order in which its paths were made, IPv4 before IPv6 on each. */
  public List<IpAddress> addresses() {
    return Collections.unmodifiableList(addresses);
  }

  /** A port of the address with that number. */
  public InetSocketAddress at(int addressIndex, int port) {
    if (addressIndex >= addresses.size()) {
      throw new IllegalArgumentException(
          name + " has no address " + addressIndex + " yet, only " + addresses + ": make its path");
    }
    return addresses.get(addressIndex).withPort(port);
  }

  /** Its endpoints, connected and accepted, in the order of their making. */
  public List<Endpoint> endpoints() {
    return Collections.unmodifiableList(endpoints);
  }

  /** The counters of the stack that are not zero, under their kernel names; of several, summed. */
  public Map<String, Long> counters() {
    Map<String, Long> sum = new TreeMap<>();
    stacks.forEach(s -> s.counters().forEach((counter, n) -> sum.merge(counter, n, Long::sum)));
    return sum;
  }

  /**
   * A counter of the stack under its kernel name; 0 when it never counted.
   *
   * @throws IllegalArgumentException when no stack has one of that name
   */
  public long counter(String counterName) {
    if (counterNames.isEmpty()) {
      counterNames = stacks.get(0).allCounters().keySet();
    }
    if (!counterNames.contains(counterName)) {
      throw new IllegalArgumentException(
          "no counter is named " + counterName + ": choose one of " + counterNames);
    }
    return stacks.stream().mapToLong(s -> s.counters().getOrDefault(counterName, 0L)).sum();
  }

  /** Whether no stack has a connection or a flow left, TIME-WAIT included. */
  public boolean isEmpty() {
    return stacks.stream().map(MptcpStack::usage).allMatch(StackUsage.NOTHING::equals);
  }

  @Override
  public void addAddress(SimLink link, String addressAndPrefix, Priority priority, int mtu) {
    int index = link.interfaceIndex(host);
    for (MptcpStack stack : stacks) {
      if (index == links) {
        stack.addLink(index, mtu);
      }
      stack.addAddress(world.network().nowNs(), index, addressAndPrefix, priority);
    }
    links = Math.max(links, index + 1);
    IpAddress address =
        IpAddress.parse(addressAndPrefix.substring(0, addressAndPrefix.indexOf('/')));
    host.address(link, address);
    addresses.add(address);
  }

  private void linkChanged(int interfaceIndex, boolean up) {
    for (MptcpStack stack : stacks) {
      stack.setLinkState(
          world.network().nowNs(), interfaceIndex, up ? LinkState.UP : LinkState.DOWN);
    }
  }

  private SocketOptions defaults() {
    return stacks.get(0).config().sockets();
  }

  /** Connects to the first address of another stack, with the options of the configuration. */
  public Endpoint connect(SimStack peer, int port) {
    return connect(peer.at(0, port), defaults());
  }

  /** Connects to the first address of another stack, with these options. */
  public Endpoint connect(SimStack peer, int port, SocketOptions options) {
    return connect(peer.at(0, port), options);
  }

  /**
   * Connects, from each stack in turn when there are several. The stream sent and the one expected
   * depend on the port, which has to be the one listened on.
   *
   * @throws UncheckedIOException around an {@link MptcpException} when the connection cannot even
   *     be tried
   */
  public Endpoint connect(InetSocketAddress remote, SocketOptions options) {
    try {
      MptcpStack stack = stacks.get(connects++ % stacks.size());
      MptcpSocket socket = stack.connect(world.network().nowNs(), remote, options);
      Endpoint e =
          new Endpoint(
              this,
              name + " to " + remote,
              socket,
              world.stream(remote.getPort(), SimWorld.Direction.TO_SERVER),
              world.stream(remote.getPort(), SimWorld.Direction.TO_CLIENT));
      endpoints.add(e);
      host.wake();
      return e;
    } catch (MptcpException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Listens on a port of every address; accepted connections read, check and close when the peer
   * has finished.
   */
  public Listener listen(int port) {
    return listen(port, Endpoint::closeAtEndOfStream);
  }

  /** Listens on a port of every address; the script tells each accepted connection what to do. */
  public Listener listen(int port, Consumer<Endpoint> script) {
    return listen(new InetSocketAddress(port), defaults(), script);
  }

  /** Listens on a port of every address; accepted sockets have these options. */
  public Listener listen(int port, SocketOptions options, Consumer<Endpoint> script) {
    return listen(new InetSocketAddress(port), options, script);
  }

  /**
   * Listens, on every stack.
   *
   * @throws UncheckedIOException around an {@link MptcpException} when the address cannot be
   *     listened on
   */
  public Listener listen(
      InetSocketAddress local, SocketOptions options, Consumer<Endpoint> script) {
    try {
      List<MptcpServerSocket> servers = new ArrayList<>();
      for (MptcpStack stack : stacks) {
        servers.add(stack.listen(local, 64, options));
      }
      return new Listener(this, servers, script);
    } catch (MptcpException e) {
      throw new UncheckedIOException(e);
    }
  }

  Endpoint accepted(MptcpSocket socket, int port, int number) {
    Endpoint e =
        new Endpoint(
            this,
            name + ":" + port + " #" + number,
            socket,
            world.stream(port, SimWorld.Direction.TO_CLIENT),
            world.stream(port, SimWorld.Direction.TO_SERVER));
    endpoints.add(e);
    return e;
  }

  private void turn() {
    stacks.forEach(this::dispatch);
    for (int i = 0; i < endpoints.size(); i++) {
      endpoints.get(i).turn();
    }
  }

  private void dispatch(MptcpStack stack) {
    for (StackEvent event = stack.pollEvent(); event != null; event = stack.pollEvent()) {
      if (event.type() == StackEvent.Type.ACCEPTABLE) {
        Objects.requireNonNull((Listener) event.server().attachment()).acceptAll(event.server());
      } else if (event.socket().attachment() instanceof Endpoint e) {
        e.onEvent(event);
      }
    }
  }

  /** The host ends without a word to anybody, as when its power fails. */
  public void cutOff() {
    endpoints.forEach(Endpoint::cutOff);
    stacks.forEach(MptcpStack::close);
  }

  void close() {
    stacks.forEach(MptcpStack::close);
    if (processor instanceof SpreadStacks spread) {
      spread.close();
    }
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder(name);
    stacks.forEach(x -> s.append(' ').append(x.usage()).append(' ').append(x.counters()));
    endpoints.forEach(e -> s.append("\n    ").append(e));
    return s.toString();
  }
}
