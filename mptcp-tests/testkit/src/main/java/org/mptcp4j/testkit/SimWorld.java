package org.mptcp4j.testkit;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.mptcp4j.api.Priority;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.PcapWriter;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.stack.MptcpStack;
import org.mptcp4j.stack.StackBuilder;
import org.mptcp4j.stack.StackGroup;

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
  private final List<PcapWriter> captures = new ArrayList<>();
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
    return stack(name, StackConfig.defaultConfig());
  }

  /** Adds a stack. */
  public SimStack stack(String name, StackConfig config) {
    return add(new SimStack(this, name, builder(config).build()));
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
    StackGroup group = new StackGroup(count, network.newRandom());
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
    stacks.add(stack);
    return stack;
  }

  /** Connects two stacks by a link, with addresses of a new prefix at both ends. */
  public SimLink path(SimStack a, SimStack b, LinkProfile both) {
    return path(a, b, both, both);
  }

  /** Connects two stacks by a link with different properties in the two directions. */
  public SimLink path(SimStack a, SimStack b, LinkProfile ab, LinkProfile ba) {
    int n = ++paths;
    SimLink link = network.link("path" + n, a.host(), b.host(), ab, ba);
    address(a, link, n, 1, ab.mtu(), priority);
    address(b, link, n, 2, ba.mtu(), Priority.NORMAL);
    return link;
  }

  /** Adds a router. */
  public SimRouter router(String name) {
    return network.router(name);
  }

  /**
   * Connects two stacks through routers: each gets a link to its router, with addresses of a new
   * prefix. How the routers are linked with each other is up to the caller; paths that share such a
   * link share a bottleneck.
   *
   * @param access the properties of both links, both ways
   * @return the link of the first stack
   */
  public SimLink pathThrough(
      SimStack a, SimRouter atA, SimRouter atB, SimStack b, LinkProfile access) {
    int n = ++paths;
    SimLink first = network.link("path" + n + "a", a.host(), atA, access);
    SimLink last = network.link("path" + n + "b", b.host(), atB, access);
    address(a, first, n, 1, access.mtu(), priority);
    address(b, last, n, 2, access.mtu(), Priority.NORMAL);
    return first;
  }

  private void address(
      SimStack stack, SimLink link, int path, int hostNumber, int mtu, Priority ofAddress) {
    if (family != Family.V6) {
      stack.addInterface(link, "10." + path + ".0." + hostNumber + "/24", ofAddress, mtu);
    }
    if (family != Family.V4) {
      String text = "fd00:" + Integer.toHexString(path) + "::" + hostNumber + "/64";
      stack.addInterface(link, text, ofAddress, mtu);
    }
  }

  PseudoRandomBytes stream(int port, Direction direction) {
    return new PseudoRandomBytes((seed * 31 + port) * 31 + direction.ordinal());
  }

  /**
   * Captures what a stack sends and receives on all its present links, with virtual times, until
   * {@link #close}.
   */
  public void capture(SimStack stack, Path file) throws IOException {
    PcapWriter writer = PcapWriter.create(file);
    captures.add(writer);
    for (SimLink link : stack.host().links()) {
      link.tapAt(stack.host(), writer);
    }
  }

  /** Lets virtual time pass. */
  public void runFor(long durationNs) {
    network.runFor(durationNs);
  }

  /**
   * Lets time pass until the condition holds; false when it does not within that many nanoseconds.
   */
  public boolean runUntil(BooleanSupplier condition, long withinNs) {
    return network.runUntil(condition, withinNs);
  }

  /**
   * Lets time pass until the condition holds.
   *
   * @param what what is waited for, for the message
   * @throws AssertionError when it does not hold in time; describes the whole world
   */
  public void require(String what, BooleanSupplier condition, long withinNs) {
    long start = network.nowNs();
    if (!network.runUntil(condition, withinNs)) {
      throw new AssertionError(
          "not within " + withinNs / 1e9 + " s from " + start / 1e9 + " s: " + what + "\n" + this);
    }
  }

  /**
   * Lets time pass until every endpoint is closed and every stack has forgotten its connections,
   * TIME-WAIT included.
   *
   * @throws AssertionError when that does not happen in time
   */
  public void requireAllClosed(long withinNs) {
    require("everything closed", this::allClosed, withinNs);
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
    network.close();
    for (PcapWriter w : captures) {
      try {
        w.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
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
