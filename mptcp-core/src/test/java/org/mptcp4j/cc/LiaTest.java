package org.mptcp4j.cc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.mptcp4j.cc.TestFlow.MS;
import static org.mptcp4j.cc.TestFlow.MSS;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Equations are those of RFC 6356 section 3. */
class LiaTest {

  private static final class Siblings implements CcGroup {
    private final List<TestFlow> flows = new ArrayList<>();

    @Override
    public int size() {
      return flows.size();
    }

    @Override
    public CcSubflow member(int index) {
      return flows.get(index);
    }

    TestFlow add(int cwndSegments, long rttNs) {
      TestFlow flow = new TestFlow();
      flow.srttNs = rttNs;
      flow.group = this;
      flows.add(flow);
      return flow.start("lia", cwndSegments, 1);
    }
  }

  private final Siblings group = new Siblings();

  /** Bytes by which the window grows when all of it is acknowledged. */
  private static int growthPerRoundTrip(TestFlow flow) {
    int before = flow.cwndBytes();
    for (int acked = 0; acked < before; acked += MSS) {
      flow.ack(0, MSS, before);
    }
    return flow.cwndBytes() - before;
  }

  // Goal 2 of section 1: two equal subflows grow together by half of what one TCP does, each by a
  // quarter, so that with losses half as frequent for each they take the share of one TCP.
  @Test
  void twoEqualSubflowsGrowByAQuarterOfASegmentEach() {
    TestFlow a = group.add(100, 40 * MS);
    TestFlow b = group.add(100, 40 * MS);
    assertThat(growthPerRoundTrip(a)).isCloseTo(MSS / 4, within(3));
    assertThat(growthPerRoundTrip(b)).isCloseTo(MSS / 4, within(3));
  }

  // Equation 2 with windows of 100 segments each, round trips of 20 and 100 ms.
  @Test
  void theAggressivenessIsThatOfEquationTwo() {
    TestFlow a = group.add(100, 20 * MS);
    TestFlow b = group.add(100, 100 * MS);
    double best = 100 / (20.0 * 20);
    double rate = 100 / 20.0 + 100 / 100.0;
    double alpha = 200 * best / (rate * rate);
    assertThat(growthPerRoundTrip(b)).isCloseTo((int) (alpha * 100 / 200 * MSS), within(15));
    assertThat(growthPerRoundTrip(a)).isCloseTo((int) (alpha * 100 / 200 * MSS), within(15));
  }

  // Equation 1: never more than a TCP on this path alone.
  @Test
  void aSmallWindowGrowsNoFasterThanOneTcp() {
    TestFlow small = group.add(10, 100 * MS);
    group.add(10, 10 * MS);
    assertThat(growthPerRoundTrip(small)).isLessThanOrEqualTo(MSS);
  }

  @Test
  void aloneItIsNewReno() {
    TestFlow only = group.add(20, 40 * MS);
    assertThat(growthPerRoundTrip(only)).isCloseTo(MSS, within(30));
  }

  @Test
  void siblingsThatCannotSendOrHaveNoRoundTripTimeDoNotCount() {
    TestFlow only = group.add(20, 40 * MS);
    group.add(1000, 0);
    group.add(1000, 1 * MS).canSend = false;
    assertThat(growthPerRoundTrip(only)).isCloseTo(MSS, within(30));
    only.srttNs = 0;
    assertThat(growthPerRoundTrip(only)).isCloseTo(MSS, within(60));
  }

  // RFC 6356 section 3: the threshold may fall to one segment when there is another path.
  @Test
  void theLeastThresholdIsOneSegmentBesideAnotherPath() {
    TestFlow a = group.add(2, 40 * MS);
    a.control.onLoss(0, 2 * MSS);
    assertThat(a.ssthreshBytes()).isEqualTo(2 * MSS);
    group.add(10, 40 * MS);
    a.control.onLoss(0, 2 * MSS);
    assertThat(a.ssthreshBytes()).isEqualTo(MSS);
  }

  @Test
  void lossHalvesTheWindowOfItsOwnSubflowOnly() {
    TestFlow a = group.add(100, 40 * MS);
    TestFlow b = group.add(100, 40 * MS);
    a.loseAndRecover(0);
    assertThat(a.cwndBytes()).isEqualTo(50 * MSS);
    assertThat(b.cwndBytes()).isEqualTo(100 * MSS);
  }

  // RFC 3168 section 6.1.2: a mark is answered as a loss is.
  @Test
  void marksHalveTheWindowToo() {
    TestFlow a = group.add(100, 40 * MS);
    a.control.onCongestionExperienced(0, 100 * MSS);
    assertThat(a.cwndBytes()).isEqualTo(50 * MSS);
  }
}
