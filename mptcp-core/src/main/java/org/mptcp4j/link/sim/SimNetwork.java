package org.mptcp4j.link.sim;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.mptcp4j.link.PacketProcessor;
import org.mptcp4j.link.packet.IpAddress;

/**
 * A network in virtual time. Hosts run {@link PacketProcessor}s, links delay, queue, lose, reorder,
 * duplicate and corrupt their packets, routers forward them. There is one queue of events and one
 * thread, the caller's: the same seed, topology and application give the same packets at the same
 * times, which {@link #traceHash} shows.
 *
 * <pre>{@code
 * SimNetwork net = new SimNetwork(seed);
 * SimHost a = net.host("a", stackA);
 * SimHost b = net.host("b", stackB);
 * net.link("path", a, b, LinkProfile.of(100_000_000, LinkProfile.millis(10)).loss(0.01));
 * boolean arrived = net.runUntil(() -> received == size, SimNetwork.seconds(60));
 * }</pre>
 *
 * <p>Computation takes no virtual time.
 */
public final class SimNetwork implements AutoCloseable {
  private final SplittableRandom random;
  private final ByteBufAllocator allocator;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final ArrayDeque<SimHost> ready = new ArrayDeque<>();
  private final ArrayDeque<Frame> pool = new ArrayDeque<>();
  private final List<SimHost> hosts = new ArrayList<>();
  private final List<SimRouter> routers = new ArrayList<>();
  private final List<SimLink> links = new ArrayList<>();
  private final Set<Partition> partitions = new HashSet<>();
  private final TraceHash trace = new TraceHash();
  private long order;
  private long nowNs;
  private int channels;

  private record Partition(IpAddress from, IpAddress to) {}

  /** An empty network at time 0 with Netty's default allocator. */
  public SimNetwork(long seed) {
    this(seed, ByteBufAllocator.DEFAULT);
  }

  /**
   * An empty network at time 0.
   *
   * @param seed all randomness comes from it
   * @param allocator where the buffers of packets on their way come from
   */
  public SimNetwork(long seed, ByteBufAllocator allocator) {
    this.random = new SplittableRandom(seed);
    this.allocator = allocator;
  }

  /** So many seconds, with what is behind the point. */
  public static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  /** The virtual time in nanoseconds. */
  public long nowNs() {
    return nowNs;
  }

  /**
   * A new random source split from the seed, for a host or an application. Call in the same order
   * in every run.
   */
  public RandomGenerator newRandom() {
    return random.split();
  }

  /** Adds a host that runs the processor. */
  public SimHost host(String name, PacketProcessor processor) {
    SimHost host = new SimHost(this, name, processor);
    hosts.add(host);
    host.wake();
    return host;
  }

  /** Adds a router. */
  public SimRouter router(String name) {
    SimRouter router = new SimRouter(this, name);
    routers.add(router);
    return router;
  }

  /** Adds a link with the same properties in both directions. */
  public SimLink link(String name, SimNode a, SimNode b, LinkProfile both) {
    return link(name, a, b, both, both);
  }

  /**
   * Adds a link. It becomes the next interface of both nodes.
   *
   * @param name for traces
   * @param a one end
   * @param b the other
   * @param ab properties from a to b
   * @param ba properties from b to a
   */
  public SimLink link(String name, SimNode a, SimNode b, LinkProfile ab, LinkProfile ba) {
    SimLink link = new SimLink(this, name, a, b, ab, ba);
    links.add(link);
    topologyChanged();
    return link;
  }

  /** Every link, in the order of making. */
  public List<SimLink> links() {
    return List.copyOf(links);
  }

  /** Drops every packet between the two addresses, both ways, until {@link #heal}. */
  public void partition(IpAddress x, IpAddress y) {
    partitions.add(new Partition(x, y));
    partitions.add(new Partition(y, x));
  }

  /** Ends {@link #partition}. */
  public void heal(IpAddress x, IpAddress y) {
    partitions.remove(new Partition(x, y));
    partitions.remove(new Partition(y, x));
  }

  /**
   * Runs the action at that virtual time, or now when it has passed; afterwards every host gets a
   * turn.
   */
  public void at(long timeNs, Runnable action) {
    schedule(new Action(this, action), Math.max(timeNs, nowNs));
  }

  /** Runs the action after that time. */
  public void after(Duration delay, Runnable action) {
    at(nowNs + delay.toNanos(), action);
  }

  /** Gives every host a turn at the present time. */
  public void wakeAll() {
    for (SimHost h : hosts) {
      h.wake();
    }
  }

  /** When the next event is due, nanoseconds; {@link Long#MAX_VALUE} when there is none. */
  public long nextEventNs() {
    if (!ready.isEmpty()) {
      return nowNs;
    }
    Event e = events.peek();
    return e == null ? Long.MAX_VALUE : e.timeNs;
  }

