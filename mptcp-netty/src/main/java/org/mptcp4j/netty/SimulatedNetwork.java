package org.mptcp4j.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.link.sim.SimRouter;

/**
 * Hosts with Netty channels in a simulated network and in virtual time: whole pipelines, losses and
 * failures of paths included, in a plain unit test without root, without waiting, and the same in
 * every run.
 *
 * <pre>{@code
 * LinkProfile path = LinkProfile.of(50_000_000, millis(10)).superSegments(SuperSegments.CUT);
 * try (SimulatedNetwork net = SimulatedNetwork.between(42, path, path.loss(0.01))) {
 *   net.await(new ServerBootstrap().group(net.eventLoop())
 *       .channelFactory(net.server().serverChannelFactory()).childHandler(...).bind(80));
 *   Channel client = net.await(new Bootstrap().group(net.eventLoop())
 *       .channelFactory(net.client().channelFactory()).handler(...).connect(SimulatedNetwork.SERVER, 80));
 *   net.path(0).blackhole();
 *   net.runUntil(() -> received == size, Duration.ofSeconds(60));
 * }
 * }</pre>
 *
 * <p>Everything runs on the thread that made the network, which counts as the thread of {@link
 * #eventLoop()}: calls on channels take effect at once, and time passes only in {@link #await},
 * {@link #runFor} and {@link #runUntil}. Scheduled tasks and Netty's timeout handlers follow
 * virtual time.
 */
public final class SimulatedNetwork implements AutoCloseable {
  /** The address of the server of {@link #between}. */
  public static final String SERVER = "10.1.0.2";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ByteBufAllocator allocator;
  private final SimNetwork network;
  private final VirtualEventLoop loop;
  private final List<MptcpHost> hosts = new ArrayList<>();
  private final List<SimHost> nodes = new ArrayList<>();

  /**
   * An empty network at time 0.
   *
   * @param seed all randomness comes from it
   * @param allocator of the buffers of the network and of the stacks of {@link #between}
   */
  public SimulatedNetwork(long seed, ByteBufAllocator allocator) {
    this.allocator = allocator;
    network = new SimNetwork(seed, allocator);
    loop = new VirtualEventLoop(network::nowNs);
  }

  /**
   * A client with several paths to a server, both with default configurations; see {@link
   * #between(long, ByteBufAllocator, StackConfig, StackConfig, LinkProfile...)}.
   *
   * @param seed all randomness comes from it
   * @param paths the properties of each path, the same in both directions
   */
  public static SimulatedNetwork between(long seed, LinkProfile... paths) {
    return between(
        seed, ByteBufAllocator.DEFAULT, StackConfig.defaults(), StackConfig.defaults(), paths);
  }

  /**
   * A client with several paths to a server: one link and one address per path, {@code
   * 10.0.0.1/24}, {@code 10.0.1.1/24} and so on, all to the router in front of the server, which
   * has the address {@link #SERVER} on a perfect link.
   *
   * @param seed all randomness comes from it
   * @param allocator of every buffer that does not come from a handler; one that counts shows leaks
   * @param client configuration of the client's stack
   * @param server configuration of the server's stack
   * @param paths the properties of each path, the same in both directions
   */
  public static SimulatedNetwork between(
      long seed,
      ByteBufAllocator allocator,
      StackConfig client,
      StackConfig server,
      LinkProfile... paths) {
    SimulatedNetwork net = new SimulatedNetwork(seed, allocator);
    int mtu = 0;
    StackBuilder many = net.stack(client);
    for (int i = 0; i < paths.length; i++) {
      many.link(i, paths[i].mtu()).address(i, clientAddress(i) + "/24");
      mtu = Math.max(mtu, paths[i].mtu());
    }
    StackBuilder one = net.stack(server);
    one.link(0, mtu).address(0, SERVER + "/24");
    SimHost a = net.node(net.host("client", many.build(), client.sockets()));
    SimHost b = net.node(net.host("server", one.build(), server.sockets()));
    SimRouter router = net.network.router("router");
    for (int i = 0; i < paths.length; i++) {
      SimLink path = net.network.link("path" + i, a, router, paths[i]);
      a.address(path, IpAddress.parse(clientAddress(i)));
    }
    SimLink last = net.network.link("server", router, b, LinkProfile.perfect().mtu(mtu));
    b.address(last, IpAddress.parse(SERVER));
    return net;
  }

