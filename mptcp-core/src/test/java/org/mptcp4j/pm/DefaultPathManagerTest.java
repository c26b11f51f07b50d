package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.pm.ManagedConnection.ANNOUNCED;
import static org.mptcp4j.pm.ManagedConnection.INITIAL;
import static org.mptcp4j.pm.ManagedConnection.S;
import static org.mptcp4j.pm.ManagedConnection.subflow;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DefaultPathManagerTest {
  private static final LocalAddress FIRST = announced(ManagedConnection.FIRST);
  private static final LocalAddress SECOND = announced(ManagedConnection.SECOND);
  private static final LocalAddress SIX = announced(ManagedConnection.SIX);

  private final ManagedConnection connection = new ManagedConnection();
  private final DefaultPathManager manager = new DefaultPathManager();

  DefaultPathManagerTest() {
    connection.locals.replaceAll(DefaultPathManagerTest::announced);
  }

  private static LocalAddress announced(LocalAddress a) {
    return new LocalAddress(a.id(), a.address(), a.linkIndex(), a.priority(), true);
  }

  @Test
  void joinsFromFurtherAddressesOfTheSameFamily() {
    manager.onEstablished(connection, connection);
    assertThat(connection.asked).containsExactly("2 to 0");
  }

  // RFC 8684 section 3.1: flag C.
  @Test
  void obeysThePeersWishNotToBeJoinedAtItsInitialAddress() {
    connection.joinToInitial = false;
    manager.onEstablished(connection, connection);
    assertThat(connection.asked).isEmpty();
  }

  @Test
  void joinsEachAnnouncedAddressFromEachLocalOne() {
    connection.remotes.add(ANNOUNCED);
    manager.onAddAddr(connection, connection, ANNOUNCED);
    assertThat(connection.asked).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void passiveEndAnnouncesAndDoesNotJoin() {
    connection.passive = true;
    manager.onEstablished(connection, connection);
    manager.onAddAddr(connection, connection, ANNOUNCED);
    assertThat(connection.asked).as("a connection that may be over at once").isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(connection.nowNs + DefaultPathManager.SETTLED_NS);
    connection.nowNs = connection.wakeAtNs;
    manager.onTimeout(connection, connection);
    assertThat(connection.asked).containsExactly("announce 2", "announce 3");
  }

  @Test
  void whoHasNothingToAnnounceIsNotWoken() {
    connection.passive = true;
    connection.locals.replaceAll(
        a -> new LocalAddress(a.id(), a.address(), a.linkIndex(), a.priority(), false));
    manager.onEstablished(connection, connection);
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  private void down(LocalAddress local, RemoteAddress remote, SubflowEnd end) {
    manager.onSubflowDown(connection, connection, subflow(9, local, remote), end);
  }

  private void timedOut(LocalAddress local, RemoteAddress remote) {
    down(local, remote, SubflowEnd.of(SubflowEnd.Cause.TIMED_OUT));
  }

  private void reset(int flags, int reason) {
    down(SECOND, INITIAL, ManagedConnection.resetWith(flags, reason));
  }

  /** Lets the time pass until the manager wants to be woken, and wakes it; seconds that took. */
  private long sleep() {
    assertThat(connection.wakeAtNs).isGreaterThan(connection.nowNs).isNotEqualTo(Long.MAX_VALUE);
    return connection.sleep(manager);
  }

  @Test
  void aPathThatFailsIsTriedAgainLessAndLessOften() {
    manager.onEstablished(connection, connection);
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      assertThat(connection.asked()).containsExactly("2 to 0");
      down(SECOND, INITIAL, SubflowEnd.of(SubflowEnd.Cause.REFUSED));
      assertThat(connection.asked).isEmpty();
      waits.add(sleep());
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @ParameterizedTest
  @EnumSource(
      value = SubflowEnd.Cause.class,
      names = {"TIMED_OUT", "UNREACHABLE"})
  void aPathOnWhichNobodyAnswersIsSearchedForOften(SubflowEnd.Cause cause) {
    manager.onEstablished(connection, connection);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      assertThat(connection.asked()).containsExactly("2 to 0");
      down(SECOND, INITIAL, SubflowEnd.of(cause));
      waits.add(sleep());
    }
    assertThat(waits.get(0)).isEqualTo(1);
    assertThat(waits.subList(1, 100)).containsOnly(2L);
  }

  // RFC 8684 section 5: a peer could name hosts that know nothing of the connection.
  @Test
  void whatOnlyThePeerHasNamedIsSearchedForSomeMinutes() {
    connection.joinToInitial = false;
    connection.locals.remove(FIRST);
    connection.remotes.add(ANNOUNCED);
    manager.onAddAddr(connection, connection, ANNOUNCED);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < PathRetries.MOST_SEARCHES + 2; i++) {
      assertThat(connection.asked()).containsExactly("2 to 4");
      manager.onSubflowDown(
          connection,
          connection,
          ManagedConnection.unanswered(9, SECOND, ANNOUNCED),
          SubflowEnd.of(SubflowEnd.Cause.TIMED_OUT));
      waits.add(sleep());
    }
    int most = PathRetries.MOST_SEARCHES;
    assertThat(waits.subList(1, most)).containsOnly(2L);
    assertThat(waits.subList(most, most + 2)).containsOnly(60L);
    manager.onSubflowUp(connection, connection, subflow(5, SECOND, ANNOUNCED));
    timedOut(SECOND, ANNOUNCED);
    assertThat(sleep()).as("it has answered").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = SubflowEnd.Cause.class,
      names = {"TIMED_OUT", "UNREACHABLE", "REFUSED", "RESET", "PROTOCOL_ERROR"})
  void whateverTheErrorWasTheFirstSubflowIsTriedAgain(SubflowEnd.Cause cause) {
    connection.subflows.clear();
    connection.subflow(SECOND, INITIAL);
    down(FIRST, INITIAL, SubflowEnd.of(cause));
    assertThat(connection.asked).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(connection.asked).containsExactly("1 to 0");
  }

  @Test
  void whatEndedInOrderIsNotOpenedAgain() {
    down(SECOND, INITIAL, SubflowEnd.of(SubflowEnd.Cause.ENDED));
    manager.onSubflowUp(connection, connection, subflow(5, FIRST, INITIAL));
    assertThat(connection.asked).isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  // RFC 8684 section 3.6: without flag T the path SHOULD NOT be tried again.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0", "0, 1, 0", "0, 2, 60", "0, 3, 60", "0, 4, 0", "0, 5, 0", "0, 6, 0", "0, 77, 0",
    "1, 0, 1", "1, 1, 1", "1, 2, 60", "1, 3, 60", "1, 4, 1", "1, 5, 60", "1, 6, 1", "1, 77, 1"
  })
  void obeysWhatThePeerSaysInItsReset(int flags, int reason, long seconds) {
    reset(flags, reason);
    assertThat(connection.asked).isEmpty();
    if (seconds == 0) {
      assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    } else {
      assertThat(sleep()).isEqualTo(seconds);
      assertThat(connection.asked).containsExactly("2 to 0");
    }
  }

  @Test
  void aPathThatWorkedForLongBeginsAnewAndOneThatDidNotGoesOn() {
    SubflowEnd refused = SubflowEnd.of(SubflowEnd.Cause.REFUSED);
    down(SECOND, INITIAL, refused);
    sleep();
    down(SECOND, INITIAL, refused);
    sleep();
    manager.onSubflowUp(connection, connection, subflow(5, SECOND, INITIAL));
    connection.nowNs += 59 * S;
    down(SECOND, INITIAL, refused);
    assertThat(sleep()).isEqualTo(4);
    manager.onSubflowUp(connection, connection, subflow(6, SECOND, INITIAL));
    connection.nowNs += 60 * S;
    down(SECOND, INITIAL, refused);
    assertThat(sleep()).isEqualTo(1);
  }

  @Test
  void aLinkThatComesUpIsUsedAtOnce() {
    timedOut(SECOND, INITIAL);
    connection.locals.remove(SECOND);
    manager.onLinkDown(connection, connection, SECOND.linkIndex());
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    connection.locals.add(SECOND);
    manager.onLinkUp(connection, connection, SIX.linkIndex());
    assertThat(connection.asked).isEmpty();
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    assertThat(connection.asked()).containsExactly("2 to 0");
    timedOut(SECOND, INITIAL);
    assertThat(sleep()).isEqualTo(1);
  }

  @Test
  void aLinkThatComesUpEndsEveryWait() {
    reset(0, PeerReset.MIDDLEBOX);
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    assertThat(connection.asked).containsExactly("2 to 0");
  }

  @Test
  void noPathIsOpenedTwice() {
    timedOut(SECOND, INITIAL);
    connection.subflow(SECOND, INITIAL);
    sleep();
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    timedOut(SECOND, INITIAL);
    assertThat(connection.asked).isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anAddressThatIsWithdrawnIsForgottenAndOneThatReturnsBeginsAnew() {
    connection.remotes.add(ANNOUNCED);
    connection.subflow(SECOND, INITIAL);
    timedOut(FIRST, ANNOUNCED);
    timedOut(SECOND, ANNOUNCED);
    connection.asked.clear();
    connection.remotes.clear();
    manager.onRemoveAddr(connection, connection, ANNOUNCED.id());
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    connection.remotes.add(ANNOUNCED);
    manager.onAddAddr(connection, connection, ANNOUNCED);
    assertThat(connection.asked).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void anAddressOfOursThatIsGoneIsForgotten() {
    timedOut(SECOND, INITIAL);
    connection.locals.remove(SECOND);
    manager.onLocalAddressGone(connection, connection, SECOND);
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    connection.locals.add(SECOND);
    manager.onLocalAddress(connection, connection, SECOND);
    assertThat(connection.asked).containsExactly("2 to 0");
  }

  @Test
  void aJoinThatCouldNotBeginIsTriedAgain() {
    manager.onJoinNotStarted(connection, connection, SECOND, INITIAL);
    assertThat(connection.asked).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(connection.asked).containsExactly("2 to 0");
  }

  @Test
  void whatIsRememberedIsBounded() {
    connection.joinToInitial = false;
    connection.locals.clear();
    for (int i = 0; i < 255; i++) {
      connection.locals.add(announced(ManagedConnection.local(i + 1, "10.9.0." + i)));
    }
    connection.remotes.add(ANNOUNCED);
    connection.remotes.add(INITIAL);
    connection.locals.forEach(local -> timedOut(local, ANNOUNCED));
    timedOut(connection.locals.get(0), INITIAL);
    connection.asked.clear();
    // What there is no room for is not tried, else it would be tried again and again.
    manager.onEstablished(connection, connection);
    assertThat(connection.asked).isEmpty();
    connection.remotes.remove(ANNOUNCED);
    manager.onRemoveAddr(connection, connection, ANNOUNCED.id());
    manager.onEstablished(connection, connection);
    assertThat(connection.asked).hasSize(254);
  }

  @Test
  void passiveEndNeitherJoinsNorWaits() {
    connection.passive = true;
    timedOut(SECOND, INITIAL);
    manager.onSubflowUp(connection, connection, subflow(1, SECOND, INITIAL));
    assertThat(connection.asked).isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void passiveEndAnnouncesWhatComesUpUnlessItIsUsed() {
    connection.passive = true;
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    assertThat(connection.asked()).containsExactly("announce 2");
    connection.subflow(SECOND, INITIAL);
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    assertThat(connection.asked).isEmpty();
  }

  @Test
  void anAddressThatIsAnnouncedAgainIsTriedAtOnceAlthoughItFailed() {
    connection.locals.remove(SECOND);
    connection.remotes.add(ANNOUNCED);
    manager.onAddAddrAgain(connection, connection, ANNOUNCED);
    assertThat(connection.asked()).isEmpty();
    for (int i = 0; i < 4; i++) {
      timedOut(FIRST, ANNOUNCED);
      sleep();
    }
    timedOut(FIRST, ANNOUNCED);
    connection.asked();
    connection.nowNs += 2 * S;
    manager.onAddAddrAgain(connection, connection, ANNOUNCED);
    assertThat(connection.asked()).containsExactly("1 to 4");
    timedOut(FIRST, ANNOUNCED);
    manager.onAddAddrAgain(connection, connection, ANNOUNCED);
    assertThat(connection.asked()).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(connection.asked()).containsExactly("1 to 4");
  }

  /** All paths there were are ruined by boxes, and the first was opened again. */
  private void ruined() {
    PmSubflow only = connection.subflows.get(0);
    connection.down(manager, only, SubflowEnd.of(SubflowEnd.Cause.PROTOCOL_ERROR));
    assertThat(connection.asked()).as("one at a time").containsExactly("2 to 0");
    timedOut(SECOND, INITIAL);
    sleep();
    assertThat(connection.asked()).containsExactly("1 to 0");
    manager.onSubflowUp(connection, connection, connection.subflow(FIRST, INITIAL));
    assertThat(connection.asked()).as("that one is enough").isEmpty();
  }

  @Test
  void afterBoxesRuinedAllPathsALinkThatComesUpIsUsed() {
    ruined();
    manager.onLinkUp(connection, connection, SECOND.linkIndex());
    assertThat(connection.asked()).containsExactly("2 to 0");
  }

  @Test
  void afterBoxesRuinedAllPathsOthersAreOpenedWhenOneHasWorkedForLong() {
    ruined();
    long waited = 0;
    while (connection.asked.isEmpty()) {
      waited += sleep();
    }
    assertThat(connection.asked()).containsExactly("2 to 0");
    assertThat(waited).isBetween(55L, 60L);
  }

  @Test
  void afterBoxesRuinedAllPathsNobodyIsWokenForNothing() {
    ruined();
    connection.locals.remove(SECOND);
    manager.onLocalAddressGone(connection, connection, SECOND);
    for (int i = 0; i < 3 && connection.wakeAtNs != Long.MAX_VALUE; i++) {
      sleep();
    }
    assertThat(connection.asked()).isEmpty();
    assertThat(connection.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whatEndsBecauseAnAddressIsGoneIsNoFailure() {
    connection.remotes.add(ANNOUNCED);
    PmSubflow old = connection.subflow(SECOND, ANNOUNCED);
    manager.onRemoveAddr(connection, connection, ANNOUNCED.id());
    RemoteAddress back = new RemoteAddress(7, ANNOUNCED.address(), ANNOUNCED.port());
    connection.remotes.set(0, back);
    manager.onAddAddr(connection, connection, back);
    connection.asked();
    connection.down(manager, old, ManagedConnection.resetWith(0, PeerReset.UNSPECIFIED));
    assertThat(connection.asked()).contains("2 to 7");
  }

  @Test
  void whereTheConnectionBeganIsAnnouncedWhenItIsBack() {
    connection.passive = true;
    manager.onLocalAddress(connection, connection, FIRST);
    assertThat(connection.asked()).isEmpty();
    connection.initialWithdrawn = true;
    manager.onLocalAddress(connection, connection, FIRST);
    assertThat(connection.asked()).containsExactly("announce 1");
  }
}
