package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mptcp4j.api.TcpOptions;
import org.mptcp4j.api.Timeouts;

/** What is believed of a path: RFC 1191, 8201, 4821 and 5927. */
class PathMtuTest {
  private static final long AGAIN = Timeouts.defaults().pathMtuSearchNs();

  private final PathMtu v4 = new PathMtu(TcpConfig.defaults(), true);
  private final PathMtu v6 = new PathMtu(TcpConfig.defaults().withMss(1440), false);
  private long now = 1_000_000_000L;

  /** A path on which a packet so large is in flight, and nothing was acknowledged yet. */
  private static PathMtu sent(PathMtu path, int size) {
    path.onSent(size, size);
    return path;
  }

  /** A path on which a packet so large has arrived, and another one is in flight. */
  private PathMtu proven(PathMtu path, int size) {
    path.onSent(2_000, size);
    path.onAck(now, 2_000, false);
    path.onSent(4_000, size);
    return path;
  }

  @Test
  void itBeginsWithTheMtuOfTheLink() {
    assertThat(v4.mtu()).isEqualTo(1500);
    assertThat(v6.mtu()).isEqualTo(1500);
    assertThat(v4.mss()).isEqualTo(1460);
    assertThat(v6.mss()).isEqualTo(1440);
    assertThat(v4.isNarrow()).isFalse();
    assertThat(v4.probe(now + 100 * AGAIN)).isZero();
  }

  @Test
  void aPeerThatTakesLessLimitsIt() {
    v4.onPeerMss(1000);
    assertThat(v4.mtu()).isEqualTo(1040);
    assertThat(v4.isNarrow()).isFalse();
  }

  @Test
  void aCredibleReportIsBelieved() {
    assertThat(sent(v4, 1500).onPacketTooBig(now, 1, 1300, 1500)).isTrue();
    assertThat(v4.mtu()).isEqualTo(1300);
    assertThat(sent(v6, 1500).onPacketTooBig(now, 1, 1280, 1500)).isTrue();
    assertThat(v6.mtu()).isEqualTo(1280);
    assertThat(v6.isNarrow()).isTrue();
  }