  private StackBuilder stack(StackConfig config) {
    return MptcpStack.builder().config(config).allocator(allocator).random(network.newRandom());
  }

  private static String clientAddress(int path) {
    return "10.0." + path + ".1";
  }

  /**
   * Adds a host that runs a stack, for topologies other than {@link #between}: make links between
   * {@link #node nodes} in {@link #network()}, in the order of the stack's link indexes, and tell
   * them the addresses.
   *
   * @param name for traces
   * @param stack owned by the host from now on
   * @return the host, on {@link #eventLoop()}
   */
  public MptcpHost host(String name, MptcpStack stack) {
    return host(name, stack, SocketOptions.defaults());
  }

  private MptcpHost host(String name, MptcpStack stack, SocketOptions defaults) {
    SimDrive drive = new SimDrive(name, stack, network, loop);
    drive
        .host()
        .linkListener(
            (index, up) ->
                stack.setLinkState(network.nowNs(), index, up ? LinkState.UP : LinkState.DOWN));
    MptcpHost host = new MptcpHost(stack, loop, drive, defaults);
    hosts.add(host);
    nodes.add(drive.host());
    return host;
  }

  /**
   * The place of a host in {@link #network()}: what links are made between, and what is told which
   * address is reached by which link.
   *
   * @param host one of this network's
   * @return its node
   * @throws IndexOutOfBoundsException when the host belongs to another network
   */
  public SimHost node(MptcpHost host) {
    return nodes.get(hosts.indexOf(host));
  }

  /** The client of {@link #between}. */
  public MptcpHost client() {
    return hosts.get(0);
  }

  /** The server of {@link #between}. */
  public MptcpHost server() {
    return hosts.get(1);
  }

  /**
   * A link, in the order of making; of {@link #between} a path: to be taken down, black-holed,
   * changed.
   */
  public SimLink path(int index) {
    return network.links().get(index);
  }

  /** The network below. */
  public SimNetwork network() {
    return network;
  }

  /** The event loop of every host, in virtual time. */
  public IoEventLoop eventLoop() {
    return loop;
  }

  /** Lets virtual time pass. */
  public void runFor(Duration duration) {
    network.runFor(duration);
  }

  /**
   * Lets virtual time pass until the condition holds.
   *
   * @param within the most virtual time it may take
   * @return whether the condition holds
   */
  public boolean runUntil(BooleanSupplier condition, Duration within) {
    return network.runUntil(condition, within);
  }

  /**
   * Lets virtual time pass until the future is complete, for at most 5 minutes.
   *
   * @param future of an operation on one of the channels
   * @param <V> type of its result
   * @param <F> type of the future
   * @return the future
   * @throws IllegalStateException when it did not become complete; whatever it failed with, when it
   *     failed
   */
  public <V, F extends Future<V>> F await(F future) {
    if (!runUntil(future::isDone, PATIENCE)) {
      throw new IllegalStateException(
          "not complete after " + PATIENCE.toMinutes() + " minutes of virtual time: " + future);
    }
    if (!future.isSuccess()) {
      throw SimulatedNetwork.<RuntimeException>sneaky(future.cause());
    }
    return future;
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E sneaky(Throwable cause) throws E {
    throw (E) cause;
  }

  /**
   * Closes every host with its channels, lets them deliver what was written as long as hosts do,
   * and releases the packets on their way.
   */
  @Override
  public void close() {
    hosts.forEach(MptcpHost::close);
    network.runUntil(
        () -> hosts.stream().allMatch(MptcpHost::isClosed), MptcpHost.LINGER.multipliedBy(2));
    network.close();
  }
}
