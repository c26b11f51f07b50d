package org.mptcp4j.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host of its own on the network, whose connections are Netty channels: an MPTCP stack with its
 * links on an event loop, or one such stack on each of several event loops.
 *
 * <pre>{@code
 * try (MptcpHost host = MptcpHost.builder().tun("tun0:10.0.1.2/24").tun("tun1:10.0.2.2/24").build()) {
 *   new ServerBootstrap()
 *       .group(host.eventLoops())
 *       .channelFactory(host.serverChannelFactory())
 *       .childHandler(...)
 *       .bind(8080).sync().channel().closeFuture().sync();
 * }
 * }</pre>
 *
 * <p>Packets, timers and handlers of a connection all run on one event loop's thread; a packet goes
 * from the device to {@code channelRead} without a copy and without a change of thread. The methods
 * here may be called from any thread.
 *
 * <p>With {@linkplain MptcpHostBuilder#eventLoops(int) several event loops} the stacks share the
 * addresses, and each reads and writes a queue of its own of every TUN device. The kernel puts the
 * packets of a flow into the queue that the flow's last packet was sent from, so that they come in
 * where the connection lives; what comes in elsewhere, such as the first packet of a joining
 * subflow, is handed over to the event loop that it belongs to ({@link
 * org.mptcp4j.api.StackGroup}).
 */
public final class MptcpHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MptcpHost.class);

  /** How long closing waits by default. */
  static final Duration LINGER = Duration.ofSeconds(3);

  private final List<StackLoop> stacks;
  private final List<Inbox> inboxes;
  private final HostLoops group;
  private final SocketOptions defaults;
  private final @Nullable EventLoopGroup ownGroup;

  /** Creates a host of one stack on the caller's event loop. */
  MptcpHost(MptcpStack stack, IoEventLoop loop, Drive drive, SocketOptions defaults) {
    this(List.of(new StackLoop(stack, loop, drive, LINGER)), List.of(), defaults, null);
  }

  /**
   * Creates the host.
   *
   * @param stacks at least one
   * @param inboxes between the stacks, when there are several
   * @param defaults what channels start from
   * @param ownGroup shut down with the host; {@code null} when the event loops are the caller's
   */
  MptcpHost(
      List<StackLoop> stacks,
      List<Inbox> inboxes,
      SocketOptions defaults,
      @Nullable EventLoopGroup ownGroup) {
    this.stacks = List.copyOf(stacks);
    this.inboxes = inboxes;
    this.group = new HostLoops(stacks.stream().map(StackLoop::eventLoop).toList());
    this.defaults = defaults.toBuilder().noDelay(true).build();
    this.ownGroup = ownGroup;
  }

  /** A builder of a host on TUN devices. */
  public static MptcpHostBuilder builder() {
    return new MptcpHostBuilder();
  }

  /**
   * The event loop that every channel of this host runs on, or the first when it has several: for
   * {@code Bootstrap.group} and {@code ServerBootstrap.group}.
   */
  public IoEventLoop eventLoop() {
    return stacks.get(0).eventLoop();
  }

  /**
   * All event loops of this host, for {@code Bootstrap.group} and {@code ServerBootstrap.group}:
   * channels that connect are given to them in turn, and an accepted one runs on that which its
   * connection lives on. Shutting the group down shuts the event loops down.
   */
  public EventLoopGroup eventLoops() {
    return group;
  }

  /** Makes client channels: for {@code Bootstrap.channelFactory}. */
  public ChannelFactory<MptcpChannel> channelFactory() {
    return () -> new MptcpChannel(this);
  }

  /** Makes server channels: for {@code ServerBootstrap.channelFactory}. */
  public ChannelFactory<MptcpServerChannel> serverChannelFactory() {
    return () -> new MptcpServerChannel(this);
  }

  /**
   * Uses the stack on its own thread: counters, links going down, whatever channels do not offer.
   * What it gives rise to, such as packets to send, is taken care of.
   *
   * @param action called on the event loop, at once when this is the event loop
   * @param <T> type of the result
   * @return completed with the result or with what {@code action} threw
   * @throws IllegalStateException when the host has several stacks; then use {@link #withStacks}
   */
  public <T> Future<T> withStack(StackAction<T> action) {
    if (stacks.size() > 1) {
      throw new IllegalStateException(
          "the host has " + stacks.size() + " stacks: use withStacks(...)");
    }
    return stacks.get(0).withStack(action);
  }

  /**
   * Uses each stack on its own thread; see {@link #withStack}.
   *
   * @param action called once on every event loop
   * @param <T> type of the results
   * @return a future for each stack, in the order of the event loops
   */
  public <T> List<Future<T>> withStacks(StackAction<T> action) {
    return stacks.stream().map(stack -> stack.withStack(action)).toList();
  }

  /**
   * How many packets came in on another event loop than that of their connection and were dropped
   * because too many waited there. Those handed over are counted by the stacks as {@code
   * StackHandedOver}.
   */
  public long handoverDrops() {
    return inboxes.stream().mapToLong(Inbox::dropped).sum();
  }

  /**
   * Something done with a stack on its thread.
   *
   * @param <T> type of the result
   */
  @FunctionalInterface
  public interface StackAction<T> {
    /**
     * Does it.
     *
     * @param nowNs the time, for the verbs that want it
     * @param stack the stack, to be used during the call only
     * @return the result
     */
    T apply(long nowNs, MptcpStack stack);
  }

  /**
   * Closes the channels and the links, and the event loops when the builder made them. Connections
   * whose channels are still open are reset. What channels that were closed before have written is
   * still delivered; what is left after {@link MptcpHostBuilder#closeLinger} is reset as well.
   * Waits until it is done, unless called on an event loop of the host. Does nothing the second
   * time.
   */
  @Override
  public void close() {
    boolean inEventLoop = stacks.stream().anyMatch(stack -> stack.eventLoop().inEventLoop());
    for (StackLoop stack : stacks) {
      if (!stack.eventLoop().isShuttingDown()) {
        stack.executeUnlessEnded(stack::close);
      }
    }
    AtomicInteger left = new AtomicInteger(stacks.size());
    for (StackLoop stack : stacks) {
      stack
          .closed()
          .addListener(
              done -> {
                if (left.decrementAndGet() == 0 && ownGroup != null) {
                  ownGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS);
                }
              });
    }
    if (!inEventLoop) {
      stacks.forEach(stack -> stack.closed().syncUninterruptibly());
      if (ownGroup != null) {
        ownGroup.terminationFuture().syncUninterruptibly();
      }
    }
  }

  /** Whether it was closed and all its stacks have come to their end. */
  boolean isClosed() {
    return stacks.stream().allMatch(stack -> stack.closed().isDone());
  }

  /**
   * The event loop of one stack ends: on it, or on any thread when it has ended. Then the host ends
   * with all its channels: of its addresses and its listening sockets a part would be deaf.
   */
  void loopEnds(StackLoop ending) {
    if (!ending.isClosing()) {
      LOG.warn(
          "event loop {} ends before its MptcpHost was closed, because it was shut down or of an"
              + " error that Netty has logged: all channels of the host are closed",
          ending.eventLoop());
    }
    for (StackLoop other : stacks) {
      if (other != ending) {
        other.executeUnlessEnded(other::close);
      }
    }
    if (ending.eventLoop().inEventLoop()) {
      ending.closeWithLoop();
    } else {
      ending.closeAfterLoop();
    }
  }

  // --- what the channels need

  /** The options of a socket that is not open yet. */
  OpenOptions openOptions() {
    return new OpenOptions(stacks.get(0).config(), defaults);
  }

  /** The stacks in the order of the event loops. */
  List<StackLoop> stacks() {
    return stacks;
  }

  /**
   * Registers a channel, which must be with an event loop of this host; on any event loop.
   *
   * @param bound where its connection lives, if it has one
   * @return where it lives now
   * @throws IllegalStateException when the event loop is another one, or the host is closed
   */
  StackLoop register(Channel channel, Optional<StackLoop> bound) {
    for (StackLoop stack : stacks) {
      if (stack.eventLoop() == channel.eventLoop() && bound.orElse(stack) == stack) {
        stack.add(channel);
        return stack;
      }
    }
    throw new IllegalStateException(
        stacks.size() == 1
            ? "a channel of an MptcpHost runs on that host's event loop: use"
                + " .group(host.eventLoop()), not "
                + channel.eventLoop()
            : "a channel of an MptcpHost runs on the event loop of its connection: use"
                + " .group(host.eventLoops()), not "
                + channel.eventLoop());
  }

  /**
   * Checks an address given to {@code bind} or {@code connect}.
   *
   * @throws UnsupportedAddressTypeException when it is not an IP address with a port
   * @throws UnresolvedAddressException when its host name was not resolved
   */
  static InetSocketAddress inetAddress(SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet)) {
      throw new UnsupportedAddressTypeException();
    }
    if (inet.isUnresolved()) {
      throw new UnresolvedAddressException();
    }
    return inet;
  }
}
