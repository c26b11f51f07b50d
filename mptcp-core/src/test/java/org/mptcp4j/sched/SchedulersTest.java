package org.mptcp4j.sched;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SchedulersTest {
  @Test
  void byName() {
    assertThat(Schedulers.names()).containsExactly("lowest-rtt", "redundant");
    assertThat(Schedulers.byName("redundant")).isInstanceOf(Redundant.class);
    assertThat(Schedulers.byName(Schedulers.DEFAULT)).isInstanceOf(LowestRtt.class);
  }

  @Test
  void anUnknownNameFailsAtOnce() {
    assertThatThrownBy(() -> Schedulers.byName("fastest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown scheduler 'fastest': choose one of [lowest-rtt, redundant]");
  }
}
