package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mptcp4j.wire.IpAddress;
import org.mptcp4j.wire.MpTcpRst;

class DefaultPathManagerTest {
  private static final long S = 1_000_000_000L;
  private static final LocalAddress FIRST = local(1, "10.0.0.1");
  private static final LocalAddress SECOND = local(2, "10.0.1.1");
  private static final LocalAddress SIX = local(3, "fd00::1");
  private static final RemoteAddress INITIAL =
      new RemoteAddress(0, IpAddress.parse("10.0.0.2"), 80);
  private static final RemoteAddress ANNOUNCED =
      new RemoteAddress(4, IpAddress.parse("10.0.1.2"), 80);

  private final List<String> asked = new ArrayList<>();
  private final List<RemoteAddress> remotes = new ArrayList<>();
  private final List<LocalAddress> locals = new ArrayList<>(List.of(FIRST, SECOND, SIX));
  private final List<PmSubflow> subflows = new ArrayList<>(List.of(subflow(0, FIRST, INITIAL)));
  private long nowNs = 5 * S;
  private long wakeAtNs = Long.MAX_VALUE;
  private boolean passive;
  private boolean joinToInitial = true;

  private static PmSubflow subflow(int id, LocalAddress local, RemoteAddress remote) {
    return new PmSubflow(
        id,
        local.id(),
        local.address(),
        40_000 + id,
        remote.id(),
        remote.address(),
        remote.port(),
        true,
        Priority.REGULAR,
        Priority.REGULAR);
  }

  private static LocalAddress local(int id, String address) {
    return new LocalAddress(id, IpAddress.parse(address), id, Priority.REGULAR, true);
  }

  private final PmView view =
      new PmView() {
        @Override
        public long nowNs() {
          return nowNs;
        }

        @Override
        public boolean passive() {
          return passive;
        }

        @Override
        public boolean joinToInitialAllowed() {
          return joinToInitial;
        }

        @Override
        public IpAddress initialLocal() {
          return FIRST.address();
        }

        @Override
        public RemoteAddress initialRemote() {
          return INITIAL;
        }

        @Override
        public List<LocalAddress> localAddresses() {
          return locals;
        }

        @Override
        public List<RemoteAddress> remoteAddresses() {
          return remotes;
        }

        @Override
        public List<PmSubflow> subflows() {
          return subflows;
        }

        @Override
        public PmLimits limits() {
          return PmLimits.DEFAULT;
        }
      };

  private final PmCommands commands =
      new PmCommands() {
        @Override
        public void join(
            LocalAddress local, int localPort, RemoteAddress remote, Priority priority) {
          asked.add(local.id() + " to " + remote.id());
        }

        @Override
        public void announce(LocalAddress address, int port) {
          asked.add("announce " + address.id());
        }

        @Override
        public void withdraw(int addressId) {
          asked.add("withdraw " + addressId);
        }

        @Override
        public void close(int subflowId) {
          asked.add("close " + subflowId);
        }

        @Override
        public void setPriority(int subflowId, Priority priority) {
          asked.add("priority " + subflowId);
        }

        @Override
        public void wakeAt(long timeNs) {
          wakeAtNs = timeNs;
        }
      };

  private final DefaultPathManager manager = new DefaultPathManager();

  @Test
  void joinsFromFurtherAddressesOfTheSameFamily() {
    manager.onEstablished(view, commands);
    assertThat(asked).containsExactly("2 to 0");
  }

  // RFC 8684 section 3.1: flag C.
  @Test
  void obeysThePeersWishNotToBeJoinedAtItsInitialAddress() {
    joinToInitial = false;
    manager.onEstablished(view, commands);
    assertThat(asked).isEmpty();
  }

