package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;

/**
 * Two TCP connections at one bottleneck: RFC 9438 sections 4.3 and 5.1, RFC 5681. A longer form:
 * {@code -Dshare.seeds=20 -Dshare.seconds=120}.
 */
class FairShareTest {
  private static final int SEEDS = Integer.getInteger("share.seeds", 4);
  private static final int SECONDS = Integer.getInteger("share.seconds", 30);
  private static final int RATE_MB = 10;
  private static final int WARM_UP_SECONDS = 10;

  private static SocketOptions tcp(String congestionControl) {
    return SocketOptions.builder()
        .mptcp(MptcpMode.DISABLED)
        .congestionControl(congestionControl)
        .build();
  }

  /** What one gets over what the other gets, in all runs together; each begins in half of them. */
  private static double share(String one, String other) {
    double ofOne = 0;
    double ofOther = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      int first = seed % 2;
      try (Bottleneck b = new Bottleneck(seed, RATE_MB)) {
        b.add(tcp(first == 0 ? one : other), 1);
        b.add(tcp(first == 0 ? other : one), 1);
        b.received(WARM_UP_SECONDS);
        long[] got = b.received(SECONDS);
        ofOne += got[first];
        ofOther += got[1 - first];
      }
    }
    return ofOne / ofOther;
  }

  @ParameterizedTest
  @CsvSource({"cubic, cubic", "reno, reno"})
  void twoOfAKindTakeTheSame(String one, String other) {
    assertThat(share(one, other)).isBetween(0.8, 1.25);
  }

  // RFC 9438 section 4.3 makes the averages equal when both lose packets as often as they send. A
  // full queue drops what comes on top of it: who grows more slowly, as CUBIC does there, loses
  // less.
  @Test
  void cubicTakesLittleMoreThanReno() {
    assertThat(share("cubic", "reno")).isBetween(0.8, 1.6);
  }
}
