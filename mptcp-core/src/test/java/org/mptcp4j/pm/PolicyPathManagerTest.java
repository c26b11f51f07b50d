package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.pm.PolicyPathManager.Policy;

/** Paths as phones use them. */
class PolicyPathManagerTest {
  private static final long S = ManagedConnection.S;

  private final ManagedConnection connection = new ManagedConnection();

  private PathManager start(Policy policy) {
    PathManager manager = new PolicyPathManager(policy);
    manager.onEstablished(connection, connection);
    return manager;
  }

  /** The same subflow with other properties. */
  private PmSubflow becomes(int index, boolean stale, long srttNs, Priority priority) {
    PmSubflow s = connection.subflows.get(index);
    PmSubflow now =
        new PmSubflow(
            s.id(),
            s.localId(),
            s.local(),
            s.localPort(),
            s.remoteId(),
            s.remote(),
            s.remotePort(),
            true,
            stale,
            srttNs,
            priority,
            Priority.NORMAL);
    connection.subflows.set(index, now);
    return now;
  }

  @Test
  void aggregateOpensAllPathsAndWakesNobody() {
    start(Policy.AGGREGATE);
    assertThat(connection.asked()).containsExactly("2 to 0");
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void handoverOpensTheSecondPathWhenTheFirstIsSilent() {
    PathManager manager = start(Policy.HANDOVER);
    connection.sleep(manager);
    assertThat(connection.asked()).isEmpty();
    PmSubflow first = becomes(0, true, 20_000_000, Priority.NORMAL);
    manager.onSubflowStale(connection, connection, first);
    assertThat(connection.asked()).containsExactly("2 to 0");
  }

  @Test
  void handoverOpensTheSecondPathWhenTheFirstFades() {
    PathManager manager = start(Policy.HANDOVER);
    becomes(0, false, S, Priority.NORMAL);
    connection.sleep(manager);
    assertThat(connection.asked()).containsExactly("2 to 0");
  }

  @Test
  void handoverOpensTheSecondPathWhenTheFirstEndsOrItsLinkGoesDown() {
    PathManager manager = start(Policy.HANDOVER);
    connection.locals.remove(ManagedConnection.FIRST);
    manager.onLinkDown(connection, connection, 1);
    connection.sleep(manager);
    assertThat(connection.asked()).containsExactly("2 to 0");
    connection.locals.add(0, ManagedConnection.FIRST);
    PmSubflow first = connection.subflows.get(0);
    connection.down(manager, first, SubflowEnd.of(SubflowEnd.Cause.TIMED_OUT));
    assertThat(connection.asked()).contains("2 to 0");
  }

  @Test
  void handoverClosesTheSecondPathWhenTheFirstHasBeenBackForAWhile() {
    PathManager manager = start(Policy.HANDOVER);
    becomes(0, true, 20_000_000, Priority.NORMAL);
    PmSubflow second = connection.subflow(ManagedConnection.SECOND, ManagedConnection.INITIAL);
    manager.onSubflowUp(connection, connection, second);
    long seconds = 0;
    while (seconds < 60) {
      seconds += connection.sleep(manager);
    }
    assertThat(connection.asked()).isEmpty();
    becomes(0, false, 20_000_000, Priority.NORMAL);
    long waited = 0;
    while (connection.asked.isEmpty()) {
      waited += connection.sleep(manager);
    }
    assertThat(connection.asked()).containsExactly("close " + second.id());
    assertThat(waited).isEqualTo(11);
    // And opens it again, should it be needed once more.
    connection.down(manager, second, SubflowEnd.of(SubflowEnd.Cause.ENDED));
    assertThat(connection.asked()).isEmpty();
    manager.onSubflowStale(connection, connection, becomes(0, true, 20_000_000, Priority.NORMAL));
    assertThat(connection.asked()).containsExactly("2 to 0");
  }

  @Test
  void interactiveUsesTheFasterPath() {
    PathManager manager = start(Policy.INTERACTIVE);
    assertThat(connection.asked()).containsExactly("2 to 0");
    connection.subflow(ManagedConnection.SECOND, ManagedConnection.INITIAL);
    becomes(1, false, 15_000_000, Priority.BACKUP);
    connection.sleep(manager);
    assertThat(connection.asked()).isEmpty();
    becomes(0, false, 100_000_000, Priority.NORMAL);
    connection.sleep(manager);
    assertThat(connection.asked()).containsExactly("priority 0", "priority 1");
    // And back, when the other one is silent.
    becomes(0, false, 100_000_000, Priority.BACKUP);
    becomes(1, true, 15_000_000, Priority.NORMAL);
    connection.sleep(manager);
    assertThat(connection.asked()).containsExactly("priority 0", "priority 1");
  }

  @Test
  void theEndThatAcceptedAnnounces() {
    connection.passive = true;
    connection.locals.set(
        1, new LocalAddress(2, ManagedConnection.SECOND.address(), 2, Priority.NORMAL, true));
    PathManager manager = start(Policy.HANDOVER);
    connection.nowNs = connection.wakeAtNs;
    manager.onTimeout(connection, connection);
    assertThat(connection.asked()).containsExactly("announce 2");
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }
}
