package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LargestHoldersTest {
  private static final long NOW_NS = 5_000_000_000L;

  /** Else every packet of a peer could ask for a walk over all connections. */
  @Test
  void allConnectionsAreLookedAtOnceInAWhile() {
    LargestHolders largest = new LargestHolders(new ConnectionNodes());
    assertThat(largest.isDue(NOW_NS)).isTrue();
    largest.look(NOW_NS);
    assertThat(largest.take()).isEmpty();
    assertThat(largest.isDue(NOW_NS + 999_999)).isFalse();
    assertThat(largest.isDue(NOW_NS + 1_000_000)).isTrue();
  }

  @Test
  void theMoreThereAreTheLongerItTakesUntilTheNextLook() {
    ConnectionNodes nodes = new ConnectionNodes();
    for (int i = 0; i < 3_000; i++) {
      nodes.add(new ConnectionNode(null), null);
    }
    LargestHolders largest = new LargestHolders(nodes);
    largest.look(NOW_NS);
    assertThat(largest.isDue(NOW_NS + 2_999_999)).isFalse();
    assertThat(largest.isDue(NOW_NS + 3_000_000)).isTrue();
  }
}
