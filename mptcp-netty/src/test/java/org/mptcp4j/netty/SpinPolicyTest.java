package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpinPolicyTest {
  private static final long DURATION_NS = 50_000;

  private final SpinPolicy policy = new SpinPolicy(DURATION_NS);
  private long nowNs = Long.MAX_VALUE - 60_000; // a clock that wraps round during the test

  private void spinInVain() {
    nowNs += DURATION_NS;
    assertThat(policy.goesOn(nowNs)).isFalse();
  }

  @Test
  void spinsForAsLongAsItWasTold() {
    assertThat(policy.packet(nowNs)).isTrue();
    assertThat(policy.goesOn(nowNs + DURATION_NS - 1)).isTrue();
    assertThat(policy.goesOn(nowNs + DURATION_NS)).isFalse();
    assertThat(policy.packet(nowNs + DURATION_NS + 1)).as("the next one").isTrue();
  }

  @Test
  void aPacketWhileItSpinsProlongsIt() {
    policy.packet(nowNs);
    nowNs += 30_000;
    assertThat(policy.packet(nowNs)).as("it spins already").isFalse();
    nowNs += 30_000;
    assertThat(policy.goesOn(nowNs)).isTrue();
    nowNs += 20_000;
    assertThat(policy.goesOn(nowNs)).isFalse();
  }

  @Test
  void stopsWhenItDoesNotPayAndTriesAgainLater() {
    int spins = 0;
    while (policy.packet(nowNs)) {
      spinInVain();
      spins++;
    }
    assertThat(spins).isEqualTo(8);
    int packets = 1;
    while (!policy.packet(nowNs)) {
      packets++;
    }
    assertThat(packets).isEqualTo(SpinPolicy.TRIAL - 1);
    nowNs += 10_000;
    policy.packet(nowNs); // the trial finds a packet
    spinInVain();
    assertThat(policy.packet(nowNs)).as("one success, one failure").isFalse();
  }

  @Test
  void goesOnWhenEverySecondSpinPays() {
    for (int i = 0; i < 1000; i++) {
      assertThat(policy.packet(nowNs)).isTrue();
      nowNs += 10_000;
      policy.packet(nowNs);
      spinInVain();
    }
  }

  @Test
  void neverWithoutDuration() {
    SpinPolicy never = new SpinPolicy(0);
    for (int i = 0; i < 1000; i++) {
      assertThat(never.packet(nowNs)).isFalse();
    }
  }
}
