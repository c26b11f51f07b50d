package org.mptcp4j.testkit;

import io.netty.buffer.ByteBufAllocator;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackGroup;
import org.mptcp4j.link.PcapWriter;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimHost;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.capture.PcapngWriter;
import org.mptcp4j.testkit.segment.SegmentLog;

/**
 * Stacks on a simulated network, everything from one seed, with its addresses given out by itself:
 * path number <i>n</i> (counted from 1) has the prefixes 10.<i>n</i>.0.0/24 and fd00:<i>n</i>::/64,
 * its first stack is .1 and its second .2.
 *
 * <p>{@link #close} checks that no buffer leaked. Checks throw {@link AssertionError}; those that
 * concern the run say the seed.
 */
public final class SimWorld implements AutoCloseable {
  /** Which addresses a path has. */
  public enum Family {
    /** IPv4 only. */
    V4,
    /** IPv6 only. */
    V6,
    /** Both. */
    BOTH
  }

  enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private final long seed;
  private final LeakChecker leaks = new LeakChecker();
  private final SimNetwork network;
  private final List<SimStack> stacks = new ArrayList<>();
  private final List<StackGroup> groups = new ArrayList<>();
  private final List<Closeable> captures = new ArrayList<>();
  private final Map<SimHost, List<Consumer<SimLink>>> linkWatchers = new HashMap<>();
  private final List<Consumer<SimStack>> stackWatchers = new ArrayList<>();
  private final List<Runnable> atClose = new ArrayList<>();
  private Family family = Family.V4;
  private Priority priority = Priority.NORMAL;
  private int paths;
  private boolean closed;

  /** An empty world at virtual time 0. */
  public SimWorld(long seed) {
    this.seed = seed;
    this.network = new SimNetwork(seed, leaks.allocator());
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The network: time, routers, links, partitions, trace hash. */
  public SimNetwork network() {
    return network;
  }

  /** The allocator of everything in this world. */
  public ByteBufAllocator allocator() {
    return leaks.allocator();
  }

  /** The stacks in the order of their making. */
  public List<SimStack> stacks() {
    return Collections.unmodifiableList(stacks);
  }

  /** The paths made from now on have these addresses; IPv4 at first. */
  public SimWorld family(Family ofPaths) {
    family = ofPaths;
    return this;
  }

  /** The paths made from now on have this priority at their first stack; normal at first. */
  public SimWorld priority(Priority ofPaths) {
    priority = ofPaths;
    return this;
  }

  /** Adds a stack with the default configuration. */
  public SimStack stack(String name) {
    return stack(name, StackConfig.defaults());
  }

  /** Adds a stack. */
  public SimStack stack(String name, StackConfig config) {
    return add(new SimStack(this, name, builder(config).build()));
  }

  /**
   * Adds a stack of which more than the configuration is chosen: scheduler, path manager, whatever
   * a {@link StackBuilder} takes. Links, addresses and the allocator are the world's.
   *
   * <pre>{@code
   * world.stack("client", b -> b.config(config).scheduler("redundant").pathManager(Mine::new));
   * }</pre>
   *
   * @param plan changes the builder
   */
  public SimStack stack(String name, Consumer<StackBuilder> plan) {
    StackBuilder builder = builder(StackConfig.defaults());
    plan.accept(builder);
    return add(new SimStack(this, name, builder.allocator(leaks.allocator()).build()));
  }

  /** Adds a host with several stacks that share its addresses; each packet comes in at any one. */
  public SimStack randomlySpreadStacks(String name, StackConfig config, int count) {
    return spread(name, config, count, SpreadStacks.Spreading.RANDOM);
  }

  /**
   * Adds a host with several stacks that share its addresses; each packet of a connection comes in
   * at one that is not its own.
   */
  public SimStack wronglySpreadStacks(String name, StackConfig config, int count) {
    return spread(name, config, count, SpreadStacks.Spreading.WRONG);
  }

  /**
   * Adds a host with several stacks that share its addresses and have too much to do: each packet
   * comes in at any one, waits there, and waits again when it is handed over.
   */
  public SimStack busySpreadStacks(String name, StackConfig config, int count) {
    return spread(name, config, count, SpreadStacks.Spreading.BUSY);
  }

  private SimStack spread(
      String name, StackConfig config, int count, SpreadStacks.Spreading spreading) {
    StackGroup group = StackGroup.of(count, network.newRandom());
    groups.add(group);
    List<MptcpStack> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(builder(config).member(group, i).build());
    }
    SpreadStacks processor =
        new SpreadStacks(members, spreading, new SplittableRandom(seed * 31 + stacks.size()));
    return add(new SimStack(this, name, members, processor));
  }

  private StackBuilder builder(StackConfig config) {
    return MptcpStack.builder()
        .config(config)
        .allocator(leaks.allocator())
        .random(network.newRandom());
  }

