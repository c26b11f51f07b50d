package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;
import org.mptcp4j.pm.Endpoint.Flag;

/** Endpoints and limits as on Linux. */
class KernelPathManagerTest {
  private static final RemoteAddress OTHER = new RemoteAddress(5, IpAddress.parse("10.0.5.2"), 80);

  private final ManagedConnection connection = new ManagedConnection();
  private Endpoints endpoints = Endpoints.builder().limits(4, 2).build();
  private PathManager manager;

  private void start(Endpoint... all) {
    for (Endpoint e : all) {
      endpoints.add(e);
    }
    manager = endpoints.get();
    manager.onEstablished(connection, connection);
  }

  private void tell(EndpointChange change) {
    manager.onNews(connection, connection, change);
  }

  private PmSubflow up(LocalAddress local, RemoteAddress remote) {
    PmSubflow subflow = connection.subflow(local, remote);
    manager.onSubflowUp(connection, connection, subflow);
    return subflow;
  }

  private static Endpoint subflow(String address, Flag... more) {
    Endpoint e = Endpoint.of(address, Flag.SUBFLOW);
    for (Flag flag : more) {
      e =
          e.withFlags(
              java.util.stream.Stream.concat(e.flags().stream(), java.util.stream.Stream.of(flag))
                  .collect(java.util.stream.Collectors.toSet()));
    }
    return e;
  }

  private static LocalAddress local(int id, String address) {
    return ManagedConnection.local(id, address);
  }

  @Test
  void byNameItHasNoEndpointsAndLinuxsLimits() {
    manager = PathManagers.byName("kernel").get();
    assertThat(manager.name()).isEqualTo("kernel");
    manager.onEstablished(connection, connection);
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    assertThat(connection.asked()).isEmpty();
    assertThat(manager.admits(connection)).isTrue();
    connection.subflow(ManagedConnection.SECOND, ManagedConnection.INITIAL);
    connection.subflow(ManagedConnection.SECOND, OTHER);
    assertThat(manager.admits(connection)).isFalse();
  }