  @Test
  void theSameReportAboutManyPacketsIsOne() {
    sent(v4, 1500).onPacketTooBig(now, 1, 1300, 1500);
    assertThat(v4.onPacketTooBig(now, 1449, 1300, 1500)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 67, 1500, 1501, 9000, Integer.MAX_VALUE})
  void whatNoRouterCanMeanIsNot(int claimed) {
    // RFC 1191 section 3: not under 68; RFC 5927 section 7.2: not what was never exceeded.
    assertThat(sent(v4, 1500).onPacketTooBig(now, 1, claimed, 1500)).isFalse();
    assertThat(v4.mtu()).isEqualTo(1500);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 68, 552, 1279, 1500, 65_536})
  void overIpv6NothingUnder1280Is(int claimed) {
    // RFC 8201 section 4.
    assertThat(sent(v6, 1500).onPacketTooBig(now, 1, claimed, 1500)).isFalse();
    assertThat(v6.mtu()).isEqualTo(1500);
  }

  @Test
  void whoNeverSentALargePacketDidNotCauseTheError() {
    assertThat(v4.onPacketTooBig(now, 1, 1300, 1500)).isFalse();
    assertThat(sent(v4, 1000).onPacketTooBig(now, 1, 1300, 1500)).isFalse();
    assertThat(v4.mtu()).isEqualTo(1500);
  }

  @ParameterizedTest
  @ValueSource(ints = {68, 300, 551})
  void thereIsAFloor(int claimed) {
    assertThat(sent(v4, 1500).onPacketTooBig(now, 1, claimed, 1500)).isTrue();
    assertThat(v4.mtu()).isEqualTo(552);
    TcpConfig config = TcpConfig.builder().options(o -> o.leastPathMtu(576)).build();
    PathMtu other = sent(new PathMtu(config, true), 1500);
    other.onPacketTooBig(now, 1, claimed, 1500);
    assertThat(other.mtu()).isEqualTo(576);
  }

  @Test
  void anOldRouterLeavesTheNextSizeToUs() {
    // RFC 1191 section 5 and table 7-1: 1500, 1492, 1006, 508.
    sent(v4, 1500).onPacketTooBig(now, 1, 0, 1500);
    assertThat(v4.mtu()).isEqualTo(1492);
    // The other packets of the same flight.
    assertThat(v4.onPacketTooBig(now, 1449, 0, 1500)).isFalse();
    sent(v4, 1492).onPacketTooBig(now, 1, 0, 1492);
    assertThat(v4.mtu()).isEqualTo(1006);
    sent(v4, 1006).onPacketTooBig(now, 1, 0, 1006);
    assertThat(v4.mtu()).isEqualTo(552);
    assertThat(sent(v4, 552).onPacketTooBig(now, 1, 0, 552)).isFalse();
  }

  @Test
  void twoNarrowLinksAreFoundOneAfterTheOther() {
    sent(v4, 1500).onPacketTooBig(now, 1, 1400, 1500);
    assertThat(sent(v4, 1400).onPacketTooBig(now, 1, 1300, 1400)).isTrue();
    assertThat(v4.mtu()).isEqualTo(1300);
  }

  // ---- RFC 5927 section 7.2: an error about what has worked before waits for the loss.

  @Test
  void whereLargePacketsArrivedTheLossMustShow() {
    assertThat(proven(v4, 1500).onPacketTooBig(now, 2_000, 1300, 1500)).isFalse();
    assertThat(v4.mtu()).isEqualTo(1500);
    assertThat(v4.hasReports(2_000, Scoreboard.CLEAN)).isTrue();
    assertThat(v4.takeFirstReport(now)).isTrue();
    assertThat(v4.mtu()).isEqualTo(1300);
    assertThat(v4.hasReports(2_000, Scoreboard.CLEAN)).isFalse();
  }

  @Test
  void aReportAboutWhatArrivesIsForgotten() {
    proven(v4, 1500).onPacketTooBig(now, 2_000, 1300, 1500);
    v4.onAck(now, 3_448, false);
    assertThat(v4.hasReports(3_448, Scoreboard.CLEAN)).isFalse();
    assertThat(v4.mtu()).isEqualTo(1500);
  }

  /** One that is forged, about a packet that arrives, does not make one of a router ignored. */
  @Test
  void severalReportsWaitEachForItsPacket() {
    proven(v4, 1500);
    v4.onPacketTooBig(now, 2_000, 600, 1500);
    v4.onPacketTooBig(now, 3_448, 1300, 1500);
    assertThat(v4.hasReports(3_448, Scoreboard.CLEAN)).isTrue();
    assertThat(v4.takeFirstReport(now)).isTrue();
    assertThat(v4.mtu()).isEqualTo(1300);
  }

  // ---- RFC 4821 section 7.7: packets that vanish.

  @ParameterizedTest
  @CsvSource({"false,2", "true,3"})
  void timeoutsInARowMakeLargePacketsSuspect(boolean arrivedBefore, int timeouts) {
    PathMtu path = arrivedBefore ? proven(v4, 1500) : sent(v4, 1500);
    for (int i = 1; i < timeouts; i++) {
      path.onTimeout(now, 7, 1500);
      assertThat(path.mtu()).isEqualTo(1500);
    }
    path.onTimeout(now, 7, 1500);
    assertThat(path.mtu()).isEqualTo(1280);
    assertThat(path.probe(now)).isEqualTo(1500);
  }

  @Test
  void smallPacketsThatVanishSayNothing() {
    for (int i = 1; i < 15; i++) {
      sent(v4, 1280).onTimeout(now, 7, 1280);
    }
    assertThat(v4.mtu()).isEqualTo(1500);
  }

  @Test
  void norDoTimeoutsBetweenWhichSomethingArrived() {
    for (int i = 1; i < 15; i++) {
      sent(v4, 1500).onTimeout(now, i, 1500);
    }
    assertThat(v4.mtu()).isEqualTo(1500);
  }

  @Test
  void overIpv4ItGoesOnDownToTheFloor() {
    sent(v4, 1500);
    int[] expected = {1500, 1280, 1280, 1280, 1006, 552, 552};
    for (int i = 0; i < expected.length; i++) {
      v4.onTimeout(now, 7, v4.mtu());
      assertThat(v4.mtu()).as("after %s timeouts", i + 1).isEqualTo(expected[i]);
    }
  }

  @Test
  void overIpv6NotUnder1280() {
    sent(v6, 1500);
    for (int i = 1; i < 15; i++) {
      v6.onTimeout(now, 7, v6.mtu());
    }
    assertThat(v6.mtu()).isEqualTo(1280);
  }

  @Test
  void itCanBeLeftAlone() {
    TcpConfig config =
        TcpConfig.builder().options(o -> o.blackHoleMtu(TcpOptions.NO_BLACK_HOLES)).build();
    PathMtu path = sent(new PathMtu(config, true), 1500);
    for (int i = 1; i < 15; i++) {
      path.onTimeout(now, 7, 1500);
    }
    assertThat(path.mtu()).isEqualTo(1500);
  }

  // ---- probes

  /** Large packets vanish, so that 1280 is what passes. */
  private void vanished() {
    sent(v4, 1500).onTimeout(now, 7, 1500);
    v4.onTimeout(now, 7, 1500);
  }

  @Test
  void afterAWhileALargerPacketIsTried() {
    sent(v4, 1500).onPacketTooBig(now, 1, 1300, 1500);
    assertThat(v4.probe(now + AGAIN - 1)).isZero();
    now += AGAIN;
    assertThat(v4.probe(now)).isEqualTo(1500);
    v4.onProbeSent(10_000, 11_448);
    assertThat(v4.onAck(now, 11_447, false)).isZero();
    assertThat(v4.onAck(now, 11_448, false)).isEqualTo(TcpNotice.MTU_PROBE_SUCCEEDED);
    assertThat(v4.mtu()).isEqualTo(1500);
    assertThat(v4.isNarrow()).isFalse();
  }

  @Test
  void probesHaveAnUpperBound() {
    PathMtu path = new PathMtu(TcpConfig.defaults().withMss(65_495), true);
    sent(path, 65_535).onTimeout(now, 7, 65_535);
    path.onTimeout(now, 7, 65_535);
    assertThat(path.probe(now)).isEqualTo(32_000);
  }

  @Test
  void aProbeThatAloneIsLostFailed() {
    vanished();
    assertThat(v4.probe(now)).isEqualTo(1500);
    v4.onProbeSent(10_000, 11_448);
    assertThat(v4.onAck(now, 10_000, true)).isEqualTo(TcpNotice.MTU_PROBE_FAILED);
    assertThat(v4.mtu()).isEqualTo(1280);
    assertThat(v4.probe(now)).isEqualTo(1390);
  }

  @Test
  void aProbeAmongOtherLossesDidNot() {
    vanished();
    v4.probe(now);
    v4.onProbeSent(10_000, 11_448);
    assertThat(v4.onAck(now, 8_000, true)).isZero();
    // Sent again in smaller segments, its acknowledgement says nothing.
    assertThat(v4.onAck(now, 12_000, false)).isZero();
    assertThat(v4.mtu()).isEqualTo(1280);
    assertThat(v4.probe(now + 1_000_000_000L)).isEqualTo(1500);
  }

  @Test
  void aReportAboutAProbeDoesNotMakeOthersSmaller() {
    sent(v4, 1500).onPacketTooBig(now, 1, 1300, 1500);
    now += AGAIN;
    v4.probe(now);
    v4.onProbeSent(10_000, 11_448);
    assertThat(v4.onPacketTooBig(now, 10_000, 1300, 1500)).isFalse();
    v4.onAck(now, 10_000, true);
    assertThat(v4.mtu()).isEqualTo(1300);
    assertThat(v4.probe(now + AGAIN - 1)).isZero();
  }

  @Test
  void whatAnotherConnectionFoundIsTheBeginning() {
    v4.begin(now, 1300);
    assertThat(v4.mtu()).isEqualTo(1300);
    assertThat(v4.probe(now + AGAIN - 1)).isZero();
    assertThat(v4.probe(now + AGAIN)).isEqualTo(1500);
    v6.begin(now, PathMtuCache.UNKNOWN);
    assertThat(v6.isNarrow()).isFalse();
  }
}
