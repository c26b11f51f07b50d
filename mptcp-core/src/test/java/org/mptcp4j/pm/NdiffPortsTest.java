package org.mptcp4j.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mptcp4j.pm.ManagedConnection.FIRST;
import static org.mptcp4j.pm.ManagedConnection.INITIAL;

import org.junit.jupiter.api.Test;

class NdiffPortsTest {
  private final ManagedConnection c = new ManagedConnection();

  @Test
  void joinsBetweenTheInitialAddressesOnly() {
    new NdiffPorts().onEstablished(c, c);
    assertThat(c.asked()).containsExactly("1 to 0");
    new NdiffPorts(4).onEstablished(c, c);
    assertThat(c.asked()).containsExactly("1 to 0", "1 to 0", "1 to 0");
    new NdiffPorts(1).onEstablished(c, c);
    assertThat(c.asked()).isEmpty();
  }

  @Test
  void theOtherEndDoesNothing() {
    c.passive = true;
    new NdiffPorts(4).onEstablished(c, c);
    assertThat(c.asked()).isEmpty();
  }

  // RFC 8684 section 3.1: flag C.
  @Test
  void obeysThePeersWishNotToBeJoinedAtItsInitialAddress() {
    c.joinToInitial = false;
    new NdiffPorts(4).onEstablished(c, c);
    assertThat(c.asked()).isEmpty();
  }

  @Test
  void oneThatFailsIsReplacedLessAndLessOften() {
    NdiffPorts manager = new NdiffPorts(2);
    manager.onEstablished(c, c);
    for (long wait : new long[] {1, 2, 4, 8, 16, 32, 64, 64}) {
      assertThat(c.asked()).containsExactly("1 to 0");
      c.timedOut(manager, FIRST, INITIAL);
      assertThat(c.asked()).isEmpty();
      assertThat(c.sleep(manager)).isEqualTo(wait);
    }
    assertThat(c.asked()).containsExactly("1 to 0");
    PmSubflow up = c.subflow(FIRST, INITIAL);
    manager.onSubflowUp(c, c, up);
    c.down(manager, up, SubflowEnd.of(SubflowEnd.Cause.RESET));
    assertThat(c.sleep(manager)).isEqualTo(1);
  }

  @Test
  void theInitialAddressThatComesBackIsUsedAtOnce() {
    NdiffPorts manager = new NdiffPorts(2);
    c.timedOut(manager, FIRST, INITIAL);
    manager.onLinkUp(c, c, FIRST.linkIndex());
    assertThat(c.asked()).containsExactly("1 to 0");
  }

  @Test
  void whatWasClosedInOrderOrRefusedForGoodIsNotReplaced() {
    NdiffPorts manager = new NdiffPorts(3);
    c.down(manager, c.subflow(FIRST, INITIAL), SubflowEnd.of(SubflowEnd.Cause.ENDED));
    c.down(
        manager, c.subflow(FIRST, INITIAL), ManagedConnection.resetWith(0, PeerReset.PROHIBITED));
    assertThat(c.wakeAtNs).isEqualTo(Long.MAX_VALUE);
    manager.onEstablished(c, c);
    assertThat(c.asked()).isEmpty();
  }

  @Test
  void aNumberWithoutTheFirstIsMisuse() {
    assertThatThrownBy(() -> new NdiffPorts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }
}
