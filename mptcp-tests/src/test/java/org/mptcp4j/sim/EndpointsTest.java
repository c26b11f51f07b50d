package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.link.sim.LinkProfile.millis;
import static org.mptcp4j.link.sim.SimNetwork.seconds;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.SocketError;
import org.mptcp4j.api.SocketOptions;
import org.mptcp4j.info.MptcpInfo;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.link.sim.LinkProfile;
import org.mptcp4j.pm.Endpoint.Flag;
import org.mptcp4j.pm.EndpointChange;
import org.mptcp4j.pm.Endpoints;
import org.mptcp4j.pm.Priority;
import org.mptcp4j.testkit.Endpoint;
import org.mptcp4j.testkit.Listener;
import org.mptcp4j.testkit.SimStack;
import org.mptcp4j.testkit.SimWorld;

/** Endpoints of Linux's path manager at both ends, while a connection lives. */
class EndpointsTest {
  private static final int PORT = 80;
  private static final int KB = 1_000;
  private static final LinkProfile PATH = LinkProfile.of(5_000_000, millis(10));

  private final SimWorld world = new SimWorld(1);
  private final Endpoints atClient = Endpoints.builder().limits(4, 4).build();
  private final Endpoints atServer = Endpoints.builder().limits(4, 4).build();
  private final SimStack client = world.stack("client", b -> b.pathManager(atClient));
  private final SimStack server = world.stack("server", b -> b.pathManager(atServer));
  private Listener listener;
  private Endpoint app;
  private long sent;

  @AfterEach
  void nothingLeaks() {
    world.close();
  }

  private void paths() {
    world.path(client, server, PATH);
    world.path(client, server, PATH);
  }

  private void connect() {
    listener = server.listen(PORT, Endpoint::closeAtEndOfStream);
    app = client.connect(server, PORT);
    exchange();
  }

  private void exchange() {
    app.send(KB);
    sent += KB;
    world.require("it arrives", () -> listener.received() == sent, seconds(10));
    world.runFor(seconds(3));
  }

  private void tell(SimStack at, Supplier<EndpointChange> change) {
    at.stacks().get(0).tellPathManagers(world.network().nowNs(), change.get());
    at.host().wake();
    world.runFor(seconds(3));
  }

  private static org.mptcp4j.pm.Endpoint at(IpAddress address, Flag... flags) {
    return org.mptcp4j.pm.Endpoint.of(address.toString(), flags);
  }

  private void end(int subflows) {
    exchange();
    assertThat(app.info().subflows()).hasSize(subflows);
    assertThat(listener.one().info().subflows()).hasSize(subflows);
    app.thenClose();
    world.requireAllClosed(seconds(300));
    assertThat(app.error()).isEqualTo(SocketError.NONE);
    assertThat(listener.one().error()).isEqualTo(SocketError.NONE);
  }

  // ---- limits

  @Test
  void mptcpInfoSaysWhatTheEndpointsSay() {
    paths();
    atClient.setLimits(3, 3);
    atServer.setLimits(3, 0);
    atServer.add(at(server.addresses().get(1), Flag.SIGNAL).withId(1));
    connect();
    MptcpInfo c = app.info().mptcp();
    MptcpInfo s = listener.one().info().mptcp();
    assertThat(List.of(c.subflows(), c.subflowsMax(), s.subflows(), s.subflowsMax()))
        .containsExactly(1, 3, 1, 3);
    assertThat(List.of(c.addAddrAccepted(), c.addAddrAcceptedMax())).containsExactly(1, 3);
    assertThat(List.of(s.addAddrSignal(), s.addAddrSignalMax())).containsExactly(1, 1);
    assertThat(List.of(s.addAddrAcceptedMax(), c.localAddrMax())).containsExactly(0, 0);
    tell(server, () -> atServer.delete(1));
    assertThat(app.info().mptcp().addAddrAccepted()).isZero();
    assertThat(listener.one().info().mptcp().addAddrSignal()).isZero();
    end(1);
  }

