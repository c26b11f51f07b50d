package org.mptcp4j.sim;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.mptcp4j.api.BufferRange;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** A topology, two configurations and a transfer, all from one seed. */
final class RandomScenario implements AutoCloseable {
  private static final int PORT = 7;
  private static final double TRANSFER_SECONDS = 1800;
  private static final double CLOSE_SECONDS = 600;
  private static final double MAX_LOSS = 0.05;

  private final SplittableRandom random;
  private final SimWorld world;
  private final SimStack client;
  private final SimStack server;
  private final long clientSends;
  private final long serverSends;

  /** Makes a host of a world. */
  @FunctionalInterface
  private interface HostMaker {
    SimStack make(SimWorld world, String name, StackConfig config);
  }

  RandomScenario(long seed) {
    this(seed, SimWorld::stack);
  }

  /**
   * The scenario with both hosts made of 2 to 4 stacks, among which packets are spread at random,
   * always wrongly, or at random with stacks that keep them waiting.
   */
  static RandomScenario onSeveralStacks(long seed) {
    SplittableRandom choice = new SplittableRandom(~seed);
    return new RandomScenario(
        seed,
        (world, name, config) -> {
          int count = 2 + choice.nextInt(3);
          return switch (choice.nextInt(3)) {
            case 0 -> world.wronglySpreadStacks(name, config, count);
            case 1 -> world.randomlySpreadStacks(name, config, count);
            default -> world.busySpreadStacks(name, config, count);
          };
        });
  }

  private RandomScenario(long seed, HostMaker maker) {
    random = new SplittableRandom(seed);
    world = new SimWorld(seed);
    world.family(pick(SimWorld.Family.values()));
    client = maker.make(world, "client", config());
    server = maker.make(world, "server", config());
    topology(1 + random.nextInt(4));
    clientSends = size();
    serverSends = size();
  }

