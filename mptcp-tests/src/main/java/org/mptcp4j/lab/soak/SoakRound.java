package org.mptcp4j.lab.soak;

import java.time.Duration;
import java.util.SplittableRandom;
import org.mptcp4j.api.KeepAlive;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimNetwork;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * Some hundred connections between two stacks over two paths that fail, in virtual time: they come
 * and go, both ends send, some stop reading for a while, some abort. Every byte is compared, and in
 * the end nothing is left, of connections or of buffers.
 */
final class SoakRound {
  private static final int PORT = 80;
  private static final int CONNECTIONS = 300;
  private static final int MOST_BYTES = 200_000;

  /** What a round saw. */
  record Result(int connections, int aborted, long bytes, int flaps, long mostHeldBytes) {
    Result plus(Result other) {
      return new Result(
          connections + other.connections,
          aborted + other.aborted,
          bytes + other.bytes,
          flaps + other.flaps,
          Math.max(mostHeldBytes, other.mostHeldBytes));
    }
  }

  private final SplittableRandom random;
  private final SimWorld world;
  private final SimStack client;
  private final SimStack server;
  private final SimLink[] links = new SimLink[2];
  private int aborted;
  private int flaps;
  private long mostHeldBytes;

  private SoakRound(long seed) {
    random = new SplittableRandom(seed);
    world = new SimWorld(seed);
    world.family(random.nextBoolean() ? SimWorld.Family.V4 : SimWorld.Family.V6);
    boolean checksums = random.nextInt(4) == 0;
    // A reset may be lost: who waits for nothing but the peer has to ask.
    KeepAlive asks =
        KeepAlive.builder()
            .idle(Duration.ofSeconds(10))
            .interval(Duration.ofSeconds(2))
            .count(3)
            .build();
    StackConfig config =
        StackConfig.builder()
            .mptcp(m -> m.checksumRequired(checksums))
            .sockets(SocketOptions.builder().keepAlive(true).keepAliveTimes(asks).build())
            .build();
    client = world.stack("client", config);
    server = world.stack("server", config);
    for (int i = 0; i < links.length; i++) {
      LinkProfile path = LinkProfile.of(50_000_000, LinkProfile.millis(2 + 10 * i)).loss(0.002);
      links[i] = world.path(client, server, path);
    }
    server.listen(PORT, this::serve);
  }

  /**
   * Runs one.
   *
   * @throws AssertionError when a byte is wrong, or something is left; says the seed
   */
  static Result run(long seed) {
    SoakRound round = new SoakRound(seed);
    try {
      round.connectAll();
      round.world.requireAllClosed(SimNetwork.seconds(600));
      long bytes = round.received();
      round.world.close();
      return new Result(CONNECTIONS, round.aborted, bytes, round.flaps, round.mostHeldBytes);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void serve(Endpoint accepted) {
    accepted.send(random.nextInt(MOST_BYTES)).closeAtEndOfStream();
  }

  private void connectAll() {
    SocketOptions mptcp = client.stacks().get(0).config().sockets();
    SocketOptions tcp = mptcp.toBuilder().mptcp(MptcpMode.DISABLED).build();
    for (int i = 0; i < CONNECTIONS; i++) {
      world.require("a way there", () -> links[0].isUp(), SimNetwork.seconds(1));
      Endpoint one = client.connect(server, PORT, random.nextInt(4) == 0 ? tcp : mptcp);
      one.send(random.nextInt(MOST_BYTES)).thenShutDown().closeAtEndOfStream();
      trouble(one);
      world.runFor(Duration.ofNanos(random.nextLong(50_000_000)));
      long held =
          client.stacks().get(0).usage().heldBytes() + server.stacks().get(0).usage().heldBytes();
      mostHeldBytes = Math.max(mostHeldBytes, held);
    }
  }

  private void trouble(Endpoint one) {
    long now = world.network().nowNs();
    long soon = now + random.nextLong(500_000_000);
    switch (random.nextInt(12)) {
      case 0 -> {
        aborted++;
        world.network().at(soon, one::abort);
      }
      case 1 -> {
        one.pauseReading();
        world.network().at(soon, one::resumeReading);
      }
      case 2 -> {
        SimLink link = links[random.nextInt(links.length)];
        flaps++;
        link.down();
        world.network().at(soon, link::up);
      }
      default -> {
        // It is left alone.
      }
    }
  }

  private long received() {
    return sum(client) + sum(server);
  }

  private long sum(SimStack stack) {
    long bytes = 0;
    for (Endpoint endpoint : stack.endpoints()) {
      boolean fine = endpoint.error() == SocketError.NONE;
      if (fine && !endpoint.endOfStream()) {
        throw new AssertionError("closed in order and not at the end: " + endpoint);
      }
      bytes += endpoint.received();
    }
    return bytes;
  }
}