  @Test
  void joinsEachAnnouncedAddressFromEachLocalOne() {
    remotes.add(ANNOUNCED);
    manager.onAddAddr(view, commands, ANNOUNCED);
    assertThat(asked).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void passiveEndAnnouncesAndDoesNotJoin() {
    passive = true;
    manager.onEstablished(view, commands);
    manager.onAddAddr(view, commands, ANNOUNCED);
    assertThat(asked).containsExactly("announce 2", "announce 3");
  }

  private void down(LocalAddress local, RemoteAddress remote, SubflowEnd end) {
    manager.onSubflowDown(view, commands, subflow(9, local, remote), end);
  }

  private void timedOut(LocalAddress local, RemoteAddress remote) {
    down(local, remote, SubflowEnd.of(SubflowEnd.Cause.TIMED_OUT));
  }

  private void reset(int flags, int reason) {
    MpTcpRst option = new MpTcpRst(flags, reason);
    down(SECOND, INITIAL, new SubflowEnd(SubflowEnd.Cause.RESET, Optional.of(option)));
  }

  /** Lets the time pass until the manager wants to be woken, and wakes it; seconds that took. */
  private long sleep() {
    assertThat(wakeAtNs).isGreaterThan(nowNs).isNotEqualTo(Long.MAX_VALUE);
    long seconds = (wakeAtNs - nowNs) / S;
    nowNs = wakeAtNs;
    wakeAtNs = Long.MAX_VALUE;
    manager.onTimeout(view, commands);
    return seconds;
  }

  private List<String> taken() {
    List<String> before = List.copyOf(asked);
    asked.clear();
    return before;
  }

  @Test
  void aPathThatFailsIsTriedAgainLessAndLessOften() {
    manager.onEstablished(view, commands);
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      assertThat(taken()).containsExactly("2 to 0");
      timedOut(SECOND, INITIAL);
      assertThat(asked).isEmpty();
      waits.add(sleep());
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @ParameterizedTest
  @EnumSource(
      value = SubflowEnd.Cause.class,
      names = {"TIMED_OUT", "UNREACHABLE", "REFUSED", "RESET", "PROTOCOL_ERROR"})
  void whateverTheErrorWasTheFirstSubflowIsTriedAgain(SubflowEnd.Cause cause) {
    subflows.set(0, subflow(1, SECOND, INITIAL));
    down(FIRST, INITIAL, SubflowEnd.of(cause));
    assertThat(asked).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(asked).containsExactly("1 to 0");
  }

  @Test
  void whatEndedInOrderIsNotOpenedAgain() {
    down(SECOND, INITIAL, SubflowEnd.of(SubflowEnd.Cause.ENDED));
    manager.onSubflowUp(view, commands, subflow(5, FIRST, INITIAL));
    assertThat(asked).isEmpty();
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  // RFC 8684 section 3.6: without flag T the path SHOULD NOT be tried again.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0", "0, 1, 0", "0, 2, 60", "0, 3, 60", "0, 4, 0", "0, 5, 0", "0, 6, 0", "0, 77, 0",
    "1, 0, 1", "1, 1, 1", "1, 2, 60", "1, 3, 60", "1, 4, 1", "1, 5, 60", "1, 6, 1", "1, 77, 1"
  })
  void obeysWhatThePeerSaysInItsReset(int flags, int reason, long seconds) {
    reset(flags, reason);
    assertThat(asked).isEmpty();
    if (seconds == 0) {
      assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
    } else {
      assertThat(sleep()).isEqualTo(seconds);
      assertThat(asked).containsExactly("2 to 0");
    }
  }

  @Test
  void aPathThatWorkedForLongBeginsAnewAndOneThatDidNotGoesOn() {
    timedOut(SECOND, INITIAL);
    sleep();
    timedOut(SECOND, INITIAL);
    sleep();
    manager.onSubflowUp(view, commands, subflow(5, SECOND, INITIAL));
    nowNs += 59 * S;
    timedOut(SECOND, INITIAL);
    assertThat(sleep()).isEqualTo(4);
    manager.onSubflowUp(view, commands, subflow(6, SECOND, INITIAL));
    nowNs += 60 * S;
    timedOut(SECOND, INITIAL);
    assertThat(sleep()).isEqualTo(1);
  }

  @Test
  void aLinkThatComesUpIsUsedAtOnce() {
    timedOut(SECOND, INITIAL);
    locals.remove(SECOND);
    manager.onLinkDown(view, commands, SECOND.linkIndex());
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
    locals.add(SECOND);
    manager.onLinkUp(view, commands, SIX.linkIndex());
    assertThat(asked).isEmpty();
    manager.onLinkUp(view, commands, SECOND.linkIndex());
    assertThat(taken()).containsExactly("2 to 0");
    timedOut(SECOND, INITIAL);
    assertThat(sleep()).isEqualTo(1);
  }

  @Test
  void aLinkThatComesUpEndsEveryWait() {
    reset(0, MpTcpRst.MIDDLEBOX);
    manager.onLinkUp(view, commands, SECOND.linkIndex());
    assertThat(asked).containsExactly("2 to 0");
  }

  @Test
  void noPathIsOpenedTwice() {
    timedOut(SECOND, INITIAL);
    subflows.add(subflow(3, SECOND, INITIAL));
    sleep();
    manager.onLinkUp(view, commands, SECOND.linkIndex());
    timedOut(SECOND, INITIAL);
    assertThat(asked).isEmpty();
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anAddressThatIsWithdrawnIsForgottenAndOneThatReturnsBeginsAnew() {
    remotes.add(ANNOUNCED);
    subflows.add(subflow(1, SECOND, INITIAL));
    timedOut(FIRST, ANNOUNCED);
    timedOut(SECOND, ANNOUNCED);
    asked.clear();
    remotes.clear();
    manager.onRemoveAddr(view, commands, ANNOUNCED.id());
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
    remotes.add(ANNOUNCED);
    manager.onAddAddr(view, commands, ANNOUNCED);
    assertThat(asked).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void anAddressOfOursThatIsGoneIsForgotten() {
    timedOut(SECOND, INITIAL);
    locals.remove(SECOND);
    manager.onLocalAddressGone(view, commands, SECOND);
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
    locals.add(SECOND);
    manager.onLocalAddress(view, commands, SECOND);
    assertThat(asked).containsExactly("2 to 0");
  }

  @Test
  void aJoinThatCouldNotBeginIsTriedAgain() {
    manager.onJoinNotStarted(view, commands, SECOND, INITIAL);
    assertThat(asked).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(asked).containsExactly("2 to 0");
  }

  @Test
  void whatIsRememberedIsBounded() {
    joinToInitial = false;
    locals.clear();
    for (int i = 0; i < 255; i++) {
      locals.add(local(i + 1, "10.9.0." + i));
    }
    remotes.add(ANNOUNCED);
    remotes.add(INITIAL);
    locals.forEach(local -> timedOut(local, ANNOUNCED));
    timedOut(locals.get(0), INITIAL);
    asked.clear();
    // What there is no room for is not tried, else it would be tried again and again.
    manager.onEstablished(view, commands);
    assertThat(asked).isEmpty();
    remotes.remove(ANNOUNCED);
    manager.onRemoveAddr(view, commands, ANNOUNCED.id());
    manager.onEstablished(view, commands);
    assertThat(asked).hasSize(254);
  }

  @Test
  void passiveEndNeitherJoinsNorWaits() {
    passive = true;
    timedOut(SECOND, INITIAL);
    manager.onSubflowUp(view, commands, subflow(1, SECOND, INITIAL));
    assertThat(asked).isEmpty();
    assertThat(wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void passiveEndAnnouncesWhatComesUpUnlessItIsUsed() {
    passive = true;
    manager.onLinkUp(view, commands, SECOND.linkIndex());
    assertThat(taken()).containsExactly("announce 2");
    subflows.add(subflow(1, SECOND, INITIAL));
    manager.onLinkUp(view, commands, SECOND.linkIndex());
    assertThat(asked).isEmpty();
  }

  @Test
  void anAddressThatIsAnnouncedAgainIsTriedAtOnceAlthoughItFailed() {
    locals.remove(SECOND);
    remotes.add(ANNOUNCED);
    manager.onAddAddrAgain(view, commands, ANNOUNCED);
    assertThat(taken()).isEmpty();
    for (int i = 0; i < 4; i++) {
      timedOut(FIRST, ANNOUNCED);
      sleep();
    }
    timedOut(FIRST, ANNOUNCED);
    taken();
    nowNs += 2 * S;
    manager.onAddAddrAgain(view, commands, ANNOUNCED);
    assertThat(taken()).containsExactly("1 to 4");
    timedOut(FIRST, ANNOUNCED);
    manager.onAddAddrAgain(view, commands, ANNOUNCED);
    assertThat(taken()).isEmpty();
    assertThat(sleep()).isEqualTo(1);
    assertThat(taken()).containsExactly("1 to 4");
  }
}
