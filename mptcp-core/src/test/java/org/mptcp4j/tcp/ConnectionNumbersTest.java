package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.IpAddress;

/** Initial sequence numbers, ephemeral ports, round-trip estimation. */
class ConnectionNumbersTest {

  private static final IpAddress LOCAL = IpAddress.parse("192.0.2.1");
  private static final IpAddress REMOTE = IpAddress.parse("192.0.2.2");

  @Test
  void sipHashMatchesTheReference() {
    // Computed by a general implementation that meets the vector of the SipHash paper.
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertThat(
            hash.hash(
                0x0706050403020100L,
                0x0f0e0d0c0b0a0908L,
                0x1716151413121110L,
                0x1f1e1d1c1b1a1918L,
                0x2726252423222120L))
        .isEqualTo(0x0e3ea96b5304a7d0L);
  }

  @Test
  void issMovesWithTimeAndDiffersByTuple() {
    // RFC 6528 section 3: the timer moves by one every 4 microseconds.
    IssGenerator generator = new IssGenerator(new SplittableRandom(1));
    int a = generator.iss(0, LOCAL, 1, REMOTE, 2);
    assertThat(generator.iss(4_000, LOCAL, 1, REMOTE, 2)).isEqualTo(a + 1);
    assertThat(generator.iss(0, LOCAL, 1, REMOTE, 3)).isNotEqualTo(a);
    assertThat(new IssGenerator(new SplittableRandom(2)).iss(0, LOCAL, 1, REMOTE, 2))
        .isNotEqualTo(a);
  }

  @Test
  void timestampsOfEachConnectionBeginElsewhere() {
    // RFC 7323 section 7.
    IssGenerator generator = new IssGenerator(new SplittableRandom(1));
    FourTuple one = new FourTuple(LOCAL, 1, REMOTE, 2);
    int offset = generator.timestampOffset(one);
    assertThat(generator.timestampOffset(one)).isEqualTo(offset);
    assertThat(generator.timestampOffset(new FourTuple(LOCAL, 3, REMOTE, 2))).isNotEqualTo(offset);
    assertThat(generator.timestampOffset(new FourTuple(LOCAL, 1, REMOTE, 3))).isNotEqualTo(offset);
    assertThat(generator.timestampOffset(new FourTuple(REMOTE, 1, LOCAL, 2))).isNotEqualTo(offset);
    assertThat(new IssGenerator(new SplittableRandom(2)).timestampOffset(one)).isNotEqualTo(offset);
  }

  @Test
  void portsGoUpFromASecretPlaceAndRunOut() {
    // RFC 6056 section 3.3.4.
    EphemeralPorts ports = new EphemeralPorts(new SplittableRandom(1), 40_000, 40_099);
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      int port = ports.choose(LOCAL, REMOTE, 80, p -> !used.contains(p));
      assertThat(port).isBetween(40_000, 40_099);
      assertThat(used.add(port)).isTrue();
    }
    assertThat(ports.choose(LOCAL, REMOTE, 80, p -> !used.contains(p))).isEqualTo(-1);
    assertThatThrownBy(() -> new EphemeralPorts(new SplittableRandom(1), 9, 8))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theNextPortDoesNotFollowFromTheLast() {
    // RFC 6056 section 3.3.5.
    EphemeralPorts ports = new EphemeralPorts(new SplittableRandom(1));
    Set<Integer> steps = new HashSet<>();
    int last = ports.choose(LOCAL, REMOTE, 80, p -> true);
    for (int i = 0; i < 100; i++) {
      int port = ports.choose(LOCAL, REMOTE, 80, p -> true);
      steps.add(port - last);
      last = port;
    }
    assertThat(steps).hasSizeGreaterThan(70);
  }

  @Test
  void timeoutFollowsRoundTripAndVariation() {
    // RFC 6298 sections 2.2 and 2.3, with the minimum on the variation.
    TcpConfig config = TcpConfig.defaults();
    RttEstimator rtt = new RttEstimator(config.timeouts().initialRtoNs());
    assertThat(rtt.rtoNs()).isEqualTo(1_000_000_000L);
    rtt.sample(0, 400_000_000, config);
    assertThat(rtt.srttNs()).isEqualTo(400_000_000);
    assertThat(rtt.rttVarNs()).isEqualTo(200_000_000);
    assertThat(rtt.rtoNs()).isEqualTo(1_200_000_000);
    for (int i = 0; i < 200; i++) {
      rtt.sample(0, 100_000_000, config);
    }
    assertThat(rtt.rtoNs()).isBetween(300_000_000L, 301_000_000L);
    assertThat(rtt.minRttNs()).isEqualTo(100_000_000);
  }

  @Test
  void configurationSaysWhatIsWrong() {
    assertThatThrownBy(() -> TcpConfig.builder().mss(10).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mss must be");
    TcpConfig config = TcpConfig.builder().pacing(true).build();
    assertThat(config.withMss(1_440))
        .isEqualTo(TcpConfig.builder().mss(1_440).pacing(true).build());
  }
}
