package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The search for the largest packet: RFC 4821 section 7, RFC 8899 section 5.3. */
class MtuProbeTest {
  private static final long AGAIN = 600_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final MtuProbe probe = new MtuProbe(AGAIN);
  private long now = 5 * SECOND;
  private int sent;

  /** Sends the probe that is wanted; it is one segment at 1,000. */
  private int send(int mtu, int ceiling) {
    int size = probe.update(now, mtu, ceiling);
    if (size > 0) {
      probe.onSent(1_000, 1_000 + size);
      sent++;
    }
    return size;
  }

  /** Runs the search on a path that carries so much. Returns what it finds. */
  private int search(int from, int ceiling, int truth) {
    int mtu = from;
    for (int size = send(mtu, ceiling); size > 0; size = send(mtu, ceiling)) {
      assertThat(size).isBetween(mtu + 1, ceiling);
      if (size <= truth) {
        mtu = probe.succeeded(now);
        assertThat(mtu).isEqualTo(size);
      } else {
        probe.failed(now, mtu);
      }
    }
    return mtu;
  }

  @Test
  void everySizeIsFoundInFewProbes() {
    for (int ceiling : new int[] {1281, 1400, 1500, 9000, 65_535}) {
      for (int truth = 1280; truth <= ceiling; truth += 1 + ceiling / 500) {
        probe.begin(now);
        sent = 0;
        int found = search(1280, ceiling, truth);
        assertThat(found)
            .as("%s of %s", truth, ceiling)
            .isBetween(Math.max(1280, truth - 8), truth);
        assertThat(sent).as("probes for %s of %s", truth, ceiling).isLessThanOrEqualTo(17);
      }
    }
  }

  @Test
  void aPathThatWasOnlySilentTakesOneProbe() {
    probe.begin(now);
    assertThat(search(1280, 1500, 1500)).isEqualTo(1500);
    assertThat(sent).isEqualTo(1);
  }

  @Test
  void theSearchBeginsAnewAfterAWhile() {
    // RFC 8899 section 5.1.1: PMTU_RAISE_TIMER, 600 s.
    probe.begin(now);
    int found = search(1280, 1500, 1300);
    now += AGAIN - 1;
    assertThat(probe.update(now, found, 1500)).isZero();
    now += 1;
    assertThat(search(found, 1500, 1500)).isEqualTo(1500);
  }

  @Test
  void whatARouterSaidIsNotTriedForAWhile() {
    probe.passesExactly(now, 1300);
    assertThat(probe.update(now + AGAIN - 1, 1300, 1500)).isZero();
    assertThat(probe.update(now + AGAIN, 1300, 1500)).isEqualTo(1500);
  }

  @Test
  void oneProbeAtATime() {
    probe.begin(now);
    assertThat(send(1280, 1500)).isEqualTo(1500);
    assertThat(probe.isInFlight()).isTrue();
    assertThat(probe.update(now + 100 * AGAIN, 1280, 1500)).isZero();
  }

  @Test
  void otherLossesSayNothingAboutTheSize() {
    // RFC 4821 section 7.6.4: inconclusive, the same probe is sent again later.
    probe.begin(now);
    send(1280, 1500);
    probe.inconclusive(now, 1280);
    assertThat(probe.update(now, 1280, 1500)).isZero();
    assertThat(probe.update(now + SECOND, 1280, 1500)).isEqualTo(1500);
  }

  @Test
  void butThreeOfASizeAreEnough() {
    // RFC 8899 section 5.1.2: MAX_PROBES.
    probe.begin(now);
    for (int i = 0; i < 3; i++) {
      assertThat(send(1280, 1500)).isEqualTo(1500);
      probe.inconclusive(now, 1280);
      probe.inconclusive(now, 1280);
      now += SECOND;
    }
    assertThat(probe.update(now, 1280, 1500)).isEqualTo(1390);
  }

  @Test
  void aRouterThatSpeaksOfTheProbeEndsTheSearch() {
    probe.begin(now);
    send(1280, 1500);
    probe.onReport(999, 1000);
    probe.onReport(1_000, 1284);
    probe.failed(now, 1280);
    assertThat(probe.update(now + AGAIN - 1, 1280, 1500)).isZero();
  }

  @Test
  void aReportOfOtherPacketsDoesNot() {
    probe.begin(now);
    send(1280, 1500);
    probe.onReport(2_500, 1284);
    probe.onReport(1_000, 1500);
    probe.failed(now, 1280);
    assertThat(probe.update(now, 1280, 1500)).isEqualTo(1390);
  }
}
