package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.api.MptcpException;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.MptcpSocket;
import org.mptcp4j.api.Protocol;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.StackEvent;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.api.TcpSocketOptions;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.OptionStripper;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SeenEvent;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Paths that the application manages itself, at both ends, over IPv4 and IPv6. */
class ApplicationPathsTest {
  private static final int PORT = 80;
  private static final long KB = 1_000;
  private static final LinkProfile PATH =
      LinkProfile.of(5_000_000, millis(10)).queueTime(millis(100));

  /** Which end's application does something. */
  enum Role {
    CLIENT,
    SERVER
  }

  private final SimWorld world = new SimWorld(1);
  private final SocketOptions byHand = SocketOptions.builder().pathManager("application").build();
  private SimStack client;
  private SimStack server;
  private SimLink first;
  private SimLink second;
  private Listener listener;
  private Endpoint atClient;
  private Endpoint atServer;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void connect(SimWorld.Family family) {
    connect(family, StackConfig.defaults());
  }

  private void connect(SimWorld.Family family, StackConfig config) {
    world.family(family);
    client = world.stack("client", config);
    server = world.stack("server", config);
    first = world.path(client, server, PATH);
    second = world.path(client, server, PATH);
    listener = server.listen(PORT, byHand, Endpoint::closeAtEndOfStream);
    atClient = client.connect(server, PORT, byHand).send(KB);
    world.require("the first data", () -> listener.received() == KB, seconds(5));
    atServer = listener.one();
    world.require(
        "both ends know",
        () ->
            had(atClient, StackEvent.Type.ESTABLISHED)
                && had(atServer, StackEvent.Type.ESTABLISHED),
        seconds(5));
  }

  private static boolean had(Endpoint end, StackEvent.Type type) {
    return end.had(type);
  }

  private Endpoint of(Role role) {
    return role == Role.CLIENT ? atClient : atServer;
  }

  private Endpoint other(Role role) {
    return role == Role.CLIENT ? atServer : atClient;
  }

  private InetSocketAddress address(Role role, int path, int port) {
    return (role == Role.CLIENT ? client : server).at(path, port);
  }

  private long nowNs() {
    return world.network().nowNs();
  }

  private void wake() {
    client.host().wake();
    server.host().wake();
  }

  /** From the second address of one end to where the first subflow ends at the other. */
  private int open(Role role, Priority priority) throws MptcpException {
    MptcpSocket socket = of(role).socket();
    int id = socket.openSubflow(nowNs(), address(role, 1, 0), socket.remoteAddress(), priority);
    wake();
    return id;
  }

  private void requireSubflows(int count) {
    world.require(
        count + " subflows at both ends",
        () -> established(atClient) == count && established(atServer) == count,
        seconds(5));
  }

  private static long established(Endpoint end) {
    return end.socket().subflows().stream()
        .filter(s -> s.state() == SubflowInfo.State.ESTABLISHED)
        .count();
  }

  private static List<SeenEvent> seen(Endpoint end, StackEvent.Type type) {
    return end.eventLog().stream().filter(e -> e.type() == type).toList();
  }

  private void finish(long bytes) {
    long all = atClient.sent() + bytes;
    atClient.send(bytes).thenClose();
    world.require("all arrives", () -> listener.received() == all, seconds(60));
    world.requireAllClosed(seconds(300));
    assertThat(atClient.error()).isEqualTo(SocketError.NONE);
    assertThat(atServer.error()).isEqualTo(SocketError.NONE);
  }

  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void nothingHappensByItself(SimWorld.Family family) {
    connect(family, StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build());
    client.stacks().get(0).removeAddress(nowNs(), client.addresses().get(1));
    client.addAddress(
        second,
        family == SimWorld.Family.V4 ? "10.2.0.9/24" : "fd00:2::9/64",
        Priority.NORMAL,
        1500);
    wake();
    finish(100 * KB);
    assertThat(client.counter("MPTcpExtMPJoinSynTx")).isZero();
    assertThat(client.counter("MPTcpExtAddAddr")).isZero();
    assertThat(atClient.info().pathManager()).isIn("application", "none");
  }

  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void opensReadsAndCloses(SimWorld.Family family, Role role) throws Exception {
    connect(family);
    int id = open(role, Priority.NORMAL);
    assertThat(of(role).socket().subflow(id).orElseThrow().state())
        .isEqualTo(SubflowInfo.State.CONNECTING);
    requireSubflows(2);
    SubflowInfo opened = of(role).socket().subflow(id).orElseThrow();
    assertThat(opened.local().getAddress()).isEqualTo(address(role, 1, 0).getAddress());
    assertThat(opened.local().getPort()).isPositive();
    assertThat(opened.remote()).isEqualTo(of(role).socket().remoteAddress());
    assertThat(opened.localAddressId()).isPositive();
    assertThat(opened.remoteAddressId()).isZero();
    assertThat(opened.srttNs()).isPositive();
    assertThat(seen(of(role), StackEvent.Type.SUB_ESTABLISHED))
        .last()
        .satisfies(e -> assertThat(e.event().subflow().id()).isEqualTo(id));

    of(role).socket().closeSubflow(id);
    of(role).socket().closeSubflow(id); // again: it is gone
    wake();
    requireSubflows(1);
    for (Endpoint end : List.of(atClient, atServer)) {
      world.require("heard", () -> had(end, StackEvent.Type.SUB_CLOSED), seconds(1));
    }
    assertThat(of(role).socket().subflow(id)).isEmpty();
    finish(100 * KB);
  }