  private SimStack add(SimStack stack) {
    if (stacks.stream().anyMatch(other -> other.name().equals(stack.name()))) {
      throw new IllegalArgumentException(
          "there is a stack '" + stack.name() + "' already: choose another name");
    }
    stacks.add(stack);
    stackWatchers.forEach(w -> w.accept(stack));
    return stack;
  }

  /** Connects two hosts by a link, with addresses of a new prefix at both ends. */
  public SimLink path(SimParty a, SimParty b, LinkProfile both) {
    return path(a, b, both, both);
  }

  /** Connects two hosts by a link with different properties in the two directions. */
  public SimLink path(SimParty a, SimParty b, LinkProfile ab, LinkProfile ba) {
    int n = ++paths;
    SimLink link = connect("path" + n, a, b, ab, ba);
    address(a, link, n, 1, ab.mtu(), priority);
    address(b, link, n, 2, ba.mtu(), Priority.NORMAL);
    return link;
  }

  /**
   * Connects two hosts by a link without addresses: {@link SimParty#addAddress} gives them, where a
   * test wants other ones than those of {@link #path}.
   *
   * @param name for traces
   */
  public SimLink connect(String name, SimParty a, SimParty b, LinkProfile ab, LinkProfile ba) {
    SimLink link = network.link(name, a.host(), b.host(), ab, ba);
    linked(a, link);
    linked(b, link);
    return link;
  }

  private void linked(SimParty party, SimLink link) {
    linkWatchers.getOrDefault(party.host(), List.of()).forEach(w -> w.accept(link));
  }

  /** Does something with every link of a host, those that it has and those of later paths. */
  private void eachLink(SimHost host, Consumer<SimLink> action) {
    host.links().forEach(action);
    linkWatchers.computeIfAbsent(host, h -> new ArrayList<>()).add(action);
  }

  /** Adds a router. */
  public SimRouter router(String name) {
    return network.router(name);
  }

  /**
   * Connects two hosts through routers: each gets a link to its router, with addresses of a new
   * prefix. How the routers are linked with each other is up to the caller; paths that share such a
   * link share a bottleneck.
   *
   * @param access the properties of both links, both ways
   * @return the link of the first host
   */
  public SimLink pathThrough(
      SimParty a, SimRouter atA, SimRouter atB, SimParty b, LinkProfile access) {
    int n = ++paths;
    SimLink first = network.link("path" + n + "a", a.host(), atA, access);
    SimLink last = network.link("path" + n + "b", b.host(), atB, access);
    linked(a, first);
    linked(b, last);
    address(a, first, n, 1, access.mtu(), priority);
    address(b, last, n, 2, access.mtu(), Priority.NORMAL);
    return first;
  }

  private void address(
      SimParty party, SimLink link, int path, int hostNumber, int mtu, Priority ofAddress) {
    if (family != Family.V6) {
      party.addAddress(link, "10." + path + ".0." + hostNumber + "/24", ofAddress, mtu);
    }
    if (family != Family.V4) {
      String text = "fd00:" + Integer.toHexString(path) + "::" + hostNumber + "/64";
      party.addAddress(link, text, ofAddress, mtu);
    }
  }

  PseudoRandomBytes stream(int port, Direction direction) {
    return new PseudoRandomBytes((seed * 31 + port) * 31 + direction.ordinal());
  }

  /**
   * Captures what a host sends and receives, on the links that it has and on those of later paths,
   * with virtual times, until {@link #close}.
   *
   * @param party the host
   * @param file pcapng when its name ends in {@code .pcapng}, and then with a named interface for
   *     each link and the direction of each packet; otherwise pcap
   * @throws IOException when the file cannot be written
   */
  public void capture(SimParty party, Path file) throws IOException {
    if (file.toString().endsWith(".pcapng")) {
      capture(party, PcapngWriter.create(file, comment(party)));
    } else {
      PcapWriter writer = PcapWriter.create(file);
      captures.add(writer);
      eachLink(party.host(), link -> link.tapAt(party.host(), writer));
    }
  }

  private String comment(SimParty party) {
    return party.host().name() + " of a simulation with seed " + seed;
  }

  private void capture(SimParty party, PcapngWriter writer) {
    captures.add(writer);
    SimHost host = party.host();
    eachLink(
        host,
        link -> {
          int number = writer.addInterface(link.name());
          link.from(host).tapSent(writer.tap(number, PcapngWriter.Direction.OUTBOUND));
          link.to(host).tapDelivered(writer.tap(number, PcapngWriter.Direction.INBOUND));
        });
  }

