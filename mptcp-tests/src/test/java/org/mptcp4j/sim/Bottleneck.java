package org.mptcp4j.sim;

import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.LinkProfile.SuperSegments;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * Senders that share one narrow link with a round trip of 40 ms: each with a host and a server of
 * its own, near a fast network, begun at random within a second of each other.
 */
final class Bottleneck implements AutoCloseable {
  private static final int PORT = 80;
  private static final long PLENTY = 1L << 40;
  private static final long MB = 1_000_000;
  private static final long ACCESS_MS = 1;

  /** One way through the narrow link, so that it all comes to a round trip of 40 ms. */
  private static final long NARROW_MS = 18;

  final SimLink link;
  private final SimWorld world;
  private final SplittableRandom random;
  private final SimRouter left;
  private final SimRouter right;
  private final List<Endpoint> senders = new ArrayList<>();
  private final List<Listener> sinks = new ArrayList<>();

  /** A link of that rate, and a queue as long as the round trip at that rate. */
  Bottleneck(long seed, long rateMb) {
    world = new SimWorld(seed);
    random = new SplittableRandom(seed);
    left = world.router("left");
    right = world.router("right");
    LinkProfile narrow =
        LinkProfile.of(rateMb * MB, millis(NARROW_MS))
            .queueTime(millis(40))
            .superSegments(SuperSegments.CUT);
    link = world.network().link("bottleneck", left, right, narrow);
  }

  /** Begins to send, over so many subflows. */
  Endpoint add(SocketOptions options, int subflows) {
    LinkProfile access =
        LinkProfile.of(1000 * MB, millis(ACCESS_MS)).superSegments(SuperSegments.CUT);
    SimStack client = world.stack("client " + senders.size());
    SimStack server = world.stack("server " + senders.size());
    for (int i = 0; i < subflows; i++) {
      world.pathThrough(client, left, right, server, access);
    }
    sinks.add(server.listen(PORT, e -> e.unchecked().closeAtEndOfStream()));
    world.runFor(Duration.ofNanos(random.nextLong(1_000_000_000)));
    Endpoint sender = client.connect(server.at(0, PORT), options).writeSize(100_000).send(PLENTY);
    senders.add(sender);
    return sender;
  }

  /** Bytes that each gets through in so many seconds. */
  long[] received(int inSeconds) {
    long[] before = sinks.stream().mapToLong(Listener::received).toArray();
    world.runFor(seconds(inSeconds));
    long[] got = sinks.stream().mapToLong(Listener::received).toArray();
    for (int i = 0; i < got.length; i++) {
      got[i] -= before[i];
    }
    return got;
  }

  /** What the first gets over what the second gets, after a time to settle. */
  double share(int warmUpSeconds, int inSeconds) {
    received(warmUpSeconds);
    long[] got = received(inSeconds);
    return (double) got[0] / got[1];
  }

  /** The one in the middle of so many runs. */
  static double median(int seeds, LongToDoubleFunction run) {
    double[] sorted = LongStream.range(0, seeds).mapToDouble(run).sorted().toArray();
    return (sorted[(seeds - 1) / 2] + sorted[seeds / 2]) / 2;
  }

  @Override
  public void close() {
    senders.forEach(Endpoint::abort);
    world.requireAllClosed(seconds(300));
    world.close();
  }
}
