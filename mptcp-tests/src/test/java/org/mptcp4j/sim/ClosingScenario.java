package org.mptcp4j.sim;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * A connection that ends in one of the many ways in which connections end, all from one seed: half
 * closes in every order, writes after the peer's end, closes with data unread, aborts and time-outs
 * in every state, options that vanish in the middle, hosts that end while data is on its way. What
 * both ends must have seen then is checked by the world.
 */
final class ClosingScenario implements AutoCloseable {
  private static final int PORT = 7;
  private static final double LATEST_SECONDS = 4;
  private static final double PATIENCE_SECONDS = 900;

  private final SplittableRandom random;
  private final SimWorld world;
  private final SimStack client;
  private final SimStack server;

  ClosingScenario(long seed) {
    random = new SplittableRandom(seed);
    world = new SimWorld(seed);
    SimWorld.Family[] families = SimWorld.Family.values();
    world.family(families[random.nextInt(families.length)]);
    boolean mptcp = !chance(0.3);
    client = world.stack("client", config(mptcp));
    server = world.stack("server", config(mptcp || chance(0.5)));
    for (int paths = 1 + random.nextInt(2); paths > 0; paths--) {
      world.path(client, server, profile());
    }
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Everything is given up soon: a dead peer is noticed by who only reads, too. */
  private StackConfig config(boolean mptcp) {
    return StackConfig.builder()
        .mptcp(
            m ->
                m.mode(mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
                    .checksumRequired(chance(0.3))
                    .announceAddresses(chance(0.3)))
        .tcp(t -> t.retries(6).synRetries(4))
        .timeouts(
            t ->
                t.maxRto(Duration.ofSeconds(2))
                    .closing(Duration.ofSeconds(10))
                    .zeroSubflow(Duration.ofSeconds(10))
                    .timeWait(Duration.ofSeconds(2)))
        .defaults(options())
        .build();
  }

  private SocketOptions options() {
    Duration second = Duration.ofSeconds(1);
    return SocketOptions.builder()
        .keepAlive(true)
        .keepAliveTimes(KeepAlive.of(second.multipliedBy(5), second, 5))
        .noDelay(chance(0.5))
        .sendBufferBytes(1 << (14 + random.nextInt(5)))
        .receiveBufferBytes(1 << (14 + random.nextInt(5)))
        .build();
  }

  private LinkProfile profile() {
    LinkProfile p = LinkProfile.of(2_000_000L << random.nextInt(6), millis(random.nextInt(80)));
    return p.queueTime(millis(100)).queueBytes(40_000).loss(chance(0.4) ? 0.03 : 0);
  }

  /** Runs to the end of both sockets. Gives the trace hash. */
  long run() {
    Listener listener = server.listen(PORT, this::script);
    script(client.connect(server, PORT));
    trouble();
    // Who is still there at the end gives up: a reader that never closes is no fault.
    world.network().at(seconds(PATIENCE_SECONDS / 2), () -> abortAll(listener));
    world.require("everything closed that there was", this::allClosed, seconds(PATIENCE_SECONDS));
    // What has come in order can be read when a socket is closed, too.
    world.stacks().forEach(stack -> stack.endpoints().forEach(Endpoint::resumeReading));
    world.runFor(seconds(1));
    world.requireAllClosed(seconds(PATIENCE_SECONDS));
    return world.network().traceHash();
  }

  private boolean allClosed() {
    return world.stacks().stream()
        .allMatch(s -> s.isEmpty() && s.endpoints().stream().allMatch(Endpoint::closed));
  }

  private void abortAll(Listener listener) {
    listener.close();
    world.stacks().stream()
        .flatMap(stack -> List.copyOf(stack.endpoints()).stream())
        .filter(e -> !e.closed())
        .forEach(Endpoint::abort);
  }

  private double soon() {
    return LATEST_SECONDS * Math.pow(random.nextDouble(), 3);
  }

  // ---- what applications do

  private void script(Endpoint e) {
    e.writeSize(1 + random.nextInt(20_000)).send(size());
    if (chance(0.5)) {
      e.closeAtEndOfStream();
    }
    if (chance(0.2)) {
      e.pauseReading();
    }
    for (int acts = 1 + random.nextInt(4); acts > 0; acts--) {
      int what = random.nextInt(10);
      long bytes = size();
      world.network().after(seconds(soon()), () -> act(e, what, bytes));
    }
  }

  private long size() {
    return chance(0.2) ? 0 : (long) (20 * Math.pow(20_000, random.nextDouble()));
  }

  private static void act(Endpoint e, int what, long bytes) {
    if (e.closed() || e.socket().state() == MptcpSocket.State.CLOSED) {
      return;
    }
    switch (what) {
      case 0, 1 -> e.thenShutDown();
      case 2 -> e.thenClose();
      case 3 -> e.shutDown();
      case 4 -> e.close();
      case 5 -> e.abort();
      case 6 -> e.pauseReading();
      case 7 -> e.resumeReading();
      default -> {
        if (!e.ended()) {
          e.send(bytes);
        }
      }
    }
  }

  // ---- what networks and hosts do

  private void trouble() {
    switch (random.nextInt(8)) {
      case 0 -> later(() -> world.network().links().forEach(SimLink::blackhole));
      case 1 -> outage();
      case 2 -> strip();
      case 3 -> later(() -> shutDown(client, seconds(random.nextInt(3))));
      case 4 -> later(() -> shutDown(server, seconds(random.nextInt(3))));
      case 5 -> later(chance(0.5) ? client::cutOff : server::cutOff);
      default -> {
        // The applications are enough.
      }
    }
  }

  private void later(Runnable action) {
    world.network().after(seconds(soon()), action);
  }

  private void outage() {
    SimLink link = anyLink();
    later(link::blackhole);
    world.network().after(seconds(LATEST_SECONDS * (1 + random.nextInt(4))), link::restore);
  }

  private SimLink anyLink() {
    List<SimLink> links = world.network().links();
    return links.get(random.nextInt(links.size()));
  }

  /** Options of MPTCP vanish from some time on, one way or both ways. */
  private void strip() {
    SimLink link = anyLink();
    OptionStripper stripper = OptionStripper.mptcp();
    int ways = random.nextInt(3);
    later(
        () -> {
          if (ways != 1) {
            link.forward().middlebox(stripper);
          }
          if (ways != 2) {
            link.backward().middlebox(stripper);
          }
        });
  }

  private void shutDown(SimStack stack, long lingerNs) {
    stack.endpoints().forEach(Endpoint::closedByItsHost);
    long nowNs = world.network().nowNs();
    stack.stacks().forEach(one -> one.shutdown(nowNs, nowNs + lingerNs));
    stack.host().wake();
  }

  @Override
  public void close() {
    world.close();
  }
}
