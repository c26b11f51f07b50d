package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SourceRateLimitTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long ATTACKER = 0xffffL << 32 | 0xc6336401L;
  private static final long VICTIM = 0xffffL << 32 | 0xcb007107L;

  private final SourceRateLimit limit = new SourceRateLimit(1000, new SplittableRandom(3));

  private int allowed(long nowNs, long source, int asked) {
    int count = 0;
    for (int i = 0; i < asked; i++) {
      count += limit.allow(nowNs, 0, source, true) ? 1 : 0;
    }
    return count;
  }

  @Test
  void whatOneSourceCausesDoesNotShowAtAnother() {
    int undisturbed = allowed(0, ATTACKER, 2000);
    assertThat(undisturbed).isEqualTo(250);
    assertThat(allowed(10 * SECOND, VICTIM, 2000)).isEqualTo(250);
    assertThat(allowed(10 * SECOND, ATTACKER, 2000)).isEqualTo(undisturbed);
  }

  @Test
  void allTogetherAreBoundedByABudgetThatNobodyKnows() {
    Set<Integer> budgets = new HashSet<>();
    for (int second = 0; second < 20; second++) {
      int all = 0;
      for (int net = 0; net < 1000; net++) {
        all += allowed(10 * SECOND * second, ATTACKER + 256L * net, 10);
      }
      assertThat(all).isBetween(500, 1500);
      budgets.add(all);
    }
    assertThat(budgets).hasSizeGreaterThan(15);
  }

  @Test
  void smallLimitsHold() {
    SourceRateLimit none = new SourceRateLimit(0, new SplittableRandom(3));
    assertThat(none.allow(0, 0, ATTACKER, true)).isFalse();
    SourceRateLimit one = new SourceRateLimit(1, new SplittableRandom(3));
    assertThat(one.allow(0, 0, ATTACKER, true)).isTrue();
    assertThat(one.allow(0, 0, ATTACKER, true)).isFalse();
  }
}
