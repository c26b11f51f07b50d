package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.packet.IpPrefix;
import org.mptcp4j.link.sim.DropReason;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.link.sim.SimRouter;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Paths with a link in the middle that carries less than those at the ends. */
class PathMtuTest {
  private static final int PORT = 80;
  private static final int MB = 1_000_000;
  private static final int NARROW = 1300;
  private static final Duration PROBE_PAUSE = seconds(601);
  private static final LinkProfile ACCESS = LinkProfile.of(0, millis(1));
  private static final LinkProfile MIDDLE =
      LinkProfile.of(20_000_000, millis(8)).queueTime(millis(100));

  /** Whether the routers say why they drop a packet. */
  enum Routers {
    REPORT,
    SILENT
  }

  /** Where the narrow link is. */
  enum Shape {
    ONE_PATH,
    SECOND_OF_TWO
  }

  /** What the stacks speak. */
  enum Mode {
    TCP,
    MPTCP,
    CHECKSUMS;

    StackConfig config() {
      return StackConfig.builder()
          .mptcp(this == TCP ? MptcpMode.DISABLED : MptcpMode.ENABLED)
          .mptcp(m -> m.checksumRequired(this == CHECKSUMS))
          .build();
    }
  }

  /** Who sends. */
  enum Direction {
    UP,
    DOWN,
    BOTH
  }

  record Setting(
      SimWorld.Family family, Routers routers, Shape shape, Mode mode, Direction direction) {
    /** On two paths the first must not be done before the second has found its size. */
    private int bytes() {
      return shape == Shape.ONE_PATH ? 2 * MB : 6 * MB;
    }

    int up() {
      return direction == Direction.DOWN ? 0 : bytes();
    }

    int down() {
      return direction == Direction.UP ? 0 : bytes();
    }
  }