  @Test
  void eightSubflowsAreOpenedBesideTheFirstAsOnLinux() {
    for (int i = 0; i < 9; i++) {
      world.path(client, server, PATH);
    }
    atClient.setLimits(8, 0);
    atServer.setLimits(8, 0);
    client.addresses().forEach(a -> atClient.add(at(a, Flag.SUBFLOW)));
    connect();
    end(9);
  }

  @ParameterizedTest
  @EnumSource(
      value = SimWorld.Family.class,
      names = {"V4", "V6"})
  void whatWasOpenedByIpV4StaysThere(SimWorld.Family family) {
    world.family(SimWorld.Family.BOTH);
    world.path(client, server, PATH);
    boolean v4 = family == SimWorld.Family.V4;
    List<IpAddress> all = server.addresses();
    int first = all.get(0).isV4() == v4 ? 0 : 1;
    atServer.add(at(all.get(1 - first), Flag.SIGNAL));
    listener = server.listen(PORT, Endpoint::closeAtEndOfStream);
    app = client.connect(server.at(first, PORT), SocketOptions.defaults());
    exchange();
    assertThat(client.counter("MPTcpExtAddAddr")).isOne();
    end(v4 ? 1 : 2);
  }

  // ---- addresses that go and come back

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatComesBackIsUsedAgain(boolean announced) {
    paths();
    SimStack of = announced ? server : client;
    IpAddress address = of.addresses().get(1);
    if (announced) {
      atServer.add(at(address, Flag.SIGNAL));
    } else {
      atClient.add(at(address, Flag.SUBFLOW));
    }
    connect();
    assertThat(app.info().subflows()).hasSize(2);
    of.stacks().get(0).removeAddress(world.network().nowNs(), address);
    of.host().wake();
    world.runFor(seconds(3));
    assertThat(app.info().subflows()).hasSize(1);
    assertThat(client.counter("MPTcpExtAddAddr")).isEqualTo(announced ? 1 : 0);
    of.stacks().get(0).addAddress(world.network().nowNs(), 1, address + "/24", Priority.NORMAL);
    of.host().wake();
    world.runFor(seconds(3));
    assertThat(client.counter("MPTcpExtAddAddr")).isEqualTo(announced ? 2 : 0);
    end(2);
  }

  // ---- where the connection began

  @ParameterizedTest
  @EnumSource(
      value = Flag.class,
      names = {"SIGNAL", "SUBFLOW"})
  void addedWhereTheConnectionBeganItIsKnown(Flag flag) {
    paths();
    connect();
    tell(server, () -> atServer.add(at(server.addresses().get(0), flag)));
    tell(client, () -> atClient.add(at(client.addresses().get(0), flag)));
    assertThat(server.counter("MPTcpExtMPJoinSynRx")).isZero();
    assertThat(client.counter("MPTcpExtMPJoinSynRx")).isZero();
    end(1);
  }

  @Test
  void addedAgainAfterItsSubflowWasClosedItIsAnnounced() {
    paths();
    atServer.add(at(server.addresses().get(0), Flag.SIGNAL));
    atServer.add(at(server.addresses().get(1), Flag.SIGNAL));
    connect();
    assertThat(app.info().subflows()).hasSize(2);
    tell(server, atServer::flush);
    tell(server, () -> atServer.add(at(server.addresses().get(0), Flag.SIGNAL)));
    end(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherPortThereIsJoinedUntilItIsWithdrawn(boolean fromTheBeginning) {
    paths();
    org.mptcp4j.pm.Endpoint port = at(server.addresses().get(0), Flag.SIGNAL).withPort(10_100);
    if (fromTheBeginning) {
      atServer.add(port.withId(7));
    }
    connect();
    if (!fromTheBeginning) {
      tell(server, () -> atServer.add(port.withId(7)));
    }
    assertThat(client.counter("MPTcpExtPortAdd")).isOne();
    assertThat(server.counter("MPTcpExtPortAdd")).isOne();
    assertThat(server.counter("MPTcpExtMPJoinPortAckRx")).isOne();
    assertThat(app.info().subflows()).hasSize(2);
    tell(server, () -> atServer.delete(7));
    assertThat(client.counter("MPTcpExtRmAddr")).isOne();
    end(1);
  }
}
