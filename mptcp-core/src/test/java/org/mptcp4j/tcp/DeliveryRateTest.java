package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mptcp4j.cc.RateSample;

/** Section numbers are those of draft-cheng-iccrg-delivery-rate-estimation-02. */
class DeliveryRateTest {
  private static final long MS = 1_000_000L;
  private static final int KB = 1000;

  private final SendTimes times = new SendTimes();
  private RateSample sample;
  private long una = 1;
  private long nxt = 1;

  private void send(long nowNs, int bytes) {
    nxt += bytes;
    times.onSent(nowNs, nxt);
  }

  private void ack(long nowNs, int bytes) {
    ack(nowNs, bytes, bytes, 0);
  }

  private void ack(long nowNs, int bytes, int fresh, long minRttNs) {
    una += bytes;
    times.rate().begin();
    times.delivered(una - 1);
    times.onAcked(una);
    sample = times.rate().sample(nowNs, bytes, fresh, nxt - una + bytes, 0, 0, minRttNs);
  }

  /** A selective acknowledgement of what ends there, all of which is news. */
  private void sack(long nowNs, long end, int bytes) {
    times.rate().begin();
    times.delivered(end - 1);
    sample = times.rate().sample(nowNs, 0, bytes, nxt - una, 0, 0, 0);
  }

  // Section 2.2: delivery_rate = data_acked / ack_elapsed.
  @Test
  void oneFlightIsDeliveredInItsRoundTrip() {
    send(0, 10 * KB);
    ack(20 * MS, 10 * KB);
    assertThat(sample.deliveredBytes()).isEqualTo(10 * KB);
    assertThat(sample.intervalNs()).isEqualTo(20 * MS);
    assertThat(sample.rttNs()).isEqualTo(20 * MS);
    assertThat(sample.bytesPerSecond()).isEqualTo(500 * KB);
    assertThat(sample.totalDeliveredBytes()).isEqualTo(10 * KB);
    assertThat(sample.priorDeliveredBytes()).isZero();
  }

  @Test
  void theRateOfAFullPipeIsThatOfTheBottleneck() {
    for (int i = 0; i < 20; i++) {
      send(i * MS, KB);
    }
    for (int i = 20; i < 60; i++) {
      ack(i * MS, KB);
      send(i * MS, KB);
      assertThat(sample.deliveredBytes()).isBetween(1L, 21L * KB);
      if (i >= 40) {
        assertThat(sample.bytesPerSecond()).isEqualTo(1000 * KB);
        assertThat(sample.rttNs()).isEqualTo(20 * MS);
      }
    }
  }

  // Section 2.2.2: acknowledgements that come compressed do not show a rate above the send rate.
  @Test
  void acknowledgementsAtOnceAreMeasuredByTheTimeOfSending() {
    send(0, KB);
    ack(10 * MS, KB);
    for (int i = 0; i < 10; i++) {
      send((10 + 10 * i) * MS, KB);
    }
    for (int i = 0; i < 10; i++) {
      ack(150 * MS + i, KB);
    }
    assertThat(sample.intervalNs()).isGreaterThanOrEqualTo(90 * MS);
    assertThat(sample.bytesPerSecond()).isLessThanOrEqualTo(110 * KB);
  }

  @Test
  void aPartOfASuperSegmentIsASample() {
    send(0, 60 * KB);
    ack(10 * MS, 20 * KB);
    assertThat(sample.rttNs()).isEqualTo(10 * MS);
    assertThat(sample.deliveredBytes()).isEqualTo(20 * KB);
    ack(12 * MS, 40 * KB);
    assertThat(sample.rttNs()).isEqualTo(12 * MS);
    assertThat(sample.deliveredBytes()).isEqualTo(60 * KB);
    assertThat(sample.intervalNs()).isEqualTo(12 * MS);
  }

  @Test
  void selectiveAcknowledgementsAreSamples() {
    for (int i = 0; i < 5; i++) {
      send(i * MS, KB);
    }
    sack(12 * MS, 1 + 3 * KB, 2 * KB);
    assertThat(sample.rttNs()).isEqualTo(10 * MS);
    assertThat(sample.deliveredBytes()).isEqualTo(2 * KB);
    sack(13 * MS, 1 + 4 * KB, KB);
    assertThat(sample.rttNs()).isEqualTo(10 * MS);
    assertThat(sample.deliveredBytes()).isEqualTo(3 * KB);
  }