  private final SimWorld world = new SimWorld(1);
  private SimStack client;
  private SimStack server;
  private SimLink narrow;

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (SimWorld.Family family : List.of(SimWorld.Family.V4, SimWorld.Family.V6)) {
      for (Routers routers : Routers.values()) {
        for (Shape shape : Shape.values()) {
          for (Mode mode : Mode.values()) {
            for (Direction direction : Direction.values()) {
              if (shape == Shape.ONE_PATH || mode != Mode.TCP) {
                all.add(new Setting(family, routers, shape, mode, direction));
              }
            }
          }
        }
      }
    }
    return all;
  }

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void stacks(Mode mode) {
    client = world.stack("client", mode.config());
    server = world.stack("server", mode.config());
  }

  /** A path of links that carry so much at its ends and in its middle. */
  private void path(Routers routers, int ends, int middle) {
    SimRouter left = router("left", routers, 1);
    SimRouter right = router("right", routers, 2);
    world.pathThrough(client, left, right, server, ACCESS.mtu(ends));
    narrow =
        world
            .network()
            .link(
                "narrow",
                left,
                right,
                MIDDLE.mtu(middle).superSegments(LinkProfile.SuperSegments.CUT));
    // Joins go to the server's first address, which is also reached this way.
    IpPrefix v4 = IpPrefix.parse("10.1.0.2");
    IpPrefix v6 = IpPrefix.parse("fd00:1::2");
    left.route(v4, narrow).route(v6, narrow);
    right.route(v4, right.links().get(0)).route(v6, right.links().get(0));
  }

  private SimRouter router(String name, Routers routers, int number) {
    SimRouter router = world.router(name);
    return routers == Routers.SILENT
        ? router
        : router.reportTooBig(
            IpAddress.parse("10.99.0." + number), IpAddress.parse("fd00:99::" + number));
  }

  private static SubflowInfo subflow(Endpoint e, int index) {
    return e.socket().info().subflows().get(index);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyByteArrives(Setting s) {
    world.family(s.family);
    stacks(s.mode);
    if (s.shape == Shape.SECOND_OF_TWO) {
      world.path(client, server, MIDDLE.delay(millis(10)));
    }
    path(s.routers, 1500, NARROW);
    MappingsRepeated mappings = new MappingsRepeated();
    client.host().links().forEach(link -> link.tapAt(client.host(), mappings));
    Listener l = server.listen(PORT, e -> e.send(s.down()).closeAtEndOfStream());
    Endpoint c = client.connect(server, PORT).send(s.up()).thenShutDown();
    c.closeAtEndOfStream();
    world.require(
        "all arrives",
        () -> l.received() == s.up() && c.received() == s.down(),
        seconds(15)); // behind silent routers each end has timeouts to wait for
    world.requireAllClosed(seconds(300));
    assertThat(c.error()).isEqualTo(SocketError.NONE);
    assertThat(l.one().error()).isEqualTo(SocketError.NONE);
    // The narrow link did its share, and few packets too large were ever sent to it.
    long least = s.shape == Shape.ONE_PATH ? s.bytes() : MB;
    if (s.up() > 0) {
      assertThat(narrow.forward().counters().deliveredBytes()).isGreaterThan(least);
    }
    if (s.down() > 0) {
      assertThat(narrow.backward().counters().deliveredBytes()).isGreaterThan(least);
    }
    assertThat(narrow.forward().counters().drops(DropReason.TOO_BIG)).isLessThan(150);
    assertThat(narrow.backward().counters().drops(DropReason.TOO_BIG)).isLessThan(150);
    assertThat(mappings.wrong()).isEmpty();
    assertThat(mappings.repeated() > 0).isEqualTo(s.mode != Mode.TCP);
  }

  @ParameterizedTest
  @EnumSource(Routers.class)
  void theNextConnectionBeginsWithWhatTheFirstOneFound(Routers routers) {
    stacks(Mode.MPTCP);
    path(routers, 1500, NARROW);
    server.listen(PORT);
    Endpoint first = client.connect(server, PORT).send(2 * MB);
    world.runFor(seconds(5));
    long dropped = narrow.forward().counters().drops(DropReason.TOO_BIG);
    assertThat(dropped).isGreaterThan(0);
    Endpoint next = client.connect(server, PORT).send(MB);
    world.runFor(seconds(5));
    assertThat(narrow.forward().counters().drops(DropReason.TOO_BIG)).isEqualTo(dropped);
    assertThat(subflow(next, 0).pathMtu()).isBetween(NARROW - 8, NARROW);
    assertThat(subflow(next, 0).retransmissionTimeouts()).isZero();
    first.abort();
    next.abort();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void withReportsNothingTimesOut() {
    stacks(Mode.MPTCP);
    path(Routers.REPORT, 1500, NARROW);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(MB);
    world.require("all arrives", () -> l.received() == MB, seconds(2));
    assertThat(subflow(c, 0).retransmissionTimeouts()).isZero();
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(NARROW);
    assertThat(client.counter("IcmpInDestUnreachs")).isBetween(1L, 20L);
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  /** RFC 4821 section 7: what is found without a word of a router. */
  @ParameterizedTest
  @CsvSource({
    "V4,1500,1300",
    "V6,1500,1300",
    "V4,1500,1280",
    "V6,1500,1280",
    "V4,1500,1492",
    "V6,1500,1492",
    "V4,9000,1500",
    "V6,9000,1500",
    "V4,9000,8000",
    "V4,1500,1010",
    "V4,1500,560"
  })
  void silentLinksAreFoundOut(SimWorld.Family family, int ends, int middle) {
    world.family(family);
    stacks(Mode.MPTCP);
    path(Routers.SILENT, ends, middle);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(20 * MB);
    world.require("all arrives", () -> l.received() == 20 * MB, seconds(40));
    assertThat(subflow(c, 0).pathMtu()).isBetween(middle - 8, middle);
    assertThat(client.counter("TcpExtTCPMTUPFail")).isBetween(1L, 20L);
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aPathThatCarriesMoreAgainIsFound(Mode mode) {
    stacks(mode);
    path(Routers.REPORT, 1500, NARROW);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(2 * MB);
    world.require("all arrives", () -> l.received() == 2 * MB, seconds(5));
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(NARROW);
    narrow.profile(narrow.forward().profile().mtu(1500));
    c.send(MB);
    world.runFor(PROBE_PAUSE);
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(NARROW);
    c.send(2 * MB);
    world.require("all arrives", () -> l.received() == 5 * MB, seconds(5));
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(1500);
    assertThat(client.counter("TcpExtTCPMTUPSuccess")).isEqualTo(1);
    assertThat(client.counter("TcpExtTCPMTUPFail")).isZero();
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  /** Once in ten minutes a packet that is too large is sent, which costs nothing. */
  @ParameterizedTest
  @EnumSource(Routers.class)
  void aPathThatDoesNotCarryMoreIsTriedRarely(Routers routers) {
    stacks(Mode.TCP);
    path(Routers.REPORT, 1500, NARROW);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(2 * MB);
    world.require("all arrives", () -> l.received() == 2 * MB, seconds(5));
    long dropped = narrow.forward().counters().drops(DropReason.TOO_BIG);
    if (routers == Routers.SILENT) {
      narrow
          .forward()
          .middlebox(
              (now, p) -> p.length() > NARROW ? Middlebox.Verdict.DROP : Middlebox.Verdict.FORWARD);
    }
    world.runFor(PROBE_PAUSE);
    c.send(4 * MB);
    world.require("all arrives", () -> l.received() == 6 * MB, seconds(5));
    assertThat(client.counter("TcpExtTCPMTUPFail")).isBetween(1L, 6L);
    assertThat(narrow.forward().counters().drops(DropReason.TOO_BIG) - dropped)
        .isEqualTo(routers == Routers.REPORT ? 1 : 0);
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(NARROW);
    assertThat(subflow(c, 0).retransmissionTimeouts()).isZero();
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  @ParameterizedTest
  @EnumSource(Routers.class)
  void aPathThatBecomesNarrowInMidTransfer(Routers routers) {
    stacks(Mode.MPTCP);
    path(routers, 1500, 1500);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(20 * MB);
    world.require("half of it arrives", () -> l.received() > 10 * MB, seconds(10));
    narrow.profile(narrow.forward().profile().mtu(NARROW));
    world.require("all arrives", () -> l.received() == 20 * MB, seconds(15));
    assertThat(subflow(c, 0).pathMtu()).isBetween(NARROW - 8, NARROW);
    c.abort();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void anOutageMakesAPathNarrowForAMomentOnly() {
    stacks(Mode.MPTCP);
    path(Routers.REPORT, 1500, 1500);
    Listener l = server.listen(PORT);
    Endpoint c = client.connect(server, PORT).send(100 * MB);
    world.require("1 MB arrives", () -> l.received() > MB, seconds(10));
    narrow.blackhole();
    world.runFor(seconds(10));
    narrow.restore();
    long before = l.received();
    world.require("more arrives", () -> l.received() > before + 8 * MB, seconds(20));
    assertThat(subflow(c, 0).pathMtu()).isEqualTo(1500);
    assertThat(client.counter("TcpExtTCPMTUPFail")).isZero();
    c.abort();
    world.requireAllClosed(seconds(300));
  }
}
