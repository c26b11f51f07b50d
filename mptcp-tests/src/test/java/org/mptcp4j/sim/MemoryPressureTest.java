package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import io.netty.util.ResourceLeakDetector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.testkit.peer.HandDrivenPeer;
import org.mptcp4j.testkit.peer.PeerConnection;
import org.mptcp4j.testkit.peer.PeerFlow;
import org.mptcp4j.testkit.peer.PeerSubflow;
import org.mptcp4j.testkit.segment.WireSegment;
import org.mptcp4j.wire.TcpFlags;

/**
 * A stack with little memory, and peers that want all of it: it keeps to its budget, others are
 * served meanwhile, and afterwards everything is as before.
 */
class MemoryPressureTest {
  private static final int BAIT = 80;
  private static final int HONEST = 90;
  private static final long BUDGET = 1 << 20;

  /** What may come in before the account has looked: a few of the largest packets. */
  private static final long SLACK = BUDGET / 16 + (128 << 10);

  private static final LinkProfile PATH =
      LinkProfile.of(20_000_000, millis(5)).queueTime(millis(100));

  private record Setting(
      boolean stackConnects, boolean mptcp, boolean checksums, SimWorld.Family family) {}

  private final SimWorld world = new SimWorld(7);
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<PeerFlow> flows = new ArrayList<>();
  private ResourceLeakDetector.Level level;
  private Setting setting;
  private SimStack victim;
  private SimStack other;
  private HandDrivenPeer peer;
  private Listener bait;
  private Listener honest;
  private long most;

  static List<Setting> settings() {
    List<Setting> all = new ArrayList<>();
    for (int bits = 0; bits < 16; bits++) {
      boolean mptcp = (bits & 2) != 0;
      boolean checksums = (bits & 4) != 0;
      SimWorld.Family family = (bits & 8) != 0 ? SimWorld.Family.V6 : SimWorld.Family.V4;
      if (mptcp || !checksums) {
        all.add(new Setting((bits & 1) != 0, mptcp, checksums, family));
      }
    }
    return all;
  }

  static List<Setting> passiveSettings() {
    return settings().stream().filter(s -> !s.stackConnects).toList();
  }