  /**
   * Captures every stack, those that exist and those made later, each into a file of its own with
   * its name and {@code .pcapng}.
   *
   * @param directory is made when it does not exist
   * @param largestBytes packets that would make a file larger are left out
   * @throws UncheckedIOException when a file cannot be written
   */
  public void captureAll(Path directory, long largestBytes) {
    Consumer<SimStack> begin =
        stack -> {
          String name = stack.name().replaceAll("[^A-Za-z0-9._-]", "_") + ".pcapng";
          try {
            Files.createDirectories(directory);
            Path file = directory.resolve(name);
            capture(stack, PcapngWriter.create(file, comment(stack), largestBytes));
          } catch (IOException e) {
            throw new UncheckedIOException("cannot write the capture: " + e.getMessage(), e);
          }
        };
    stacks.forEach(begin);
    stackWatchers.add(begin);
  }

  /** Packets that were left out of captures because of their largest size. */
  public long leftOutOfCaptures() {
    return captures.stream()
        .filter(PcapngWriter.class::isInstance)
        .mapToLong(w -> ((PcapngWriter) w).leftOut())
        .sum();
  }

  /**
   * Keeps the segments that a host sends and receives from now on, on the links that it has and on
   * those of later paths. It keeps all their bytes: for tests of little traffic.
   */
  public SegmentLog log(SimParty party) {
    SegmentLog log = new SegmentLog(party.host().name());
    SimHost host = party.host();
    eachLink(
        host,
        link -> {
          link.from(host).tapSent(log.sentTap());
          link.to(host).tapDelivered(log.receivedTap());
        });
    return log;
  }

  /** Does something when the world is closed, before it looks for buffers that leaked. */
  public void atClose(Runnable action) {
    atClose.add(action);
  }

  /** Lets virtual time pass. */
  public void runFor(Duration time) {
    network.runFor(time);
  }

  /** Lets time pass until the condition holds; false when it does not within that time. */
  public boolean runUntil(BooleanSupplier condition, Duration within) {
    return network.runUntil(condition, within);
  }

  /**
   * Lets time pass until the condition holds.
   *
   * @param what what is waited for, for the message
   * @throws AssertionError when it does not hold in time; describes the whole world
   */
  public void require(String what, BooleanSupplier condition, Duration within) {
    long start = network.nowNs();
    if (!network.runUntil(condition, within)) {
      throw new AssertionError(
          "not within "
              + within.toNanos() / 1e9
              + " s from "
              + start / 1e9
              + " s: "
              + what
              + "\n"
              + this);
    }
  }

  /**
   * Lets time pass until every endpoint is closed and every stack has forgotten its connections,
   * TIME-WAIT included.
   *
   * @throws AssertionError when that does not happen in time
   */
  public void requireAllClosed(Duration within) {
    require("everything closed", this::allClosed, within);
    requireContractKept();
  }

  /**
   * Holds both ends of every connection that is closed against what they owe to each other ({@link
   * StreamContract}), except those of tests that tamper with the streams.
   *
   * @throws AssertionError when they did not keep it; describes the whole world
   */
  private void requireContractKept() {
    List<Endpoint> ends =
        stacks.stream()
            .flatMap(s -> s.endpoints().stream())
            .filter(e -> e.closed() && e.isChecked())
            .toList();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      for (Endpoint other : ends.subList(i + 1, ends.size())) {
        Endpoint end = ends.get(i);
        if (end.isPeerOf(other) && isLastOf(end, other) && isLastOf(other, end)) {
          wrong.addAll(StreamContract.violations(end, other));
        }
      }
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong) + "\n" + this);
    }
  }

  /**
   * RFC 7413 section 2.1: a SYN with data may make more than one connection out of one of its
   * sender. The last is that which its sender has.
   */
  private static boolean isLastOf(Endpoint peer, Endpoint end) {
    return end.stack().endpoints().stream()
        .noneMatch(other -> other.isLaterThan(end) && peer.isPeerOf(other));
  }

  private boolean allClosed() {
    for (SimStack s : stacks) {
      for (Endpoint e : s.endpoints()) {
        if (!e.closed()) {
          return false;
        }
      }
      if (!s.isEmpty()) {
        return false;
      }
    }
    return groups.stream().allMatch(group -> group.flows() == 0);
  }

  /**
   * Closes stacks, network and captures, and checks that every buffer was released.
   *
   * @throws AssertionError when one was not
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    stacks.forEach(SimStack::close);
    atClose.forEach(Runnable::run);
    network.close();
    for (Closeable w : captures) {
      try {
        w.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    leaks.assertNothingLeft("seed " + seed);
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    s.append("seed ").append(seed).append(" at ").append(network.nowNs() / 1e9).append(" s");
    stacks.forEach(x -> s.append("\n  ").append(x));
    for (SimLink l : network.links()) {
      s.append("\n  ")
          .append(l)
          .append("\n    > ")
          .append(l.forward().profile())
          .append("\n    ")
          .append(l.forward())
          .append("\n    < ")
          .append(l.backward().profile())
          .append("\n    ")
          .append(l.backward());
    }
    return s.toString();
  }
}
