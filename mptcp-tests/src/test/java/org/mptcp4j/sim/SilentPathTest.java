package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Paths that die without a word, and come back: how long the application notices. */
class SilentPathTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;

  /** More than a probe and its answer. */
  private static final long USED = 20_000;

  private static final LinkProfile PATH =
      LinkProfile.of(20_000_000, millis(20)).queueTime(millis(50));

  /** How it becomes known that the paths work again. */
  private enum News {
    LINK_UP,
    NONE
  }

  private final SimWorld world = new SimWorld(1);
  private SimStack client;
  private SimStack server;
  private SimLink first;
  private SimLink second;
  private Endpoint sender;
  private LongSupplier received;

  static List<Arguments> cases() {
    return Stream.of(SimWorld.Family.V4, SimWorld.Family.V6)
        .flatMap(f -> Stream.of(true, false).map(byClient -> Arguments.of(f, byClient)))
        .toList();
  }

  static List<Arguments> casesAndPaths() {
    return cases().stream()
        .flatMap(c -> Stream.of(0, 1).map(p -> Arguments.of(c.get()[0], c.get()[1], p)))
        .toList();
  }

  static List<Arguments> casesAndNews() {
    return cases().stream()
        .flatMap(c -> Stream.of(News.values()).map(n -> Arguments.of(c.get()[0], c.get()[1], n)))
        .toList();
  }

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void connect(SimWorld.Family family, boolean byClient) {
    world.family(family);
    client = world.stack("client");
    server = world.stack("server");
    first = world.path(client, server, PATH);
    second = world.path(client, server, PATH.delay(millis(30)));
    Listener listener = server.listen(PORT);
    Endpoint c = client.connect(server, PORT);
    world.require("connected", () -> listener.accepted().size() == 1, seconds(5));
    sender = byClient ? c : listener.one();
    Endpoint receiver = byClient ? listener.one() : c;
    received = receiver::received;
  }

  private void start(SimWorld.Family family, boolean byClient) {
    connect(family, byClient);
    sender.send(400 * MB);
    world.require("both paths carry", () -> established() == 2 && received() > 4 * MB, seconds(60));
  }

  private long received() {
    return received.getAsLong();
  }

  private long established() {
    return sender.info().subflows().stream()
        .filter(s -> s.state() == SubflowInfo.State.ESTABLISHED)
        .count();
  }

  private void finish() {
    sender.abort();
    world.requireAllClosed(seconds(300));
  }

  /** The longest time without a byte for the application, within so many seconds. */
  private double longestGap(double forSeconds) {
    long end = world.network().nowNs() + seconds(forSeconds).toNanos();
    long longest = 0;
    long last = world.network().nowNs();
    long count = received();
    while (world.network().nowNs() < end) {
      world.runFor(millis(1));
      long now = world.network().nowNs();
      if (received() > count) {
        count = received();
        last = now;
      }
      longest = Math.max(longest, now - last);
    }
    return longest / 1e9;
  }

  // RFC 8684 section 3.3.6: what a path could not deliver goes out on another, after one timeout.
  @ParameterizedTest
  @MethodSource("casesAndPaths")
  void aPathThatDiesCostsOneTimeoutAndOneRoundTrip(
      SimWorld.Family family, boolean byClient, int path) {
    start(family, byClient);
    SimLink dying = path == 0 ? first : second;
    List<SubflowInfo> subflows = sender.info().subflows();
    double timeout = subflows.get(path).rtoNs() / 1e9;
    double roundTrip = subflows.get(1 - path).srttNs() / 1e9;
    dying.blackhole();
    assertThat(timeout).isLessThan(1.0);
    assertThat(longestGap(10)).isLessThan(timeout + roundTrip + 0.002);
    finish();
  }

  // A little now and then: the last bytes are on the path that dies, and nothing follows them.
  @ParameterizedTest
  @MethodSource("casesAndPaths")
  void aPathThatDiesUnderATrickle(SimWorld.Family family, boolean byClient, int path) {
    connect(family, byClient);
    for (int i = 0; i < 40; i++) {
      sender.send(1_000);
      world.runFor(millis(100));
    }
    List<SubflowInfo> subflows = sender.info().subflows();
    double timeout = subflows.get(path).rtoNs() / 1e9;
    double roundTrip = subflows.get(1 - path).srttNs() / 1e9;
    (path == 0 ? first : second).blackhole();
    long before = world.network().nowNs();
    sender.send(1_000);
    long all = sender.sent() + 1_000;
    world.require("it arrives", () -> received() >= all, seconds(10));
    double seconds = (world.network().nowNs() - before) / 1e9;
    assertThat(seconds).isLessThan(timeout + roundTrip + 0.002);
    finish();
  }

  private static long carried(SimLink link) {
    return data(link.forward()) + data(link.backward());
  }

  private static long data(SimChannel channel) {
    return channel.counters().deliveredBytes();
  }

  // Both paths are gone for 30 s: within 1 s of the news, within 5 s without any.
  @ParameterizedTest
  @MethodSource("casesAndNews")
  void bothPathsComeBack(SimWorld.Family family, boolean byClient, News news) {
    start(family, byClient);
    if (news == News.LINK_UP) {
      first.down();
      second.down();
    } else {
      first.blackhole();
      second.blackhole();
    }
    world.runFor(seconds(30));
    long before = received();
    if (news == News.LINK_UP) {
      first.up();
      second.up();
    } else {
      first.restore();
      second.restore();
    }
    long one = carried(first);
    long other = carried(second);
    world.require(
        "both paths are used",
        () -> carried(first) > one + USED && carried(second) > other + USED && received() > before,
        seconds(news == News.LINK_UP ? 1 : 5));
    finish();
  }
}
