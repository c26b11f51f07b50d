package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
