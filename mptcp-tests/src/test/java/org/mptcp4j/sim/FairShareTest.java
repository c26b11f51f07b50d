package org.mptcp4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mptcp4j.api.MptcpMode;
import org.mptcp4j.api.SocketOptions;

/** Two TCP connections at one bottleneck: RFC 9438 sections 4.3 and 5.1, RFC 5681. */
class FairShareTest {
  private static final int SEEDS = Integer.getInteger("share.seeds", 3);
  private static final int SECONDS = Integer.getInteger("share.seconds", 30);
  private static final int WARM_UP_SECONDS = 10;

  private static SocketOptions tcp(String congestionControl) {
    return SocketOptions.builder()
        .mptcp(MptcpMode.DISABLED)
        .congestionControl(congestionControl)
        .build();
  }

  @ParameterizedTest
  @CsvSource({"cubic, cubic", "reno, reno"})
  void eachTakesItsShare(String one, String other) {
    double share =
        Bottleneck.median(
            SEEDS,
            seed -> {
              try (Bottleneck b = new Bottleneck(seed, 20)) {
                b.add(tcp(one), 1);
                b.add(tcp(other), 1);
                return b.share(WARM_UP_SECONDS, SECONDS);
              }
            });
    assertThat(share).isBetween(0.8, 1.25);
  }
}
