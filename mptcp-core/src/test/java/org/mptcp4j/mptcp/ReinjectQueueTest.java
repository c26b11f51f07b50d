package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ranges that go out again, in order, each once. */
class ReinjectQueueTest {
  private final ReinjectQueue queue = new ReinjectQueue();

  private List<String> drained() {
    List<String> ranges = new ArrayList<>();
    while (!queue.isEmpty()) {
      ranges.add(queue.source() + ": " + queue.start() + "-" + queue.end());
      queue.dropFirst();
    }
    return ranges;
  }

  @Test
  void aRangeThatContinuesTheLastIsJoinedToIt() {
    queue.add(0, 10, 1);
    queue.add(10, 20, 1);
    queue.add(20, 30, 2);
    assertThat(drained()).containsExactly("1: 0-20", "2: 20-30");
  }

  // A subflow that is silent again and again asks each time for all that it carries.
  @Test
  void aSubflowThatAsksAgainHoldsNoMoreThanItCarries() {
    for (int time = 0; time < 1_000; time++) {
      for (int source = 0; source < 2; source++) {
        queue.forget(source);
        for (int i = source; i < 20; i += 2) {
          queue.add(10 * i, 10 * i + 10, source);
        }
      }
    }
    assertThat(drained()).hasSize(20);
  }

  @Test
  void whatOthersAskedForStaysInOrder() {
    for (int i = 0; i < 9; i++) { // more than it has room for at first, and beyond its end
      queue.add(10 * i, 10 * i + 10, i % 3);
    }
    queue.taken(10);
    queue.forget(1);
    assertThat(drained())
        .containsExactly("2: 20-30", "0: 30-40", "2: 50-60", "0: 60-70", "2: 80-90");
  }

  @Test
  void whatIsAcknowledgedIsDropped() {
    queue.add(0, 10, 1);
    queue.add(20, 30, 1);
    queue.acknowledged(25);
    assertThat(drained()).containsExactly("1: 25-30");
  }
}