  // In order, as Linux does: a FIN, and what it carried goes on over the other.
  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void closesASubflowInOrderUnderLoad(SimWorld.Family family, Role role) throws Exception {
    connect(family);
    int id = open(role, Priority.NORMAL);
    requireSubflows(2);
    atClient.send(3_000 * KB);
    atServer.send(3_000 * KB);
    world.require("half of it", () -> listener.received() > 1_500 * KB, seconds(60));
    of(role).socket().closeSubflow(id);
    wake();
    world.require(
        "all of it",
        () -> listener.received() == 3_001 * KB && atClient.received() == 3_000 * KB,
        seconds(60));
    requireSubflows(1);
    for (SimStack stack : List.of(client, server)) {
      assertThat(stack.counters()).doesNotContainKeys("MPTcpExtMPRstTx", "TcpEstabResets");
      assertThat(stack.counter("TcpOutRsts")).isZero();
    }
    atClient.close();
    world.requireAllClosed(seconds(300));
  }

  @Test
  void opensFromAPortOfChoiceOnce() throws Exception {
    connect(SimWorld.Family.V4);
    InetSocketAddress from = client.at(1, 5_000);
    InetSocketAddress to = atClient.socket().remoteAddress();
    int id = atClient.socket().openSubflow(nowNs(), from, to, Priority.NORMAL);
    wake();
    requireSubflows(2);
    assertThat(atServer.socket().subflow(1).orElseThrow().remote()).isEqualTo(from);
    assertThat(atClient.socket().subflow(id).orElseThrow().local()).isEqualTo(from);
    assertThatThrownBy(() -> atClient.socket().openSubflow(nowNs(), from, to, Priority.NORMAL))
        .isInstanceOfSatisfying(
            MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.EADDRINUSE));
    finish(KB);
  }

  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void aSubflowIsMadeBackupAndRegularAgain(SimWorld.Family family, Role role) throws Exception {
    connect(family);
    open(Role.CLIENT, Priority.NORMAL);
    requireSubflows(2);
    // RFC 8684 section 3.3.8: MP_PRIO asks the peer; it concerns what the peer sends.
    for (Priority priority : List.of(Priority.BACKUP, Priority.NORMAL)) {
      of(role).socket().setPriority(1, priority);
      wake();
      world.require(
          "the peer knows " + priority,
          () -> other(role).socket().subflow(1).orElseThrow().remotePriority() == priority,
          seconds(1));
      assertThat(of(role).socket().subflow(1).orElseThrow().localPriority()).isEqualTo(priority);
      long before = other(role).socket().subflow(1).orElseThrow().bytesSent();
      // No more than the queue takes: what the regular one loses may go out on a backup.
      other(role).send(50 * KB);
      world.runFor(seconds(5));
      assertThat(of(role).received()).isGreaterThanOrEqualTo(50 * KB);
      long carried = other(role).socket().subflow(1).orElseThrow().bytesSent() - before;
      if (priority == Priority.BACKUP) {
        assertThat(carried).isZero();
      } else {
        assertThat(carried).isPositive();
      }
    }
    assertThat(seen(other(role), StackEvent.Type.SUB_PRIORITY))
        .extracting(e -> e.event().subflow().remotePriority())
        .containsExactly(Priority.BACKUP, Priority.NORMAL);
    SimStack peer = role == Role.CLIENT ? server : client;
    assertThat(peer.counter("MPTcpExtMPPrioRx")).isEqualTo(2);
  }

  /** RFC 8684 section 3.2: until the fourth ACK the third is repeated, which has no room. */
  @Test
  void aPriorityThatIsSetBeforeTheFourthAckFollowsIt() throws Exception {
    connect(SimWorld.Family.V4);
    open(Role.CLIENT, Priority.NORMAL);
    world.require("the third ACK arrives", () -> established(atServer) == 2, seconds(1));
    assertThat(established(atClient)).isEqualTo(1);
    atClient.socket().setPriority(1, Priority.BACKUP);
    wake();
    world.require(
        "the peer knows",
        () -> atServer.socket().subflow(1).orElseThrow().remotePriority() == Priority.BACKUP,
        seconds(1));
    finish(KB);
  }

  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void opensAsBackup(SimWorld.Family family, Role role) throws Exception {
    connect(family);
    open(role, Priority.BACKUP);
    requireSubflows(2);
    assertThat(other(role).socket().subflow(1).orElseThrow().remotePriority())
        .isEqualTo(Priority.BACKUP);
    finish(100 * KB);
    SimStack peer = role == Role.CLIENT ? server : client;
    assertThat(peer.counter("MPTcpExtMPJoinSynBackupRx")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void anAddressIsAnnouncedEchoedJoinedAndWithdrawn(SimWorld.Family family, Role role)
      throws Exception {
    connect(family);
    of(role).socket().announceAddress(address(role, 1, 0));
    wake();
    world.require("heard", () -> had(other(role), StackEvent.Type.ANNOUNCED), seconds(1));
    SimStack announcer = role == Role.CLIENT ? client : server;
    world.require("echoed", () -> announcer.counter("MPTcpExtEchoAdd") == 1, seconds(1));
    InetSocketAddress announced =
        seen(other(role), StackEvent.Type.ANNOUNCED).get(0).event().address();
    assertThat(announced.getAddress()).isEqualTo(address(role, 1, 0).getAddress());

    MptcpSocket peer = other(role).socket();
    Role joiner = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
    // RFC 8684 section 3.4.1: without a port, that of the connection is meant, at this end.
    assertThat(announced.getPort()).isEqualTo(peer.remoteAddress().getPort());
    int id = peer.openSubflow(nowNs(), address(joiner, 1, 0), announced, Priority.NORMAL);
    wake();
    requireSubflows(2);
    assertThat(peer.subflow(id).orElseThrow().remoteAddressId()).isPositive();

    of(role).socket().withdrawAddress(IpAddress.of(address(role, 1, 0).getAddress()));
    wake();
    requireSubflows(1);
    world.require("removed", () -> had(other(role), StackEvent.Type.REMOVED), seconds(1));
    assertThat(seen(other(role), StackEvent.Type.REMOVED).get(0).event().address())
        .isEqualTo(announced);
    assertThat(peer.info().remoteAddresses()).isZero();
    finish(100 * KB);
  }

  /**
   * RFC 8684 section 3.4.1: an announced port is joined although nothing listens on it. Over IPv6
   * it leaves no room for timestamps.
   */
  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V4, SERVER", "V6, CLIENT", "V6, SERVER"})
  void aPortIsAnnouncedAndJoined(SimWorld.Family family, Role role) throws Exception {
    connect(family);
    Role joiner = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
    MptcpSocket peer = other(role).socket();
    InetSocketAddress there = address(role, 1, 9_000);
    peer.openSubflow(nowNs(), address(joiner, 1, 0), there, Priority.NORMAL);
    wake();
    world.require("refused", () -> had(other(role), StackEvent.Type.SUB_CLOSED), seconds(1));
    SimStack announcer = role == Role.CLIENT ? client : server;
    assertThat(announcer.counter("MPTcpExtMismatchPortSynRx")).isEqualTo(1);

    of(role).socket().announceAddress(there);
    wake();
    world.require("heard", () -> had(other(role), StackEvent.Type.ANNOUNCED), seconds(1));
    assertThat(seen(other(role), StackEvent.Type.ANNOUNCED).get(0).event().address())
        .isEqualTo(there);
    peer.openSubflow(nowNs(), address(joiner, 1, 0), there, Priority.NORMAL);
    wake();
    requireSubflows(2);
    assertThat(announcer.counter("MPTcpExtMPJoinPortSynRx")).isEqualTo(1);
    assertThat(announcer.counter("MPTcpExtAddAddrTx")).isEqualTo(1);
    assertThat(announcer.counter("MPTcpExtEchoAdd")).isEqualTo(1);
    finish(100 * KB);
  }

  /** As Linux: the connection lives on without a subflow for a while. */
  @ParameterizedTest
  @CsvSource({"V4, CLIENT", "V6, CLIENT", "V4, SERVER"})
  void theLastSubflowIsClosedAndAnotherOneOpened(SimWorld.Family family, Role role)
      throws Exception {
    connect(family);
    of(role).socket().closeSubflow(0);
    wake();
    requireSubflows(0);
    atClient.send(100 * KB);
    world.runFor(seconds(30));
    assertThat(listener.received()).isEqualTo(KB);
    open(Role.CLIENT, Priority.NORMAL);
    requireSubflows(1);
    finish(100 * KB);
  }

  @Test
  void withoutASubflowItEndsAfterAWhile() throws Exception {
    connect(SimWorld.Family.V4);
    atClient.socket().closeSubflow(0);
    wake();
    world.requireAllClosed(seconds(70));
    assertThat(atClient.error()).isEqualTo(SocketError.ETIMEDOUT);
    assertThat(nowNs()).isGreaterThan(seconds(60).toNanos());
  }

  @Test
  void aJoinThatComesToNothingIsTold() throws Exception {
    connect(SimWorld.Family.V4);
    second.blackhole();
    InetSocketAddress there = server.at(1, PORT);
    int id = atClient.socket().openSubflow(nowNs(), client.at(1, 0), there, Priority.NORMAL);
    wake();
    world.require("told", () -> had(atClient, StackEvent.Type.SUB_CLOSED), seconds(60));
    StackEvent event = seen(atClient, StackEvent.Type.SUB_CLOSED).get(0).event();
    assertThat(event.subflow().id()).isEqualTo(id);
    assertThat(event.error()).isEqualTo(SocketError.ETIMEDOUT);
    second.restore();
    finish(KB);
  }

  @Test
  void joinsBeyondTheLimitAreRefused() throws Exception {
    connect(SimWorld.Family.V4, StackConfig.builder().mptcp(m -> m.maxSubflowsOpened(1)).build());
    open(Role.CLIENT, Priority.NORMAL);
    assertThatThrownBy(() -> open(Role.CLIENT, Priority.NORMAL))
        .hasMessageContaining("maxSubflowsOpened, now 1")
        .isInstanceOfSatisfying(
            MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.ENOBUFS));
    requireSubflows(2);
    finish(KB);
  }

  @Test
  void misuseSaysWhatToDo() {
    connect(SimWorld.Family.V4);
    MptcpSocket s = atClient.socket();
    InetSocketAddress remote = s.remoteAddress();
    InetSocketAddress foreign = new InetSocketAddress("10.9.9.9", 0);
    assertThatThrownBy(() -> s.closeSubflow(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there never was a subflow 7; choose one of [0]");
    assertThatThrownBy(() -> s.setPriority(-1, Priority.BACKUP))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> s.subflow(1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> s.openSubflow(nowNs(), foreign, remote, Priority.NORMAL))
        .isInstanceOf(MptcpException.class)
        .hasMessageContaining("10.9.9.9")
        .hasMessageContaining("use one of [10.1.0.1, 10.2.0.1]");
    assertThatThrownBy(() -> s.announceAddress(foreign))
        .isInstanceOf(MptcpException.class)
        .hasMessageContaining("use one of [10.1.0.1, 10.2.0.1]");
    assertThatThrownBy(() -> s.withdrawAddress(IpAddress.of(foreign.getAddress())))
        .isInstanceOf(MptcpException.class);
    assertThatThrownBy(() -> s.announceAddress(client.at(0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("announce another one");
    assertThatThrownBy(
            () -> s.openSubflow(nowNs(), client.at(1, 0), server.at(1, 0), Priority.NORMAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("remote port is 0");
    assertThatThrownBy(
            () ->
                s.openSubflow(
                    nowNs(), new InetSocketAddress("fd00::1", 0), remote, Priority.NORMAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one family");
    assertThatThrownBy(
            () ->
                s.openSubflow(
                    nowNs(),
                    client.at(1, 0),
                    new InetSocketAddress("224.0.0.1", 80),
                    Priority.NORMAL))
        .isInstanceOfSatisfying(
            MptcpException.class, e -> assertThat(e.error()).isEqualTo(SocketError.ENETUNREACH));
    assertThatThrownBy(() -> s.setPathManager("nonsense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[default, application, fullmesh, ndiffports");
    finish(KB);
  }

  private void requireRefused(MptcpSocket s, SocketError why) {
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> verbs =
        List.of(
            () -> s.openSubflow(nowNs(), client.at(1, 0), s.remoteAddress(), Priority.NORMAL),
            () -> s.closeSubflow(0),
            () -> s.setPriority(0, Priority.BACKUP),
            () -> s.announceAddress(client.at(1, 0)),
            () -> s.withdrawAddress(client.addresses().get(1)),
            () -> s.setPathManager("default"));
    for (var verb : verbs) {
      assertThatThrownBy(verb)
          .isInstanceOfSatisfying(MptcpException.class, e -> assertThat(e.error()).isEqualTo(why));
    }
  }

  @Test
  void plainTcpHasNoPaths() {
    client = world.stack("client");
    server = world.stack("server", StackConfig.builder().mptcp(MptcpMode.DISABLED).build());
    world.path(client, server, PATH);
    world.path(client, server, PATH);
    listener = server.listen(PORT);
    atClient = client.connect(server, PORT);
    requireRefused(atClient.socket(), SocketError.ENOTCONN);
    atClient.send(KB);
    world.require("the first data", () -> listener.received() == KB, seconds(5));
    atServer = listener.one();
    requireRefused(atClient.socket(), SocketError.EOPNOTSUPP);
    assertThat(atClient.socket().subflows()).hasSize(1);
    finish(KB);
    requireRefused(atClient.socket(), SocketError.ENOTCONN);
    assertThat(atClient.socket().subflows()).isEmpty();
  }

  @Test
  void afterAFallbackThereAreNoPaths() {
    client = world.stack("client");
    server = world.stack("server");
    SimLink link = world.path(client, server, PATH);
    world.path(client, server, PATH);
    link.backward().middlebox(OptionStripper.mptcpSubtype(2)); // DSS
    listener = server.listen(PORT);
    atClient = client.connect(server, PORT, byHand).send(KB);
    world.require("the first data", () -> listener.received() == KB, seconds(5));
    world.require(
        "fallback", () -> atClient.info().protocol() == Protocol.MPTCP_FALLBACK, seconds(5));
    requireRefused(atClient.socket(), SocketError.EOPNOTSUPP);
    assertThat(atClient.socket().subflow(0)).isPresent();
    atClient.abort();
  }

  @Test
  void eachSubflowHasOptionsOfItsOwn() throws Exception {
    connect(SimWorld.Family.V4);
    int joined = open(Role.CLIENT, Priority.NORMAL);
    world.runFor(seconds(1));
    List<List<Integer>> classes = List.of(trafficClasses(0), trafficClasses(1));
    TcpSocketOptions.Builder options = atClient.socket().tcp().toBuilder();
    atClient.socket().setTcp(joined, options.trafficClass(0xb8).build());
    atClient.send(2_000 * KB);
    world.require("it arrives", () -> listener.received() > 2_000 * KB, seconds(30));
    assertThat(classes.get(0)).isNotEmpty().containsOnly(0);
    assertThat(classes.get(1)).isNotEmpty().containsOnly(0xb8);
    atClient.socket().setTcp(options.trafficClass(0x20).build());
    classes.forEach(List::clear);
    atClient.send(2_000 * KB);
    world.require("it arrives", () -> listener.received() > 4_000 * KB, seconds(30));
    assertThat(classes).allSatisfy(of -> assertThat(of).isNotEmpty().containsOnly(0x20));
    assertThatThrownBy(() -> atClient.socket().setTcp(7, options.build()))
        .hasMessageContaining("there never was a subflow 7; choose one of [0, 1]");
    atClient.abort();
  }

  /** The traffic classes of the packets that leave the client on a path from now on. */
  private List<Integer> trafficClasses(int path) {
    List<Integer> seen = new ArrayList<>();
    client
        .host()
        .links()
        .get(path)
        .from(client.host())
        .tapSent((nowNs, packet) -> seen.add(packet.header().getByte(1) & 0xff));
    return seen;
  }

  @ParameterizedTest
  @CsvSource({"fullmesh, 2", "default, 2", "ndiffports, 2", "application, 1"})
  void thePathManagerIsExchangedOnALiveConnection(String name, int subflows) throws Exception {
    connect(SimWorld.Family.V4);
    assertThat(atClient.info().pathManager()).isEqualTo("application");
    atClient.socket().setPathManager(name);
    wake();
    assertThat(atClient.info().pathManager()).isEqualTo(name);
    world.runFor(seconds(1));
    requireSubflows(subflows);
    atClient.socket().setPathManager("application");
    atClient.socket().closeSubflow(subflows - 1);
    wake();
    world.runFor(seconds(5));
    requireSubflows(subflows - 1);
    if (subflows == 1) {
      open(Role.CLIENT, Priority.NORMAL);
    }
    finish(100 * KB);
    assertThat(first.forward().counters().deliveredBytes()).isPositive();
  }
}