  /** Netty's leak detection makes so many packets slow; the world counts its buffers. */
  @BeforeEach
  void withoutLeakDetection() {
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void nothingLeaks() {
    ResourceLeakDetector.setLevel(level);
    world.close();
  }

  private void start(Setting wanted, Consumer<Limits.Builder> limits, Consumer<Endpoint> app) {
    setting = wanted;
    world.family(setting.family);
    Limits.Builder some = Limits.builder().memoryBytes(BUDGET);
    limits.accept(some);
    StackConfig config =
        StackConfig.builder()
            .mptcp(setting.mptcp ? MptcpMode.ENABLED : MptcpMode.DISABLED)
            .mptcp(m -> m.checksumRequired(setting.checksums))
            .limits(some.build())
            .timeouts(t -> t.zeroSubflow(Duration.ofSeconds(5)).closing(Duration.ofSeconds(5)))
            .build();
    victim = world.stack("victim", config);
    other = world.stack("other", StackConfig.builder().mptcp(config.mptcp()).build());
    peer = HandDrivenPeer.in(world, "peer");
    world.path(other, victim, PATH);
    world.path(peer, victim, PATH);
    bait = victim.listen(BAIT, app);
    honest = victim.listen(HONEST);
  }

  /** Opens connections between the peer and the victim, whose application does as it was told. */
  private void open(int count, Consumer<Endpoint> app) {
    InetSocketAddress at = victim.at(victim.addresses().size() - 1, BAIT);
    for (int i = 0; i < count; i++) {
      int port = 1000 + i;
      Endpoint connecting =
          setting.stackConnects ? victim.connect(peer.at(0, port), options()) : null;
      if (!setting.mptcp) {
        flows.add(setting.stackConnects ? peer.accept(port) : peer.connect(at));
      } else {
        PeerConnection connection = peer.connection();
        if (setting.checksums) {
          connection.requireChecksums();
        }
        flows.add(setting.stackConnects ? connection.accept(port) : connection.connect(at));
      }
      if (setting.stackConnects) {
        app.accept(connecting);
      }
    }
    world.runFor(seconds(0.1));
  }

  private SocketOptions options() {
    return victim.stacks().get(0).config().sockets();
  }

  private void look() {
    most = Math.max(most, held());
    assertThat(held()).as("bytes held").isLessThanOrEqualTo(BUDGET + SLACK);
  }

  private long held() {
    return victim.stacks().get(0).usage().heldBytes();
  }

  /** Sends bytes at a place of the stream. */
  private static void sendAt(PeerFlow flow, long seq, byte[] bytes) {
    if (flow instanceof PeerSubflow subflow) {
      subflow.data(bytes).seq(seq).ssn((int) seq).dsn(seq).send();
    } else {
      flow.craft().seq(seq).payload(bytes).send();
    }
  }

  /** A transfer of others goes through meanwhile. */
  private Endpoint uploads(long bytes) {
    return other.connect(victim, HONEST).send(bytes).thenClose();
  }

  private void requireServed(Endpoint upload, long bytes) {
    world.require(
        "others are served",
        () -> {
          look();
          return upload.closed() && honest.received() >= bytes;
        },
        seconds(60));
  }

  /** What was dropped leaves the victim behind what the flow has sent. */
  private static void resetWhereItIsExpected(PeerFlow flow) {
    List<WireSegment> received = flow.received();
    long expected = received.get(received.size() - 1).ack();
    flow.craft().flags(TcpFlags.RST, TcpFlags.ACK).seq(expected).send();
  }

  private void requireNothingLeft() {
    flows.forEach(MemoryPressureTest::resetWhereItIsExpected);
    world.require("memory is back", () -> held() == 0, seconds(30));
  }

  // RFC 2018 section 8: what was acknowledged selectively may be dropped.
  @ParameterizedTest
  @MethodSource("settings")
  void tinyPiecesBeyondHolesOfManyConnections(Setting tried) {
    start(tried, limits -> {}, endpoint -> {});
    open(20, endpoint -> {});
    Endpoint upload = uploads(100_000);
    for (int round = 0; round < 300; round++) {
      for (PeerFlow flow : flows) {
        sendAt(flow, 3 + 40L * round + random.nextInt(8), new byte[1 + random.nextInt(20)]);
      }
      world.runFor(millis(1));
      look();
    }
    requireServed(upload, 100_000);
    assertThat(victim.counter("TcpExtPruneCalled")).isPositive();
    assertThat(victim.counter("TcpExtOfoPruned")).isPositive();
    assertThat(victim.counter("TcpExtTCPMemoryPressures")).isPositive();
    requireNothingLeft();
  }

  // RFC 8684 section 3.3.2: what has no DATA_ACK is the sender's to repeat.
  @ParameterizedTest
  @MethodSource("settings")
  void dataBeyondHolesOfTheDataLevel(Setting tried) {
    start(tried, limits -> {}, endpoint -> {});
    open(20, endpoint -> {});
    if (!setting.mptcp) {
      return; // there is no such level
    }
    Endpoint upload = uploads(100_000);
    for (int round = 0; round < 40; round++) {
      for (PeerFlow flow : flows) {
        PeerSubflow subflow = (PeerSubflow) flow;
        subflow.data(new byte[1_400]).dsn(2 + subflow.sndNxt()).send();
      }
      world.runFor(millis(30));
      look();
    }
    requireServed(upload, 100_000);
    assertThat(victim.counter("TcpExtRcvPruned")).isPositive();
    requireNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void applicationsThatDoNotRead(Setting tried) {
    start(tried, limits -> {}, Endpoint::pauseReading);
    open(25, Endpoint::pauseReading);
    Endpoint upload = uploads(100_000);
    for (int round = 0; round < 44; round++) {
      for (PeerFlow flow : flows) {
        sendAt(flow, 1 + 1_400L * round, new byte[1_400]);
      }
      world.runFor(millis(30));
      look();
    }
    requireServed(upload, 100_000);
    assertThat(victim.counter("TcpExtTCPRcvQDrop")).isPositive();
    // What was acknowledged is still there.
    victim.endpoints().forEach(endpoint -> endpoint.unchecked().resumeReading());
    world.require("all is read", () -> held() < 100_000, seconds(10));
    requireNothingLeft();
  }

  /** So many that a segment for each of them is more than the budget: the largest end. */
  @ParameterizedTest
  @MethodSource("settings")
  void moreReadersThatDoNotReadThanTheBudgetHasRoomFor(Setting tried) {
    start(tried, limits -> {}, Endpoint::pauseReading);
    open(400, Endpoint::pauseReading);
    for (PeerFlow flow : flows) {
      sendAt(flow, 1, new byte[1_400]);
      world.runFor(millis(1));
      look();
    }
    requireServed(uploads(100_000), 100_000);
    assertThat(lost()).isPositive();
    world.runFor(seconds(0.2));
    // Both ends of each that ended know, and no other has ended.
    assertThat(flows.stream().filter(PeerFlow::wasReset).count()).isEqualTo(lost());
    List<Endpoint> closed = baited().stream().filter(Endpoint::closed).toList();
    assertThat(closed).hasSize((int) lost()).allMatch(e -> e.error() == SocketError.ECONNABORTED);
    // Of the others nothing is lost that was acknowledged.
    baited().forEach(endpoint -> endpoint.unchecked().resumeReading());
    world.require("all is read", () -> held() < 10_000, seconds(10));
    requireNothingLeft();
  }

  private List<Endpoint> baited() {
    return setting.stackConnects
        ? victim.endpoints().stream().filter(e -> !honest.accepted().contains(e)).toList()
        : bait.accepted();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void peersThatDoNotAcknowledge(Setting tried) {
    Consumer<Endpoint> app = endpoint -> endpoint.send(256 << 10);
    start(tried, limits -> {}, app);
    open(20, app);
    Endpoint upload = uploads(100_000);
    for (int round = 0; round < 100; round++) {
      world.runFor(millis(10));
      look();
    }
    requireServed(upload, 100_000);
    assertThat(most).isGreaterThan(BUDGET / 3);
    requireNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void connectionsThatNobodyWaitsForAreBounded(Setting tried) {
    Consumer<Endpoint> app = endpoint -> endpoint.send(20_000).thenClose();
    start(tried, limits -> limits.orphans(10), app);
    open(30, app);
    world.require(
        "the limit is kept",
        () -> victim.stacks().get(0).usage().orphans() <= 10 && lost() == 20,
        seconds(10));
    long reset = flows.stream().filter(PeerFlow::wasReset).count();
    assertThat(reset).isEqualTo(20);
    requireNothingLeft();
  }

  private long lost() {
    return victim.counter("TcpExtTCPAbortOnMemory");
  }

  @ParameterizedTest
  @MethodSource("settings")
  void theSlowestOfThemEndsFirst(Setting tried) {
    Consumer<Endpoint> app = endpoint -> endpoint.send(120_000).thenClose();
    start(tried, limits -> limits.orphans(4).memoryBytes(8 << 20), app);
    open(4, app);
    List<PeerFlow> quick = List.copyOf(flows.subList(0, 2));
    List<PeerFlow> slow = List.copyOf(flows.subList(2, 4));
    for (int round = 0; round < 20; round++) {
      quick.forEach(PeerFlow::ack);
      world.runFor(millis(20));
    }
    flows.clear();
    open(2, app);
    world.require("two gave way", () -> lost() == 2, seconds(10));
    assertThat(slow).allMatch(PeerFlow::wasReset);
    assertThat(quick).noneMatch(PeerFlow::wasReset);
    flows.addAll(quick);
    requireNothingLeft();
  }

  /** What is dropped for lack of memory comes again: both ends are stacks, nothing is lost. */
  @ParameterizedTest
  @MethodSource("passiveSettings")
  void transfersEndAlthoughMemoryIsShort(Setting tried) {
    start(tried, limits -> {}, Endpoint::closeAtEndOfStream);
    world.path(other, victim, PATH.loss(0.02));
    List<Endpoint> uploads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      uploads.add(other.connect(victim, BAIT).send(500_000).thenClose());
    }
    world.require("all arrive", () -> uploads.stream().allMatch(Endpoint::closed), seconds(600));
    assertThat(uploads).as("%s", world).allMatch(e -> e.error() == SocketError.NONE);
    assertThat(bait.accepted()).hasSize(8).allMatch(e -> e.received() == 500_000);
    world.requireAllClosed(seconds(200));
    assertThat(held()).isZero();
  }
}
