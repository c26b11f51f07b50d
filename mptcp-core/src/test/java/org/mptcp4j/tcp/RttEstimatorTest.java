package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Section numbers are those of RFC 6298 where no other is named. */
class RttEstimatorTest {
  private static final long MS = 1_000_000L;

  private final TcpConfig config = TcpConfig.defaults();
  private final long initialNs = config.timeouts().initialRtoNs();
  private final long minNs = config.timeouts().minRtoNs();
  private final long maxNs = config.timeouts().maxRtoNs();
  private final RttEstimator rtt = new RttEstimator(initialNs);

  // Sections 2.2 and 2.3: SRTT <- R, RTTVAR <- R/2; then alpha = 1/8 and beta = 1/4; K = 4.
  @Test
  void theTimeoutFollowsTheMeasurements() {
    assertThat(rtt.rtoNs()).isEqualTo(initialNs);
    rtt.sample(0, 400 * MS, config);
    assertThat(rtt.srttNs()).isEqualTo(400 * MS);
    assertThat(rtt.rttVarNs()).isEqualTo(200 * MS);
    assertThat(rtt.rtoNs()).isEqualTo(1200 * MS);
    rtt.sample(0, 800 * MS, config);
    assertThat(rtt.srttNs()).isEqualTo(450 * MS);
    assertThat(rtt.rttVarNs()).isEqualTo(250 * MS);
    assertThat(rtt.rtoNs()).isEqualTo(1450 * MS);
    rtt.sample(0, 50 * MS, config);
    assertThat(rtt.srttNs()).isEqualTo(400 * MS);
    assertThat(rtt.rttVarNs()).isEqualTo(287_500_000);
    assertThat(rtt.minRttNs()).isEqualTo(50 * MS);
  }

  // Sections 2.4 and 2.5.
  @Test
  void theTimeoutHasBounds() {
    rtt.sample(0, MS, config);
    assertThat(rtt.rtoNs()).isEqualTo(MS + minNs);
    rtt.sample(0, maxNs, config);
    assertThat(rtt.rtoNs()).isEqualTo(maxNs);
  }

  @Test
  void aMeasurementOfNothingIsTheShortestThereIs() {
    rtt.sample(0, 0, config);
    assertThat(rtt.srttNs()).isEqualTo(1);
  }

  @Test
  void onAShortPathTheRestIsQueueing() {
    rtt.sample(0, 50 * MS, config);
    assertThat(rtt.pathRttNs()).isEqualTo(50 * MS);
    rtt.sample(0, 10 * MS, config);
    assertThat(rtt.srttNs()).isEqualTo(45 * MS);
    assertThat(rtt.pathRttNs()).isEqualTo(43 * MS);
  }

  // RFC 7323 section 4.1: an echoed timestamp is a measurement.
  @Test
  void anEchoIsAMeasurement() {
    rtt.echoed(0, 0, true, config);
    rtt.echoed(0, maxNs + 1, true, config);
    assertThat(rtt.srttNs()).isZero();
    rtt.echoed(0, 400 * MS, true, config);
    assertThat(rtt.srttNs()).isEqualTo(400 * MS);
    RttEstimator other = new RttEstimator(initialNs);
    other.echoed(0, maxNs, true, config);
    assertThat(other.srttNs()).isEqualTo(maxNs);
  }

  // Section 3, Karn's rule: what may belong to either transmission is none.
  @Test
  void anEchoFromBeforeATimeoutOnlyMakesTheTimeoutLongEnough() {
    rtt.echoed(0, 0, false, config);
    rtt.echoed(0, initialNs / 2, false, config);
    assertThat(rtt.rtoNs()).isEqualTo(initialNs);
    rtt.echoed(0, initialNs * 3 / 2, false, config);
    assertThat(rtt.rtoNs()).isEqualTo(initialNs * 3 / 2);
    rtt.echoed(0, 10 * initialNs, false, config);
    assertThat(rtt.rtoNs()).isEqualTo(2 * initialNs);
    assertThat(rtt.srttNs()).isZero();
  }

  // Section 5.7: 3 seconds when the SYN had to be sent again.
  @Test
  void aLostSynMakesTheFirstTimeoutLong() {
    rtt.afterSynLoss(config);
    assertThat(rtt.rtoNs()).isEqualTo(3 * initialNs);
  }

  // RFC 8985 section 6.2 step 1.
  @Test
  void theShortestIsForgottenWhenThePathHasBecomeLonger() {
    long second = 1000 * MS;
    long start = 1_000_000 * second + 7;
    rtt.sample(start, 10 * MS, config);
    for (long at = 0; at <= 140; at += 10) {
      rtt.sample(start + at * second, 50 * MS, config);
    }
    assertThat(rtt.minRttNs()).isEqualTo(10 * MS);
    for (long at = 150; at <= 310; at += 10) {
      rtt.sample(start + at * second, 60 * MS, config);
    }
    assertThat(rtt.minRttNs()).isBetween(50 * MS, 60 * MS);
    rtt.sample(start + 10_000 * second, 90 * MS, config);
    assertThat(rtt.minRttNs()).isEqualTo(90 * MS);
  }
}
