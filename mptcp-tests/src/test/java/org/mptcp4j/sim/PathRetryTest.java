package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.Limits;
import org.mptcp4j.api.LinkState;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.ChecksumState;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.Middlebox;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimChannel;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;
import org.mptcp4j.wire.MpJoinSyn;
import org.mptcp4j.wire.MpTcpRst;
import org.mptcp4j.wire.RxSegment;
import org.mptcp4j.wire.TcpFlags;

/** A path that works again is used again: when, how often it is tried, and when it is not. */
class PathRetryTest {
  private static final int PORT = 80;
  private static final long MB = 1_000_000;
  private static final LinkProfile PATH =
      LinkProfile.of(5_000_000, millis(10)).queueTime(millis(100));

  private final SimWorld world = new SimWorld(1);
  private final List<Double> joinSyns = new ArrayList<>();
  private final RxSegment seen = new RxSegment();
  private SimStack client;
  private SimStack server;
  private SimLink first;
  private SimLink second;
  private Listener listener;
  private Endpoint app;
  private int lastNonce;
  private boolean boxed = true;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void paths(SimWorld.Family family) {
    paths(family, StackConfig.defaults(), StackConfig.defaults());
  }

  private void paths(SimWorld.Family family, StackConfig ofClient, StackConfig ofServer) {
    world.family(family);
    client = world.stack("client", ofClient);
    server = world.stack("server", ofServer);
    first = world.path(client, server, PATH);
    second = world.path(client, server, PATH);
    second.from(client.host()).tapSent((now, packet) -> noteJoin(now / 1e9, packet.header()));
    listener = server.listen(PORT);
  }

  /** Once for each connection attempt: its retransmissions have the same nonce. */
  private void noteJoin(double atSeconds, ByteBuf datagram) {
    seen.parse(datagram, ChecksumState.PARTIAL, 0);
    MpJoinSyn join = seen.syn() ? seen.options().mptcp(MpJoinSyn.class) : null;
    if (join != null && join.nonce() != lastNonce) {
      lastNonce = join.nonce();
      joinSyns.add(atSeconds);
    }
  }

  private void connect() {
    app = client.connect(server, PORT).send(MB);
    world.require("connected", () -> listener.accepted().size() == 1, seconds(5));
  }

  private double now() {
    return world.network().nowNs() / 1e9;
  }

  private int established(Endpoint end) {
    return (int)
        end.socket().info().subflows().stream()
            .filter(s -> s.state() == SubflowInfo.State.ESTABLISHED)
            .count();
  }

  private void requireSubflows(int count, double withinSeconds) {
    world.require(
        count + " subflows",
        () -> established(app) == count && established(listener.one()) >= count,
        seconds(withinSeconds));
  }

  /** The second path carries its part of what is sent now, and every byte arrives in order. */
  private void finishOverBoth() {
    long before = second.forward().counters().deliveredBytes();
    app.send(MB).thenClose();
    world.require("all arrives", () -> listener.received() == 2 * MB, seconds(60));
    assertThat(second.forward().counters().deliveredBytes() - before).isGreaterThan(MB / 4);
    world.requireAllClosed(seconds(300));
    assertThat(app.error()).isEqualTo(SocketError.NONE);
    assertThat(listener.one().error()).isEqualTo(SocketError.NONE);
  }

  private List<Double> waits() {
    List<Double> waits = new ArrayList<>();
    for (int i = 1; i < joinSyns.size(); i++) {
      waits.add(joinSyns.get(i) - joinSyns.get(i - 1));
    }
    return waits;
  }