  // As Linux: the rate that holds is the newest, but an application that pauses makes it no lower.
  @Test
  void theRateThatHoldsIsNotThatOfAPause() {
    assertThat(times.rate().keptBytesPerSecond()).isZero();
    send(0, 10 * KB);
    ack(10 * MS, 10 * KB);
    assertThat(times.rate().keptBytesPerSecond()).isEqualTo(1000 * KB);
    send(10 * MS, KB);
    times.onAppLimited(KB);
    ack(20 * MS, KB); // sent before the pause
    assertThat(times.rate().keptBytesPerSecond()).isEqualTo(100 * KB);
    assertThat(times.rate().isPaused()).isFalse();

    times.onAppLimited(0);
    send(20 * MS, KB / 2);
    ack(30 * MS, KB / 2);
    assertThat(times.rate().keptBytesPerSecond()).isEqualTo(100 * KB);
    assertThat(times.rate().isPaused()).isFalse();

    times.onAppLimited(0);
    send(30 * MS, 2 * KB);
    ack(40 * MS, 2 * KB);
    assertThat(times.rate().keptBytesPerSecond()).isEqualTo(200 * KB);
    assertThat(times.rate().isPaused()).isTrue();
  }

  // Karn's rule: nobody knows which transmission of it arrived.
  @Test
  void whatWasSentAgainIsDeliveredButNoSample() {
    send(0, KB);
    ack(10 * MS, KB);
    send(20 * MS, KB);
    una += KB;
    times.rate().begin();
    times.onAcked(una);
    sample = times.rate().sample(60 * MS, KB, KB, KB, 0, 0, 0);
    assertThat(sample.rttNs()).isZero();
    assertThat(sample.intervalNs()).isZero();
    assertThat(sample.deliveredBytes()).isZero();
    assertThat(sample.priorDeliveredBytes()).isNegative();
    assertThat(sample.totalDeliveredBytes()).isEqualTo(2 * KB);
  }

  // Section 3.3: an interval under the smallest round trip is no sample of the rate.
  @Test
  void anIntervalShorterThanAnyRoundTripIsNoSample() {
    send(0, KB);
    ack(22 * MS, KB, KB, 25 * MS);
    assertThat(sample.intervalNs()).isZero();
    assertThat(sample.bytesPerSecond()).isZero();
  }

  // Section 3.4: samples are marked until what was in flight when data ran out is delivered.
  @Test
  void whatIsSentWhileTheApplicationHasNothingMoreIsMarked() {
    send(0, KB);
    times.onAppLimited(KB);
    send(MS, KB);
    ack(10 * MS, KB);
    assertThat(sample.appLimited()).isFalse();
    ack(11 * MS, KB);
    assertThat(sample.appLimited()).isTrue();
    send(20 * MS, KB);
    ack(30 * MS, KB);
    assertThat(sample.appLimited()).isFalse();
  }

  @Test
  void aConnectionThatHasSentNothingIsNotLimited() {
    times.onAppLimited(0);
    send(0, KB);
    ack(10 * MS, KB);
    assertThat(sample.appLimited()).isFalse();
  }

  // RFC 7661 section 4.2: what is used of a window is the largest flight of a round trip.
  @Test
  void theLargestFlightOfARoundTripIsRemembered() {
    send(0, 10 * KB);
    times.rate().onFlight(una, nxt, 10 * KB);
    ack(10 * MS, 8 * KB);
    send(10 * MS, KB);
    times.rate().onFlight(una, nxt, 3 * KB);
    ack(11 * MS, KB);
    assertThat(sample.peakInFlightBytes()).isEqualTo(10 * KB);
    ack(12 * MS, 2 * KB);
    send(20 * MS, 4 * KB);
    times.rate().onFlight(una, nxt, 4 * KB);
    ack(30 * MS, 4 * KB);
    assertThat(sample.peakInFlightBytes()).isEqualTo(4 * KB);
  }

  @Test
  void whatJoinsAFullRingCountsAsSentLast() {
    for (int i = 0; i < SendTimes.MOST + 10; i++) {
      send(i, KB);
    }
    ack(10 * MS, (SendTimes.MOST + 5) * KB);
    assertThat(sample.rttNs()).isEqualTo(10 * MS - SendTimes.MOST - 9);
    ack(11 * MS, 5 * KB);
    assertThat(una).isEqualTo(nxt);
    send(20 * MS, KB);
    ack(30 * MS, KB);
    assertThat(sample.rttNs()).isEqualTo(10 * MS);
    assertThat(sample.totalDeliveredBytes()).isEqualTo((SendTimes.MOST + 11L) * KB);
  }
}