  @Test
  void subflowEndpointsAreUsedOnceAndWithinTheLimit() {
    endpoints = Endpoints.builder().limits(1, 0).build();
    start(subflow("10.0.1.1"), subflow("10.0.3.1"));
    assertThat(connection.asked()).containsExactly("1 to 0");
    PmSubflow first = up(local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    assertThat(connection.asked()).isEmpty();
    // A place is free again: the next one has its turn, and none has a second.
    connection.down(manager, first, SubflowEnd.of(SubflowEnd.Cause.RESET));
    assertThat(connection.asked()).containsExactly("2 to 0");
    connection.timedOut(manager, local(2, "10.0.3.1"), ManagedConnection.INITIAL);
    assertThat(connection.asked()).isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void retryIsAnOption() {
    endpoints = Endpoints.builder().limits(2, 0).retry(true).build();
    start(subflow("10.0.1.1"));
    assertThat(connection.asked()).containsExactly("1 to 0");
    connection.timedOut(manager, local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    assertThat(connection.sleep(manager)).isEqualTo(1);
    assertThat(connection.asked()).containsExactly("1 to 0");
    connection.timedOut(manager, local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    assertThat(connection.sleep(manager)).isEqualTo(2);
    assertThat(connection.asked()).containsExactly("1 to 0");
    // What is deleted is not tried again.
    connection.timedOut(manager, local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    tell(endpoints.delete(1));
    connection.asked();
    connection.sleep(manager);
    assertThat(connection.asked()).isEmpty();
  }

  @Test
  void idRestIsAnOption() {
    endpoints.add(Endpoint.of("10.0.1.1"));
    endpoints.delete(1);
    endpoints.add(Endpoint.of("10.0.1.1"));
    assertThat(endpoints.list()).singleElement().extracting(Endpoint::id).isEqualTo(1);

    Endpoints resting = Endpoints.builder().idRest(true).build();
    for (int id = 1; id <= 255; id++) {
      resting.add(Endpoint.of("10.0.1.1"));
      assertThat(resting.list()).singleElement().extracting(Endpoint::id).isEqualTo(id);
      resting.delete(id);
    }
    resting.add(Endpoint.of("10.0.1.1"));
    assertThat(resting.byId(1)).isPresent();
  }

  @Test
  void probeBeforeRemoveIsAnOption() {
    assertThat(endpoints.get().probesBeforeRemove()).isFalse();
    assertThat(Endpoints.builder().probeBeforeRemove(true).build().get().probesBeforeRemove())
        .isTrue();
    assertThat(new DefaultPathManager().probesBeforeRemove()).isTrue();
  }

  @Test
  void signalEndpointsAreAnnouncedAtEitherEndButTheInitialOneIsNot() {
    connection.passive = true;
    start(
        Endpoint.of("10.0.0.1", Flag.SIGNAL),
        Endpoint.of("10.0.2.1", Flag.SIGNAL).withPort(10_100),
        Endpoint.of("10.0.9.1", Flag.SIGNAL, Flag.SUBFLOW));
    assertThat(connection.asked()).containsExactly("announce 2", "announce 3", "3 to 0");
  }

  @Test
  void anAnnouncedAddressIsJoinedFromWhereTheRouteGoesWithinTheLimit() {
    connection.locals.remove(ManagedConnection.FIRST);
    start();
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    manager.onAddAddr(connection, connection, OTHER);
    manager.onAddAddr(connection, connection, new RemoteAddress(6, OTHER.address(), 81));
    assertThat(connection.asked()).containsExactly("1 to 4", "1 to 5");
    assertThat(endpoints.list())
        .singleElement()
        .satisfies(e -> assertThat(e.flags()).containsExactly(Flag.IMPLICIT));
    // The peer takes one back: another one may be joined.
    manager.onRemoveAddr(connection, connection, 4);
    manager.onAddAddr(connection, connection, new RemoteAddress(6, OTHER.address(), 81));
    assertThat(connection.asked()).containsExactly("1 to 6");
  }

  @Test
  void theInitialAddressDoesNotBecomeAnEndpointByItself() {
    start();
    assertThat(manager.identify(ManagedConnection.FIRST)).isEqualTo(ManagedConnection.FIRST);
    assertThat(endpoints.list()).isEmpty();
    tell(endpoints.flush());
    assertThat(connection.asked()).isEmpty();
  }

  @Test
  void implicitEndpointsGiveWayAndLeaveTheirId() {
    endpoints.identify(IpAddress.parse("10.0.1.1"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> endpoints.add(Endpoint.of("10.0.1.1", Flag.SIGNAL).withId(33)))
        .withMessageContaining("name no id");
    endpoints.add(Endpoint.of("10.0.1.1", Flag.SIGNAL));
    assertThat(endpoints.list()).containsExactly(Endpoint.of("10.0.1.1", Flag.SIGNAL).withId(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> endpoints.add(Endpoint.of("10.0.1.1", Flag.SUBFLOW)));
  }

  @Test
  void fullmeshJoinsEveryAddressOfThePeerThatIsKnown() {
    start(subflow("10.0.1.1", Flag.FULLMESH), subflow("10.0.0.1", Flag.FULLMESH));
    assertThat(connection.asked()).containsExactly("1 to 0");
    up(local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    assertThat(connection.asked()).containsExactly("1 to 4", "0 to 4");
  }

  @Test
  void laminarEndpointsAnswerAnnouncementsEachOnce() {
    start(Endpoint.of("10.0.1.1", Flag.LAMINAR), Endpoint.of("10.0.3.1", Flag.LAMINAR));
    assertThat(connection.asked()).isEmpty();
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    assertThat(connection.asked()).containsExactly("1 to 4");
    up(local(1, "10.0.1.1"), ManagedConnection.ANNOUNCED);
    manager.onAddAddr(connection, connection, OTHER);
    assertThat(connection.asked()).containsExactly("2 to 5");
  }

  @Test
  void whereTheInitialAddressIsDeniedTheFirstAnnouncementIsJoinedWhateverTheLimit() {
    connection.joinToInitial = false;
    endpoints = Endpoints.builder().limits(2, 0).build();
    start(subflow("10.0.1.1"), subflow("10.0.3.1"));
    assertThat(connection.asked()).isEmpty();
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    assertThat(connection.asked()).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void deletingWithdrawsAndFreesTheId() {
    start(subflow("10.0.1.1").withId(7));
    up(local(7, "10.0.1.1"), ManagedConnection.INITIAL);
    connection.asked();
    tell(endpoints.delete(7));
    assertThat(connection.asked()).containsExactly("withdraw 7");
    connection.subflows.remove(1);
    tell(endpoints.add(subflow("10.0.1.1").withId(7)));
    assertThat(connection.asked()).containsExactly("7 to 0");
  }

  @Test
  void theEndpointOfTheInitialAddressHasIdZero() {
    start(subflow("10.0.0.1", Flag.BACKUP).withId(9));
    assertThat(connection.asked()).containsExactly("priority 0");
    tell(endpoints.delete(9));
    assertThat(connection.asked()).containsExactly("withdraw 0");
    connection.subflows.clear();
    tell(endpoints.add(subflow("10.0.0.1")));
    assertThat(connection.asked()).containsExactly("0 to 0");
    tell(endpoints.deleteInitial(IpAddress.parse("10.0.0.1")));
    assertThat(connection.asked()).containsExactly("withdraw 0");
  }

  @Test
  void anEndpointAddedWhereTheConnectionBeganIsInUseAlready() {
    start();
    tell(endpoints.add(Endpoint.of("10.0.0.1", Flag.SIGNAL, Flag.SUBFLOW, Flag.BACKUP)));
    assertThat(connection.asked()).containsExactly("priority 0");
    tell(endpoints.flush());
    assertThat(connection.asked()).containsExactly("close 0");
    connection.subflows.clear();
    tell(endpoints.add(Endpoint.of("10.0.0.1", Flag.SIGNAL)));
    assertThat(connection.asked()).containsExactly("announce 0");
  }

  @Test
  void anotherPortOfTheInitialAddressIsAnnouncedWithTheEndpointsId() {
    start(Endpoint.of("10.0.0.1", Flag.SIGNAL).withPort(10_100));
    assertThat(connection.asked()).containsExactly("announce 1");
    tell(endpoints.add(Endpoint.of("10.0.0.1", Flag.SIGNAL).withPort(10_101)));
    assertThat(connection.asked()).containsExactly("announce 2");
    tell(endpoints.add(Endpoint.of("10.0.0.1", Flag.SIGNAL).withPort(40_000)));
    assertThat(connection.asked()).isEmpty();
  }

  @Test
  void whatThisHostLostHasItsTurnWhenItIsBack() {
    start(subflow("10.0.1.1"), Endpoint.of("10.0.2.1", Flag.SIGNAL));
    PmSubflow second = up(local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    connection.asked();
    manager.onLocalAddressGone(connection, connection, local(8, "10.0.1.1"));
    manager.onLocalAddressGone(connection, connection, local(9, "10.0.2.1"));
    connection.down(manager, second, SubflowEnd.of(SubflowEnd.Cause.WITHDRAWN));
    assertThat(connection.asked()).isEmpty();
    manager.onLocalAddress(connection, connection, local(8, "10.0.1.1"));
    assertThat(connection.asked()).containsExactly("1 to 0");
    manager.onLocalAddress(connection, connection, local(9, "10.0.2.1"));
    assertThat(connection.asked()).containsExactly("announce 2");
  }

  @Test
  void whatTheStackHasNoRoomForHasItsTurnLater() {
    connection.joinsLeft = 1;
    start(subflow("10.0.1.1"), subflow("10.0.3.1"));
    assertThat(connection.asked()).containsExactly("1 to 0");
    connection.joinsLeft = 0;
    PmSubflow first = up(local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    assertThat(manager.admits(connection)).isTrue();
    connection.joinsLeft = 1;
    connection.down(manager, first, SubflowEnd.of(SubflowEnd.Cause.RESET));
    assertThat(connection.asked()).containsExactly("2 to 0");
  }

  @Test
  void ofIpV4NothingIsJoinedByIpV6() {
    start(subflow("fd00::1"));
    manager.onAddAddr(connection, connection, new RemoteAddress(5, IpAddress.parse("fd00::2"), 80));
    assertThat(connection.asked()).isEmpty();
    assertThat(endpoints.list()).hasSize(1);
  }

  @Test
  void figuresAreThoseOfTheEndpoints() {
    start(
        subflow("10.0.1.1", Flag.FULLMESH),
        Endpoint.of("10.0.3.1", Flag.LAMINAR),
        Endpoint.of("10.0.2.1", Flag.SIGNAL));
    manager.onAddAddr(connection, connection, ManagedConnection.ANNOUNCED);
    assertThat(manager.figures()).contains(new PmFigures(1, 1, 4, 1, 2, 1, 1, 1));
    manager.onRemoveAddr(connection, connection, ManagedConnection.ANNOUNCED.id());
    assertThat(manager.figures()).contains(new PmFigures(0, 1, 4, 1, 2, 1, 1, 1));
    assertThat(new DefaultPathManager().figures()).isEmpty();
  }

  @Test
  void flagsChangeAtRunTime() {
    start(subflow("10.0.1.1"));
    PmSubflow second = up(local(1, "10.0.1.1"), ManagedConnection.INITIAL);
    connection.asked();
    tell(endpoints.change(1, Flag.BACKUP));
    assertThat(connection.asked()).containsExactly("priority " + second.id());
    tell(endpoints.change(1, Flag.BACKUP, Flag.FULLMESH));
    // The subflow that is closed does not stand in the way of the one that takes its place.
    assertThat(connection.asked()).containsExactly("close " + second.id(), "1 to 0");
    assertThat(endpoints.byId(1).orElseThrow().flags())
        .containsExactlyInAnyOrder(Flag.SUBFLOW, Flag.BACKUP, Flag.FULLMESH);
  }

  @Test
  void flushingWithdrawsWhatWasAnnouncedInOneListAndClosesTheRest() {
    start(
        Endpoint.of("10.0.2.1", Flag.SIGNAL),
        Endpoint.of("10.0.3.1", Flag.SIGNAL),
        subflow("10.0.1.1"));
    PmSubflow second = up(local(3, "10.0.1.1"), ManagedConnection.INITIAL);
    connection.asked();
    tell(endpoints.flush());
    assertThat(connection.asked())
        .containsExactly("close " + second.id(), "withdraw 1", "withdraw 2");
    assertThat(endpoints.list()).isEmpty();
  }

  @Test
  void newsOfOtherEndpointsAreNone() {
    start();
    tell(Endpoints.builder().build().add(subflow("10.0.1.1")));
    assertThat(connection.asked()).isEmpty();
  }

  @Test
  void endpointsAreCheckedAsLinuxDoes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of("10.0.1.1", Flag.SUBFLOW).withPort(80));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of("10.0.1.1", Flag.SIGNAL, Flag.SUBFLOW).withPort(80));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of("10.0.1.1", Flag.SIGNAL, Flag.FULLMESH));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> endpoints.add(Endpoint.of("10.0.1.1", Flag.IMPLICIT)));
    assertThatIllegalArgumentException().isThrownBy(() -> endpoints.setLimits(256, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> endpoints.delete(3));
    List<Endpoint> before = endpoints.list();
    endpoints.add(Endpoint.of("10.0.1.1").withId(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> endpoints.add(Endpoint.of("10.0.1.2").withId(3)));
    assertThat(before).isEmpty();
  }
}