  private void assertWaits(double... expected) {
    assertThat(waits()).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(waits().get(i)).as("wait %d", i).isCloseTo(expected[i], within(0.1));
    }
  }

  private static int tcpAt(ByteBuf d) {
    return d.readerIndex() + (d.getByte(d.readerIndex()) >>> 4 == 4 ? 20 : 40);
  }

  /** Changes segments that have all of these flags, until the box is gone. */
  private void box(SimChannel channel, int flags, Consumer<ByteBuf> change) {
    channel.middlebox(
        (now, packet) -> {
          ByteBuf d = packet.header();
          if (boxed && (d.getByte(tcpAt(d) + 13) & flags) == flags) {
            change.accept(d);
          }
          return Middlebox.Verdict.FORWARD;
        });
  }

  private static void blankOptions(ByteBuf d, int tcp) {
    int end = tcp + (d.getUnsignedByte(tcp + 12) >>> 4) * 4;
    for (int i = tcp + 20; i < end; i++) {
      d.setByte(i, 1);
    }
  }

  /** Index of the MPTCP option. */
  private static int mptcpAt(ByteBuf d) {
    int i = tcpAt(d) + 20;
    while (d.getByte(i) != 30) {
      i += d.getByte(i) == 1 ? 1 : d.getUnsignedByte(i + 1);
    }
    return i;
  }

  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void aLinkThatWasDownAtTheBeginningIsUsedAsSoonAsItIsUp(SimWorld.Family family) {
    paths(family);
    second.down();
    connect();
    world.runFor(seconds(5));
    assertThat(joinSyns).isEmpty();
    second.up();
    requireSubflows(2, 0.1);
    finishOverBoth();
  }

  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void aSilentPathIsTriedUntilItWorks(SimWorld.Family family) {
    paths(family);
    second.blackhole();
    connect();
    world.runFor(seconds(100));
    // Each attempt takes 7 s: SYNs after 0, 1, 3 and 5 s.
    assertWaits(8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
    second.restore();
    requireSubflows(2, 4.1);
    finishOverBoth();
  }

  @Test
  void aLinkThatComesUpEndsTheWait() {
    paths(SimWorld.Family.V4);
    second.blackhole();
    connect();
    world.runFor(seconds(105.5));
    assertThat(established(app)).isEqualTo(1);
    second.down();
    second.restore();
    world.runFor(seconds(0.5));
    int before = joinSyns.size();
    second.up();
    requireSubflows(2, 0.1);
    assertThat(joinSyns).hasSize(before + 1);
    finishOverBoth();
  }

  /** What may answer a join instead of what should. */
  private enum Refusal {
    RST(
        d -> {
          int tcp = tcpAt(d);
          d.setByte(tcp + 13, TcpFlags.RST | TcpFlags.ACK);
          blankOptions(d, tcp);
        }),
    NO_OPTION(d -> blankOptions(d, tcpAt(d))),
    WRONG_HMAC(d -> d.setByte(mptcpAt(d) + 5, d.getByte(mptcpAt(d) + 5) ^ 1));

    final Consumer<ByteBuf> change;

    Refusal(Consumer<ByteBuf> change) {
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedPathIsTriedAgainLessAndLessOften(Refusal refusal) {
    // The server knows nothing of the refusal and waits for the end of each handshake.
    Limits manyJoins = Limits.builder().joinsPendingPerConnection(100).build();
    StackConfig patient = StackConfig.builder().limits(manyJoins).build();
    paths(SimWorld.Family.V4, StackConfig.defaults(), patient);
    box(second.backward(), TcpFlags.SYN | TcpFlags.ACK, refusal.change);
    connect();
    world.runFor(seconds(200));
    assertWaits(1, 2, 4, 8, 16, 32, 60, 60);
    boxed = false;
    requireSubflows(2, 60);
    assertThat(app.socket().info().subflows()).hasSize(2);
    finishOverBoth();
  }

  @Test
  void theSameWithIpv6() {
    paths(SimWorld.Family.V6);
    box(second.backward(), TcpFlags.SYN | TcpFlags.ACK, Refusal.RST.change);
    connect();
    world.runFor(seconds(10));
    assertWaits(1, 2, 4);
    boxed = false;
    requireSubflows(2, 8);
    finishOverBoth();
  }

  // RFC 8684 section 3.6: a reset without flag T is for good; here as the token is unknown.
  @Test
  void aPeerThatRefusesForGoodIsNotAskedAgainOnThisPath() {
    paths(SimWorld.Family.V4);
    box(second.forward(), TcpFlags.SYN, d -> d.setInt(mptcpAt(d) + 4, 77));
    connect();
    world.runFor(seconds(300));
    assertThat(joinSyns).hasSize(1);
    boxed = false;
    second.down();
    world.runFor(seconds(1));
    second.up();
    requireSubflows(2, 0.1);
    finishOverBoth();
  }

  @Test
  void aPeerThatHasEnoughSubflowsIsAskedOnceAMinute() {
    StackConfig noMore = StackConfig.builder().mptcp(m -> m.maxSubflowsAccepted(0)).build();
    paths(SimWorld.Family.V4, StackConfig.defaults(), noMore);
    List<MpTcpRst> resets = new ArrayList<>();
    second
        .to(client.host())
        .tapDelivered(
            (now, packet) -> {
              seen.parse(packet.header(), ChecksumState.PARTIAL, 0);
              if ((seen.flags() & TcpFlags.RST) != 0) {
                resets.add(seen.options().mptcp(MpTcpRst.class));
              }
            });
    connect();
    world.runFor(seconds(200));
    assertWaits(60, 60, 60);
    // RFC 8684 section 3.6: a limit of the moment is nothing permanent.
    MpTcpRst refusal = new MpTcpRst(MpTcpRst.TRANSIENT, MpTcpRst.PROHIBITED);
    assertThat(resets).hasSize(4).containsOnly(refusal);
    app.thenClose();
    world.requireAllClosed(seconds(300));
    // And not at all when the connection is over.
    int before = joinSyns.size();
    world.runFor(seconds(200));
    assertThat(joinSyns).hasSize(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void aSubflowThatIsResetInMidConnectionIsOpenedAgain(SimWorld.Family family) {
    paths(family);
    connect();
    requireSubflows(2, 1);
    world.require("1 MB arrives", () -> listener.received() == MB, seconds(20));
    world.runFor(seconds(1));
    int before = joinSyns.size();
    int[] resets = new int[1];
    box(
        second.backward(),
        TcpFlags.ACK,
        d -> {
          if (resets[0]++ == 0) {
            d.setByte(tcpAt(d) + 13, TcpFlags.RST);
            blankOptions(d, tcpAt(d));
          }
        });
    app.send(MB / 10);
    world.require("it is reset", () -> resets[0] > 0 && established(app) == 1, seconds(2));
    double reset = now();
    requireSubflows(2, 1.1);
    assertThat(joinSyns).hasSize(before + 1);
    assertThat(joinSyns.get(before)).isCloseTo(reset + 1, within(0.05));
    app.send(MB - MB / 10).thenClose();
    world.require("all arrives", () -> listener.received() == 2 * MB, seconds(60));
    world.requireAllClosed(seconds(300));
  }

  @Test
  void theFirstSubflowIsOpenedAgainToo() {
    paths(SimWorld.Family.V4);
    connect();
    requireSubflows(2, 1);
    int[] resets = new int[1];
    box(
        first.backward(),
        TcpFlags.ACK,
        d -> {
          if (resets[0]++ == 0) {
            d.setByte(tcpAt(d) + 13, TcpFlags.RST);
            blankOptions(d, tcpAt(d));
          }
        });
    world.require("it is reset", () -> resets[0] > 0 && established(app) == 1, seconds(2));
    requireSubflows(2, 1.1);
    SubflowInfo again = app.socket().info().subflows().get(1);
    assertThat(again.local().getAddress()).isEqualTo(client.addresses().get(0).toInetAddress());
    assertThat(again.localAddressId()).isZero();
    assertThat(again.remoteAddressId()).isZero();
    finishOverBoth();
  }

  @Test
  void aSubflowThatTimedOutIsOpenedAgain() {
    StackConfig impatient = StackConfig.builder().tcp(t -> t.retries(3)).build();
    paths(SimWorld.Family.V4, impatient, impatient);
    connect();
    requireSubflows(2, 1);
    second.blackhole();
    world.require("it is given up", () -> established(app) == 1, seconds(60));
    world.runFor(seconds(30));
    second.restore();
    requireSubflows(2, 20);
    finishOverBoth();
  }

  @Test
  void anAnnouncedAddressThatCouldNotBeReachedIsTriedAgainUntilItIsWithdrawn() {
    paths(
        SimWorld.Family.V4,
        StackConfig.defaults(),
        StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());
    IpAddress ours = client.addresses().get(1);
    IpAddress theirs = server.addresses().get(1);
    world.network().partition(ours, theirs);
    connect();
    requireSubflows(3, 2);
    world.runFor(seconds(20));
    world.network().heal(ours, theirs);
    requireSubflows(4, 20);
    world.network().partition(ours, theirs);
    server.stacks().get(0).removeAddress(world.network().nowNs(), server.addresses().get(1));
    // Each is asked before it is closed, and one of them cannot answer.
    requireSubflows(2, 20);
    int before = joinSyns.size();
    world.runFor(seconds(100));
    assertThat(joinSyns).hasSize(before);
    app.thenClose();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void aServerWhoseLinkComesUpAnnouncesItsAddress() {
    paths(
        SimWorld.Family.V4,
        StackConfig.defaults(),
        StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());
    int index = second.interfaceIndex(server.host());
    server.stacks().get(0).setLinkState(0, index, LinkState.DOWN);
    connect();
    world.runFor(seconds(5));
    assertThat(server.counter("MPTcpExtAddAddrTx")).isZero();
    server.stacks().get(0).setLinkState(world.network().nowNs(), index, LinkState.UP);
    server.host().wake();
    requireSubflows(4, 0.2);
    assertThat(server.counter("MPTcpExtMPJoinSynTx")).isZero();
    finishOverBoth();
  }

  @Test
  void anAddressThatIsRemovedAndAddedAgainIsUsedAtOnce() {
    paths(SimWorld.Family.V4);
    second.blackhole();
    connect();
    world.runFor(seconds(60));
    second.restore();
    var stack = client.stacks().get(0);
    long now = world.network().nowNs();
    stack.removeAddress(now, client.addresses().get(1));
    stack.addAddress(now, 1, "10.2.0.1/24", Priority.NORMAL);
    client.host().wake();
    requireSubflows(2, 0.1);
    finishOverBoth();
  }

  @Test
  void aFlappingLinkGivesOneSubflow() {
    paths(SimWorld.Family.V4);
    second.down();
    connect();
    world.runFor(seconds(1));
    for (int i = 0; i < 50; i++) {
      world.runFor(millis(7));
      second.up();
      world.runFor(millis(7));
      second.down();
    }
    second.up();
    requireSubflows(2, 2);
    world.runFor(seconds(100));
    assertThat(app.socket().info().subflows()).hasSize(2);
    assertThat(listener.one().socket().info().subflows()).hasSize(2);
    assertThat(joinSyns.size()).isLessThanOrEqualTo(51);
    finishOverBoth();
  }

  @Test
  void bothLinksMayBeDown() {
    paths(SimWorld.Family.V4);
    second.down();
    connect();
    world.runFor(millis(200));
    first.down();
    world.runFor(seconds(50));
    second.up();
    requireSubflows(2, 0.1);
    assertThat(listener.received()).isLessThan(MB);
    world.require("1 MB arrives", () -> listener.received() == MB, seconds(20));
    first.up();
    world.runFor(seconds(1));
    assertThat(app.socket().info().subflows()).hasSize(2);
    finishOverBoth();
  }

  /** What is tried again and again does not keep a connection alive whose peer is gone. */
  @Test
  void aConnectionWithoutSubflowEndsInItsTimeAlthoughItTries() {
    StackConfig impatient = StackConfig.builder().tcp(t -> t.retries(3)).build();
    paths(SimWorld.Family.V4, impatient, impatient);
    connect();
    requireSubflows(2, 1);
    app.send(10 * MB);
    first.blackhole();
    second.blackhole();
    world.require("nothing is left", () -> established(app) == 0, seconds(60));
    world.require("the end", app::closed, seconds(61));
    assertThat(app.error()).isEqualTo(SocketError.ETIMEDOUT);
    assertThat(joinSyns.size()).isGreaterThan(3);
    listener.one().abort();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void aConnectionThatFellBackTriesNothing() {
    paths(SimWorld.Family.V4);
    first.forward().middlebox(OptionStripper.mptcpOnSyn());
    second.down();
    connect();
    world.runFor(seconds(5));
    second.up();
    world.runFor(seconds(100));
    assertThat(joinSyns).isEmpty();
    app.thenClose();
    world.requireAllClosed(seconds(300));
  }

  /** RFC 8684 section 3.2: joins have to wait until the connection is fully established. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatComesUpDuringTheHandshakeIsJoinedAfterIt(boolean link) {
    paths(SimWorld.Family.V4);
    second.down();
    IpAddress address = client.addresses().get(1);
    if (!link) {
      client.stacks().get(0).removeAddress(0, address);
      second.up();
    }
    app = client.connect(server, PORT).send(MB);
    world.runFor(millis(25));
    if (link) {
      second.up();
    } else {
      client.stacks().get(0).addAddress(0, 1, "10.2.0.1/24", Priority.NORMAL);
      client.host().wake();
    }
    world.runFor(millis(10));
    assertThat(joinSyns).isEmpty();
    requireSubflows(2, 0.2);
    assertThat(server.counter("MPTcpExtMPJoinRejected")).isZero();
    finishOverBoth();
  }

  @Test
  void aJoinForWhichThereIsNoFlowIsTriedAgain() {
    StackConfig one = StackConfig.builder().limits(Limits.builder().flows(1).build()).build();
    paths(SimWorld.Family.V4, one, StackConfig.defaults());
    connect();
    world.runFor(seconds(16));
    // After 0, 1, 3, 7 and 15 s.
    assertThat(client.counter("MPTcpExtMPJoinSynTxCreatSkErr")).isEqualTo(5);
    assertThat(joinSyns).isEmpty();
    app.thenClose();
    world.requireAllClosed(seconds(300));
  }
}
