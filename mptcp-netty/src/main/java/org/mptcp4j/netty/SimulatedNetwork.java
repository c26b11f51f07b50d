package org.mptcp4j.netty;

import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.stack.LinkState;
import org.mptcp4j.stack.MptcpStack;
import org.mptcp4j.wire.IpAddress;

/**
 * Hosts with Netty channels in a simulated network and in virtual time: whole pipelines, losses and
 * failures of paths included, in a plain unit test without root, without waiting, and the same in
 * every run.
 *
 * <pre>{@code
 * try (SimulatedNetwork net = SimulatedNetwork.between(42, LinkProfile.of(50_000_000, millis(10)).loss(0.01), second)) {
 *   net.await(new ServerBootstrap().group(net.eventLoop())
 *       .channelFactory(net.server().serverChannelFactory()).childHandler(...).bind(80));
 *   Channel client = net.await(new Bootstrap().group(net.eventLoop())
 *       .channelFactory(net.client().channelFactory()).handler(...).connect(net.serverAddress(0), 80));
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
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final SimNetwork network;
  private final VirtualEventLoop loop;
  private final List<MptcpHost> hosts = new ArrayList<>();
  private final List<SimHost> nodes = new ArrayList<>();

  /**
   * An empty network at time 0.
   *
   * @param seed all randomness comes from it
   */
  public SimulatedNetwork(long seed) {
    network = new SimNetwork(seed);
    loop = new VirtualEventLoop(network::nowNs);
  }

  /**
   * A client and a server with default configurations and one link per path between them; see
   * {@link #between(long, StackConfig, StackConfig, LinkProfile...)}.
   *
   * @param seed all randomness comes from it
   * @param paths the properties of each path, the same in both directions
   */
  public static SimulatedNetwork between(long seed, LinkProfile... paths) {
    return between(seed, StackConfig.defaultConfig(), StackConfig.defaultConfig(), paths);
  }

  /**
   * A client and a server with one link per path between them. On path {@code i} the client has the
   * address {@code 10.0.i.1/24} and the server {@code 10.0.i.2/24}.
   *
   * @param seed all randomness comes from it
   * @param client configuration of the client's stack
   * @param server configuration of the server's stack
   * @param paths the properties of each path, the same in both directions
   */
  public static SimulatedNetwork between(
      long seed, StackConfig client, StackConfig server, LinkProfile... paths) {
    SimulatedNetwork net = new SimulatedNetwork(seed);
    SimHost a = net.node(net.host("client", net.stack(client, 1, paths), client.defaults()));
    SimHost b = net.node(net.host("server", net.stack(server, 2, paths), server.defaults()));
    for (int i = 0; i < paths.length; i++) {
      SimLink link = net.network.link("path" + i, a, b, paths[i]);
      a.address(link, IpAddress.parse(address(i, 1)));
      b.address(link, IpAddress.parse(address(i, 2)));
    }
    return net;
  }

  private MptcpStack stack(StackConfig config, int hostNumber, LinkProfile[] paths) {
    var builder = MptcpStack.builder().config(config).random(network.newRandom());
    for (int i = 0; i < paths.length; i++) {
      builder.link(i, paths[i].mtu()).address(i, address(i, hostNumber) + "/24");
    }
    return builder.build();
  }

  private static String address(int path, int hostNumber) {
    return "10.0." + path + "." + hostNumber;
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
    SimDrive drive = SimDrive.attach(name, stack, network, loop);
    drive
        .host()
        .linkListener(
            (index, up) ->
                stack.linkState(network.nowNs(), index, up ? LinkState.UP : LinkState.DOWN));
    MptcpHost host = new MptcpHost(stack, loop, drive, defaults, null);
    hosts.add(host);
    nodes.add(drive.host());
    return host;
  }

  /** The host of that position's node in the network, to be linked with others. */
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

  /** The server's address on a path of {@link #between}. */
  public String serverAddress(int path) {
    return address(path, 2);
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
    network.runFor(duration.toNanos());
  }

  /**
   * Lets virtual time pass until the condition holds.
   *
   * @param within the most virtual time it may take
   * @return whether the condition holds
   */
  public boolean runUntil(BooleanSupplier condition, Duration within) {
    return network.runUntil(condition, within.toNanos());
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

  /** Closes every host with its channels and releases the packets on their way. */
  @Override
  public void close() {
    hosts.forEach(MptcpHost::close);
    network.runFor(0); // the last packets leave the stacks
    network.close();
  }
}
