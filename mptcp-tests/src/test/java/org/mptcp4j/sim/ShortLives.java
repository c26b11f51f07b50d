package org.mptcp4j.sim;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * A client and a server whose connection ends before long, whatever happens: all from one seed.
 * What both ends must have seen then is checked by the world.
 */
abstract class ShortLives implements AutoCloseable {
  static final double LATEST_SECONDS = 4;
  private static final int PORT = 7;
  private static final double PATIENCE_SECONDS = 900;

  final SplittableRandom random;
  final SimWorld world;

  ShortLives(long seed) {
    random = new SplittableRandom(seed);
    world = new SimWorld(seed);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Everything is given up soon: a dead peer is noticed by who only reads, too. */
  StackConfig config(boolean mptcp, boolean checksums) {
    return StackConfig.builder()
        .mptcp(
            m ->
                m.mode(mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
                    .checksumRequired(checksums)
                    .announceAddresses(chance(0.3)))
        .tcp(t -> t.retries(6).synRetries(4))
        .timeouts(
            t ->
                t.maxRto(Duration.ofSeconds(2))
                    .closing(Duration.ofSeconds(10))
                    .zeroSubflow(Duration.ofSeconds(10))
                    .timeWait(Duration.ofSeconds(2)))
        .sockets(options().build())
        .build();
  }

  /** Options of the sockets, drawn by lot. */
  SocketOptions.Builder options() {
    Duration second = Duration.ofSeconds(1);
    return SocketOptions.builder()
        .keepAlive(true)
        .keepAliveTimes(
            KeepAlive.builder().idle(second.multipliedBy(5)).interval(second).count(5).build())
        .noDelay(chance(0.5))
        .sendBufferBytes(1 << (14 + random.nextInt(5)))
        .receiveBufferBytes(1 << (14 + random.nextInt(5)));
  }

  LinkProfile profile() {
    LinkProfile p = LinkProfile.of(2_000_000L << random.nextInt(6), millis(random.nextInt(80)));
    return p.queueTime(millis(100)).queueBytes(40_000);
  }

  /** Where the connection is opened. */
  abstract SimStack client();

  /** Where it is accepted. */
  abstract SimStack server();

  /** What the applications do, each when it has its end. */
  abstract void script(Endpoint e);

  /** What else happens, the client's end being open. */
  abstract void trouble();

  /** Runs to the end of both sockets. Gives the trace hash. */
  final long run() {
    Listener listener = server().listen(PORT, this::script);
    script(client().connect(server(), PORT));
    trouble();
    // Who is still there at the end gives up: a reader that never closes is no fault.
    world.network().at(seconds(PATIENCE_SECONDS / 2).toNanos(), () -> abortAll(listener));
    world.require("everything closed that there was", this::allClosed, seconds(PATIENCE_SECONDS));
    readAll(world);
    world.requireAllClosed(seconds(PATIENCE_SECONDS));
    readAll(world); // of what came up when its peer was over already
    return world.network().traceHash();
  }

  /** What has come in order can be read when a socket is closed, too. */
  static void readAll(SimWorld world) {
    world.stacks().forEach(stack -> stack.endpoints().forEach(Endpoint::resumeReading));
    world.runFor(seconds(1));
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

  double soon() {
    return LATEST_SECONDS * Math.pow(random.nextDouble(), 3);
  }

  long size() {
    return chance(0.2) ? 0 : (long) (20 * Math.pow(20_000, random.nextDouble()));
  }

  void shutDown(SimStack stack, Duration linger) {
    stack.endpoints().forEach(Endpoint::closedByItsHost);
    long nowNs = world.network().nowNs();
    stack.stacks().forEach(one -> one.shutdown(nowNs, nowNs + linger.toNanos()));
    stack.host().wake();
  }

  @Override
  public final void close() {
    world.close();
  }
}
