package org.mptcp4j.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
  @Test
  void allowsABurstAndThenTheRate() {
    RateLimit limit = new RateLimit(10);
    assertThat(allowed(limit, 1_000_000_000L)).isEqualTo(10);
    assertThat(allowed(limit, 1_050_000_000L)).isZero();
    assertThat(allowed(limit, 1_300_000_000L)).isEqualTo(3);
    assertThat(allowed(limit, 90_000_000_000L)).isEqualTo(10);
    assertThat(allowed(new RateLimit(0), 5)).isZero();
  }

  private static int allowed(RateLimit limit, long nowNs) {
    int count = 0;
    for (int i = 0; i < 100; i++) {
      count += limit.allow(nowNs) ? 1 : 0;
    }
    return count;
  }
}
