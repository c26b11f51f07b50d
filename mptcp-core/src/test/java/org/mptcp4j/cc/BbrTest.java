package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.cc.TestFlow.MS;
import static org.mptcp4j.cc.TestFlow.MSS;

import org.junit.jupiter.api.Test;

/** Section numbers are those of draft-ietf-ccwg-bbr. */
class BbrTest {
  private static final long RTT_NS = 40 * MS;

  /** 10 MB/s: 400 segments in a round trip. */
  private static final long RATE = 10_000_000;

  private static final int ACKS = 20;
  private static final long BDP = RATE * RTT_NS / 1_000_000_000;

  private final TestFlow flow = new TestFlow();
  private long nowNs;
  private double inFlight;

  BbrTest() {
    flow.srttNs = RTT_NS;
    flow.start("bbr");
    inFlight = flow.cwndBytes();
  }

  /** Round trips on a path of that rate: what is in flight beyond the BDP waits in its queue. */
  private void roundTrips(int count, double lossRate) {
    for (int i = 0; i < count; i++) {
      flow.beginRound();
      for (int a = 0; a < ACKS; a++) {
        double delivered = Math.min(BDP, inFlight) / ACKS;
        double rttNs = Math.max(RTT_NS, inFlight * 1e9 / RATE);
        nowNs += RTT_NS / ACKS;
        inFlight -= delivered;
        flow.srttNs = (long) rttNs;
        flow.intervalNs = (long) rttNs;
        flow.delivered = (long) (delivered * ACKS * rttNs / RTT_NS);
        flow.lost = (int) (delivered * lossRate);
        flow.ack(nowNs, (int) (delivered * (1 - lossRate)), (int) inFlight);
        double paced = rate() * RTT_NS / 1e9 / ACKS;
        inFlight += Math.max(0, Math.min(flow.cwndBytes() - inFlight, paced));
      }
    }
  }

  private double rate() {
    return flow.control.pacingRateBytesPerSecond(flow.srttNs);
  }

  // Section 5.3.1: until the rate has not grown by a quarter in three rounds.
  @Test
  void startupFindsTheRate() {
    assertThat(flow.control.inSlowStart()).isTrue();
    roundTrips(15, 0);
    assertThat(flow.control.inSlowStart()).isFalse();
    roundTrips(5, 0);
    assertThat(rate()).isBetween(0.85 * RATE, 1.3 * RATE);
  }

  // Section 5.6.4.2: the window is the product of bandwidth and delay, times the gain.
  @Test
  void theWindowIsTwiceTheProductOfBandwidthAndDelayAtMost() {
    roundTrips(40, 0);
    assertThat((double) flow.cwndBytes()).isBetween(0.9 * BDP, 2.6 * BDP);
  }

  // Section 5.5.10.2: BBRLossThresh is 2 %.
  @Test
  void fewLossesChangeNothing() {
    roundTrips(60, 0.01);
    assertThat(rate()).isGreaterThan(0.8 * RATE);
  }

  // Section 5.3.1.3: startup ends when more is lost than that.
  @Test
  void manyLossesEndStartup() {
    roundTrips(4, 0.1);
    assertThat(flow.control.inSlowStart()).isFalse();
  }

  // Section 5.3.4.3: for 200 ms every five seconds half of the BDP is in flight, so that queues
  // drain.
  @Test
  void theShortestRoundTripIsLookedForEveryFiveSeconds() {
    roundTrips(10, 0);
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 300; i++) {
      roundTrips(1, 0);
      least = Math.min(least, flow.cwndBytes());
    }
    assertThat((double) least).isBetween(0.3 * BDP, 0.7 * BDP);
    assertThat(rate()).isGreaterThan(0.8 * RATE);
  }

  // Section 5.6.4.4: after a timeout one segment, and then the window again, because the model
  // stays.
  @Test
  void aTimeoutIsForgottenWhenDataIsDeliveredAgain() {
    roundTrips(20, 0);
    flow.control.onRto(nowNs, flow.cwndBytes());
    assertThat(flow.cwndBytes()).isEqualTo(MSS);
    roundTrips(12, 0);
    assertThat((double) flow.cwndBytes()).isGreaterThan(0.8 * BDP);
  }

  @Test
  void itIsPacedAndKeepsItsWindowAtALoss() {
    assertThat(flow.control.needsPacing()).isTrue();
    roundTrips(20, 0);
    int cwnd = flow.cwndBytes();
    flow.control.onLoss(nowNs, cwnd);
    assertThat(flow.cwndBytes()).isEqualTo(cwnd);
  }
}