  /**
   * Does what is due at the present time, or else moves to the next instant at which something
   * happens and does that.
   *
   * @param limitNs time does not move beyond it
   * @return false when nothing was left to do up to the limit; the time is then unchanged
   */
  public boolean step(long limitNs) {
    if (runReady()) {
      return true;
    }
    Event e = events.peek();
    if (e == null || e.timeNs > limitNs) {
      return false;
    }
    nowNs = e.timeNs;
    while (e != null && e.timeNs == nowNs) {
      events.poll().fire();
      e = events.peek();
    }
    runReady();
    return true;
  }

  /** Lets that much virtual time pass. */
  public void runFor(Duration time) {
    runUntil(() -> false, time);
  }

  /**
   * Lets time pass until the condition holds, which is asked after every instant at which something
   * happened.
   *
   * @param within the most virtual time it may take
   * @return whether the condition holds; when not, the time has moved on by {@code within}
   */
  public boolean runUntil(BooleanSupplier condition, Duration within) {
    long withinNs = within.toNanos();
    long limit = withinNs > Long.MAX_VALUE - nowNs ? Long.MAX_VALUE : nowNs + withinNs;
    wakeAll();
    while (!condition.getAsBoolean()) {
      if (!step(limit)) {
        if (limit != Long.MAX_VALUE) {
          nowNs = limit;
        }
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  /**
   * A hash over time, link and bytes of every packet sent so far, and over time and link of every
   * one delivered.
   */
  public long traceHash() {
    return trace.value();
  }

  /** Releases every packet that is still on its way. The network is not to be used afterwards. */
  @Override
  public void close() {
    Event e;
    while ((e = events.poll()) != null) {
      if (e instanceof Frame f) {
        f.data.release();
        f.data = Unpooled.EMPTY_BUFFER;
      }
    }
    hosts.forEach(SimHost::release);
  }

  private boolean runReady() {
    if (ready.isEmpty()) {
      return false;
    }
    SimHost h;
    while ((h = ready.poll()) != null) {
      h.turn();
    }
    return true;
  }

  void ready(SimHost host) {
    ready.add(host);
  }

  void alarm(SimHost host, long timeNs) {
    schedule(new Alarm(host), timeNs);
  }

  void schedule(Event event, long timeNs) {
    event.timeNs = timeNs;
    event.order = order++;
    events.add(event);
  }

  int nextChannelNumber() {
    return channels++;
  }

  SplittableRandom splitRandom() {
    return random.split();
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  TraceHash trace() {
    return trace;
  }

  boolean partitioned(Frame frame) {
    return !partitions.isEmpty()
        && partitions.contains(
            new Partition(Datagrams.source(frame.data), Datagrams.destination(frame.data)));
  }

  Frame newFrame() {
    Frame f = pool.poll();
    return f == null ? new Frame() : f;
  }

  /** Takes back an empty frame. */
  void recycle(Frame frame) {
    pool.push(frame);
  }

  void discard(Frame frame) {
    frame.data.release();
    frame.data = Unpooled.EMPTY_BUFFER;
    recycle(frame);
  }

  void topologyChanged() {
    routers.forEach(SimRouter::forgetShortest);
  }

  /**
   * Breadth first from the router, through routers only; fills in the first link towards each host
   * address.
   */
  void shortestRoutes(SimRouter from, Map<IpAddress, SimLink> into) {
    into.clear();
    Map<SimNode, SimLink> firstLink = new HashMap<>();
    ArrayDeque<SimNode> queue = new ArrayDeque<>();
    queue.add(from);
    while (!queue.isEmpty()) {
      SimNode node = queue.poll();
      for (SimLink link : node.links()) {
        SimNode next = link.peerOf(node);
        SimLink first = node == from ? link : Objects.requireNonNull(firstLink.get(node));
        if (next instanceof SimHost host) {
          hostRoutes(host, link, first, into);
        } else if (next != from && !firstLink.containsKey(next)) {
          firstLink.put(next, first);
          queue.add(next);
        }
      }
    }
  }

  private static void hostRoutes(
      SimHost host, SimLink by, SimLink first, Map<IpAddress, SimLink> into) {
    for (int i = 0; i < host.addresses().size(); i++) {
      if (host.linkOf(i) == by) {
        into.putIfAbsent(host.addresses().get(i), first);
      }
    }
  }

  private static final class Action extends Event {
    private final SimNetwork network;
    private final Runnable action;

    Action(SimNetwork network, Runnable action) {
      this.network = network;
      this.action = action;
    }

    @Override
    void fire() {
      action.run();
      network.wakeAll();
    }
  }

  private static final class Alarm extends Event {
    private final SimHost host;

    Alarm(SimHost host) {
      this.host = host;
    }

    @Override
    void fire() {
      host.onWakeUp(timeNs);
    }
  }
}
