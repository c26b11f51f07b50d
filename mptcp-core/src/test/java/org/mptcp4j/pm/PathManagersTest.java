package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathManagersTest {
  @Test
  void areFoundByTheirNames() {
    assertThat(PathManagers.names())
        .contains("default", "application", "fullmesh", "ndiffports", "kernel", "policy-handover")
        .allSatisfy(name -> assertThat(PathManagers.byName(name).name()).isEqualTo(name))
        .allSatisfy(name -> assertThat(PathManagers.byName(name).get().name()).isEqualTo(name));
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> PathManagers.byName("binder"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("binder")
        .hasMessageContaining("[default, application, fullmesh, ndiffports, policy-handover, ");
  }

  @Test
  void oneThatKeepsStateIsMadeForEachConnection() {
    PathManagerFactory factory = PathManagers.byName("fullmesh");
    assertThat(factory.get()).isNotSameAs(factory.get());
  }

  /**
   * Whatever happens meanwhile: the peer, or the application, did not want the subflow any more.
   */
  @ParameterizedTest
  @ValueSource(strings = {"default", "fullmesh", "ndiffports", "kernel", "policy-interactive"})
  void aPathWhoseSubflowClosesInOrderIsNotJoinedAgain(String name) {
    ManagedConnection c = new ManagedConnection();
    c.remotes.add(ManagedConnection.ANNOUNCED);
    PathManager manager = PathManagers.byName(name).get();
    PmSubflow first = c.subflows.get(0);
    List<PmSubflow> others = new ArrayList<>();
    for (LocalAddress local : List.of(ManagedConnection.FIRST, ManagedConnection.SECOND)) {
      others.add(c.subflow(local, ManagedConnection.ANNOUNCED));
      others.add(c.subflow(local, ManagedConnection.INITIAL));
    }
    manager.onEstablished(c, c);
    others.forEach(s -> manager.onSubflowUp(c, c, s));
    c.asked();

    others.forEach(c::closing);
    others.forEach(s -> manager.onSubflowStale(c, c, first));
    manager.onSubflowUp(c, c, first);
    manager.onLinkUp(c, c, 2);
    manager.onAddAddr(c, c, ManagedConnection.ANNOUNCED);
    c.nowNs += ManagedConnection.S;
    manager.onTimeout(c, c);
    for (PmSubflow s : others) {
      c.down(manager, s, SubflowEnd.of(SubflowEnd.Cause.ENDED));
    }
    assertThat(c.asked()).noneMatch(what -> what.contains(" to "));
  }

  @Test
  void anOwnOneImplementsOnlyItsName() {
    ManagedConnection c = new ManagedConnection();
    PathManager own = () -> "own";
    own.onEstablished(c, c);
    own.onLinkUp(c, c, 1);
    own.onAddAddr(c, c, ManagedConnection.ANNOUNCED);
    own.onRemoveAddr(c, c, 4);
    own.onSubflowDown(c, c, c.subflows.get(0), SubflowEnd.of(SubflowEnd.Cause.ENDED));
    own.onTimeout(c, c);
    assertThat(c.asked()).isEmpty();
  }
}
