package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mptcp4j.api.MptcpStack;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.StackBuilder;
import org.mptcp4j.api.StackConfig;
import org.mptcp4j.api.SubflowInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.link.sim.SimLink;
import org.mptcp4j.pm.Endpoint.Flag;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/**
 * An address that goes away and comes back, of either end: afterwards there are the paths that
 * there were before, on the same connection, and every byte arrives. RFC 8684 sections 3.4 and 3.6.
 */
class AddressComesBackTest {
  private static final int PORT = 80;
  private static final long SOME = 200_000;

  private enum Whose {
    CLIENT,
    SERVER
  }

  private enum Which {
    ONLY,
    FIRST_OF_TWO,
    SECOND_OF_TWO
  }

  private enum Paths {
    DEFAULT("default"),
    FULL_MESH("fullmesh"),
    AGGREGATE("policy-aggregate"),
    HANDOVER("policy-handover"),
    KERNEL("kernel");

    final String manager;

    Paths(String manager) {
      this.manager = manager;
    }

    void plan(StackBuilder stack, Endpoints endpoints) {
      if (this == KERNEL) {
        stack.pathManager(endpoints);
      } else {
        stack.pathManager(manager);
      }
    }
  }

  private final SimWorld world = new SimWorld(1);
  private final List<SimLink> links = new ArrayList<>();
  private SimStack client;
  private SimStack server;
  private Listener listener;
  private Endpoint app;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void connect(SimWorld.Family family, Paths paths, long... delaysMs) {
    world.family(family);
    StackConfig config = StackConfig.builder().mptcp(m -> m.announceAddresses(true)).build();
    Endpoints atClient = Endpoints.builder().limits(4, 4).build();
    Endpoints atServer = Endpoints.builder().limits(4, 4).build();
    client = world.stack("client", b -> paths.plan(b.config(config), atClient));
    server = world.stack("server", b -> paths.plan(b.config(config), atServer));
    for (long delay : delaysMs) {
      LinkProfile profile = LinkProfile.of(5_000_000, millis(delay)).queueTime(millis(100));
      links.add(world.path(client, server, profile));
    }
    client.addresses().forEach(a -> atClient.add(at(a, Flag.SUBFLOW, Flag.FULLMESH)));
    server.addresses().forEach(a -> atServer.add(at(a, Flag.SIGNAL)));
    listener = server.listen(PORT);
    app = client.connect(server, PORT).send(SOME);
    world.require("it arrives", () -> listener.received() == SOME, seconds(60));
    world.runFor(seconds(2));
  }

  private static org.mptcp4j.pm.Endpoint at(IpAddress address, Flag... flags) {
    return org.mptcp4j.pm.Endpoint.of(address.toString(), flags);
  }

  /** Pairs of addresses that have a subflow at both ends. */
  private Set<String> pairs() {
    Set<String> pairs = new TreeSet<>();
    for (SubflowInfo s : app.socket().info().subflows()) {
      if (s.state() == SubflowInfo.State.ESTABLISHED) {
        pairs.add(s.local().getAddress() + " " + s.remote().getAddress());
      }
    }
    Set<String> ofPeer = new TreeSet<>();
    for (SubflowInfo s : listener.one().socket().info().subflows()) {
      if (s.state() == SubflowInfo.State.ESTABLISHED) {
        ofPeer.add(s.remote().getAddress() + " " + s.local().getAddress());
      }
    }
    pairs.retainAll(ofPeer);
    return pairs;
  }

  private void remove(SimStack of, int path) {
    MptcpStack stack = of.stacks().get(0);
    assertThat(stack.removeAddress(world.network().nowNs(), of.addresses().get(path))).isTrue();
    of.host().wake();
  }

  private void add(SimStack of, int path) {
    IpAddress address = of.addresses().get(path);
    String prefix = address + (address.isV4() ? "/24" : "/64");
    int link = links.get(path).interfaceIndex(of.host());
    of.stacks().get(0).addAddress(world.network().nowNs(), link, prefix, Priority.NORMAL);
    of.host().wake();
  }

  private void finish(long sent) {
    app.send(SOME).thenClose();
    world.require("all arrives", () -> listener.received() == sent + SOME, seconds(60));
    world.requireAllClosed(seconds(300));
    assertThat(app.error()).isEqualTo(SocketError.NONE);
    assertThat(listener.one().error()).isEqualTo(SocketError.NONE);
  }

  static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (SimWorld.Family family : List.of(SimWorld.Family.V4, SimWorld.Family.V6)) {
      for (Paths paths : EnumSet.complementOf(EnumSet.of(Paths.HANDOVER))) {
        for (Whose whose : Whose.values()) {
          for (Which which : Which.values()) {
            if (paths == Paths.KERNEL && whose == Whose.SERVER && which == Which.ONLY) {
              continue; // As Linux, the client tries nothing again, and nothing can tell it.
            }
            for (long gapMs : new long[] {0, 15, 2000}) {
              all.add(Arguments.of(family, paths, whose, which, gapMs));
            }
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allPathsComeBack(SimWorld.Family family, Paths paths, Whose whose, Which which, long gapMs) {
    connect(family, paths, which == Which.ONLY ? new long[] {10} : new long[] {10, 100});
    Set<String> before = pairs();
    assertThat(before).hasSizeGreaterThanOrEqualTo(links.size());
    int path = which == Which.SECOND_OF_TWO ? 1 : 0;
    SimStack of = whose == Whose.CLIENT ? client : server;
    for (int round = 0; round < 3; round++) {
      remove(of, path);
      world.runFor(millis(gapMs));
      add(of, path);
      world.require("all paths are back", () -> pairs().equals(before), seconds(6));
      world.runFor(seconds(3));
    }
    finish(SOME);
  }

  /**
   * Break before make: the host has one address at a time, and no way to say that the old is gone.
   */
  @Test
  void aPeerHearsLaterOfAddressesThatWentInSilence() {
    connect(SimWorld.Family.V4, Paths.DEFAULT, 10, 10);
    remove(client, 1);
    world.runFor(seconds(1));
    for (int move = 0; move < 12; move++) {
      int from = move % 2;
      links.get(from).blackhole();
      InetAddress gone = client.addresses().get(from).toInetAddress();
      remove(client, from);
      world.runFor(seconds(1));
      links.get(1 - from).restore();
      add(client, 1 - from);
      String now = client.addresses().get(1 - from).toString();
      world.require(
          "on the other path",
          () -> pairs().stream().anyMatch(pair -> pair.contains(now)),
          seconds(6));
      world.require(
          "the peer lets go of the old path",
          () ->
              listener.one().socket().info().subflows().stream()
                  .noneMatch(subflow -> subflow.remote().getAddress().equals(gone)),
          seconds(10));
    }
    finish(SOME);
  }

  @Test
  void handoverServesAgainAndAgain() {
    connect(SimWorld.Family.V4, Paths.HANDOVER, 10, 20);
    long sent = SOME;
    for (int round = 0; round < 3; round++) {
      assertThat(pairs()).as("before round %d", round).hasSize(1);
      links.get(0).blackhole();
      app.send(SOME);
      sent += SOME;
      long due = sent;
      world.require("the other path takes over", () -> listener.received() == due, seconds(30));
      links.get(0).restore();
      world.require("the first is back alone", () -> pairs().size() == 1, seconds(60));
    }
    finish(sent);
  }
}