  SimWorld world() {
    return world;
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private StackConfig config() {
    return StackConfig.builder()
        .buffers(b -> b.send(buffer()).receive(buffer()))
        .mptcp(
            m ->
                m.announceAddresses(chance(0.5))
                    .checksumRequired(chance(0.2))
                    .joinInitialAddress(!chance(0.1)))
        .mptcp(chance(0.05) ? MptcpMode.DISABLED : MptcpMode.ENABLED)
        .sockets(options())
        .build();
  }

  private SocketOptions options() {
    return SocketOptions.builder()
        .noDelay(chance(0.3))
        .pacing(chance(0.2))
        .congestionControl(chance(0.5) ? "cubic" : "reno")
        .sendBufferBytes(bufferBytes())
        .receiveBufferBytes(bufferBytes())
        .build();
  }

  private BufferRange buffer() {
    int initial = 1 << (14 + random.nextInt(7));
    return new BufferRange(initial, initial << random.nextInt(7));
  }

  private int bufferBytes() {
    return chance(0.5) ? SocketOptions.AUTO_BUFFER_BYTES : 1 << (14 + random.nextInt(9));
  }

  private void topology(int paths) {
    boolean shared = chance(0.3);
    SimRouter left = shared ? world.router("left") : null;
    SimRouter right = shared ? world.router("right") : null;
    if (shared) {
      world.network().link("bottleneck", left, right, profile());
    }
    for (int i = 0; i < paths; i++) {
      if (shared && chance(0.7)) {
        world.pathThrough(client, left, right, server, profile().loss(0));
      } else if (chance(0.3)) {
        world.path(client, server, profile(), profile());
      } else {
        world.path(client, server, profile());
      }
    }
  }

  /**
   * Two of these in a row, as with a bottleneck, still lose less than the limit of what must work.
   */
  private LinkProfile profile() {
    long rate = (long) (1e6 * Math.pow(100, random.nextDouble()));
    LinkProfile p =
        LinkProfile.of(rate, millis(random.nextInt(60)).plusNanos(random.nextInt(1_000_000)));
    p = p.queueTime(millis(20 + random.nextInt(200)));
    if (p.queueBytes() < 20_000) {
      p = p.queueBytes(20_000);
    }
    p = p.loss(chance(0.5) ? random.nextDouble() * MAX_LOSS : 0);
    if (chance(0.3)) {
      p = p.reorder(random.nextDouble() * 0.05, millis(1 + random.nextInt(20)));
    }
    if (chance(0.3)) {
      p = p.duplicate(random.nextDouble() * 0.02);
    }
    if (chance(0.2)) {
      p = p.corrupt(random.nextDouble() * 0.01);
    }
    if (chance(0.1)) {
      p = p.burstLoss(0.002, 0.3, 0.5);
    }
    return p.superSegments(pick(LinkProfile.SuperSegments.values()))
        .checksums(pick(LinkProfile.Checksums.values()));
  }

  /** Mostly small, now and then 2 MB, sometimes nothing. */
  private long size() {
    return chance(0.1) ? 0 : (long) (20 * Math.pow(100_000, random.nextDouble()));
  }

  /** Lets things go wrong on the way. */
  RandomScenario withHazards() {
    Hazards.schedule(random.split(), world);
    return this;
  }

  /**
   * Runs to the end: every byte in place, both sides closed without an error. Gives the trace hash.
   */
  long run() {
    boolean serverFirst = chance(0.3);
    boolean clientFirst = !serverFirst || chance(0.3);
    Listener listener =
        server.listen(PORT, SocketOptions.defaults(), e -> script(e, serverSends, serverFirst));
    Endpoint c = client.connect(server.at(0, PORT), options());
    script(c, clientSends, clientFirst);
    world.require(
        "both streams arrive",
        () ->
            c.closed()
                || (c.endOfStream()
                    && !listener.accepted().isEmpty()
                    && listener.one().endOfStream()),
        seconds(TRANSFER_SECONDS));
    ShortLives.readAll(world); // a reader that pauses, too
    world.requireAllClosed(seconds(CLOSE_SECONDS));
    List<String> wrong = new ArrayList<>();
    check(wrong, c, serverSends);
    check(wrong, listener.one(), clientSends);
    if (!wrong.isEmpty()) {
      throw new AssertionError(wrong + "\n" + world);
    }
    return world.network().traceHash();
  }

  /**
   * Runs with header fields changed on the way and sockets aborted at random times: nothing is
   * asked of the streams, but everything must come to an end. Gives the trace hash.
   */
  long runHostile() {
    SplittableRandom hostile = random.split();
    for (SimLink link : world.network().links()) {
      link.forward().middlebox(new Mangler(hostile.split(), 0.02));
      link.backward().middlebox(new Mangler(hostile.split(), 0.02));
    }
    Listener listener =
        server.listen(
            PORT, SocketOptions.defaults(), e -> script(e.unchecked(), serverSends, true));
    script(client.connect(server.at(0, PORT), options()).unchecked(), clientSends, true);
    world.runUntil(
        () -> world.stacks().stream().allMatch(RandomScenario::allClosed),
        seconds(5 + hostile.nextInt(100)));
    for (SimStack stack : world.stacks()) {
      stack.endpoints().forEach(Endpoint::abort);
    }
    listener.close();
    world.requireAllClosed(seconds(CLOSE_SECONDS));
    for (SimStack stack : world.stacks()) {
      for (Endpoint e : stack.endpoints()) {
        if (e.error() == org.mptcp4j.api.SocketError.ESHUTDOWN) {
          throw new AssertionError("an internal error closed " + e + "\n" + world);
        }
      }
    }
    return world.network().traceHash();
  }

  private static boolean allClosed(SimStack stack) {
    return stack.endpoints().stream().allMatch(Endpoint::closed);
  }

  /** Sends; whoever does not end the stream by itself closes when the peer has. */
  private void script(Endpoint e, long bytes, boolean first) {
    e.writeSize(1 + random.nextInt(bytes < 10_000 ? 3000 : 60_000)).send(bytes);
    if (first) {
      e.thenShutDown();
    }
    e.closeAtEndOfStream();
  }

  private static void check(List<String> wrong, Endpoint e, long expected) {
    if (e.error() != org.mptcp4j.api.SocketError.NONE || e.received() != expected) {
      wrong.add("expected " + expected + " bytes and an orderly end: " + e);
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
