package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.pm.ManagedConnection.ANNOUNCED;
import static org.mptcp4j.pm.ManagedConnection.INITIAL;
import static org.mptcp4j.pm.ManagedConnection.SECOND;
import static org.mptcp4j.pm.ManagedConnection.SIX;

import org.junit.jupiter.api.Test;

class FullMeshTest {
  private final ManagedConnection c = new ManagedConnection();
  private final FullMesh manager = new FullMesh();

  @Test
  void joinsEveryPairOfOneFamily() {
    manager.onEstablished(c, c);
    assertThat(c.asked()).containsExactly("2 to 0");
    c.subflow(SECOND, INITIAL);
    c.remotes.add(ANNOUNCED);
    manager.onAddAddr(c, c, ANNOUNCED);
    assertThat(c.asked()).containsExactly("1 to 4", "2 to 4");
  }

  // RFC 8684 section 3.1: flag C.
  @Test
  void leavesTheInitialAddressAloneWhenThePeerWishesSo() {
    c.joinToInitial = false;
    manager.onEstablished(c, c);
    assertThat(c.asked()).isEmpty();
    c.remotes.add(ANNOUNCED);
    manager.onAddAddr(c, c, ANNOUNCED);
    assertThat(c.asked()).containsExactly("1 to 4", "2 to 4");
  }

  @Test
  void theOtherEndAnnouncesEveryAddressThatThePeerDoesNotKnow() {
    c.passive = true;
    manager.onEstablished(c, c);
    assertThat(c.asked()).containsExactly("announce 2", "announce 3");
    c.subflow(SECOND, INITIAL);
    manager.onLinkUp(c, c, SECOND.linkIndex());
    assertThat(c.asked()).isEmpty();
    manager.onLinkUp(c, c, SIX.linkIndex());
    assertThat(c.asked()).containsExactly("announce 3");
  }

  @Test
  void aPairThatFailsIsTriedAgainAfterAWhile() {
    manager.onEstablished(c, c);
    for (long wait : new long[] {1, 2, 2}) {
      assertThat(c.asked()).containsExactly("2 to 0");
      c.timedOut(manager, SECOND, INITIAL);
      assertThat(c.asked()).isEmpty();
      assertThat(c.sleep(manager)).isEqualTo(wait);
    }
    assertThat(c.asked()).containsExactly("2 to 0");
    manager.onJoinNotStarted(c, c, SECOND, INITIAL);
    assertThat(c.wakeAtNs).isEqualTo(c.nowNs + 8 * ManagedConnection.S);
  }

  @Test
  void aPairIsTriedAtOnceWhenItsAddressComesBack() {
    c.timedOut(manager, SECOND, INITIAL);
    assertThat(c.asked()).isEmpty();
    manager.onLinkUp(c, c, SECOND.linkIndex());
    assertThat(c.asked()).containsExactly("2 to 0");
  }

  // RFC 8684 section 3.6: a permanent reason.
  @Test
  void aPairThatThePeerRefusesForGoodRests() {
    c.down(
        manager,
        c.subflow(SECOND, INITIAL),
        ManagedConnection.resetWith(0, PeerReset.UNACCEPTABLE_PERFORMANCE));
    assertThat(c.asked()).isEmpty();
    assertThat(c.wakeAtNs).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anAddressThatIsAnnouncedAgainIsTriedAgainButNotMoreOftenThanEachSecond() {
    c.locals.remove(SECOND);
    c.remotes.add(ANNOUNCED);
    c.timedOut(manager, ManagedConnection.FIRST, ANNOUNCED);
    c.nowNs += ManagedConnection.S;
    c.timedOut(manager, ManagedConnection.FIRST, ANNOUNCED);
    assertThat(c.asked()).isEmpty();
    assertThat(c.wakeAtNs).isEqualTo(c.nowNs + 2 * ManagedConnection.S);
    manager.onAddAddrAgain(c, c, ANNOUNCED);
    assertThat(c.asked()).isEmpty();
    assertThat(c.sleep(manager)).isEqualTo(1);
    assertThat(c.asked()).containsExactly("1 to 4");
  }
}
