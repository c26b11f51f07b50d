package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.3.1: mappings of what is sent. */
class TxMappingsTest {
  @Test
  void findsAcrossWrapAndGrowthUntilAcknowledged() {
    TxMappings mappings = TxMappings.begin(5000);
    int first = Integer.MAX_VALUE - 1000;
    for (int i = 0; i < 100; i++) {
      mappings.add(first + 100 * i, 100, 5000 + 1000L * i, i);
    }
    for (int i = 99; i >= 0; i--) {
      int p = mappings.find(first + 100 * i + 99);
      assertThat(mappings.dsn(p)).isEqualTo(5000 + 1000L * i);
      assertThat(mappings.checksum(p)).isEqualTo(i);
    }
    assertThat(mappings.find(first - 1)).isEqualTo(-1);
    mappings.acknowledged(first + 950);
    assertThat(mappings.size()).isEqualTo(91);
    assertThat(mappings.find(first + 850)).isEqualTo(-1);
    assertThat(mappings.carriedUntil(5000 + 9000L + 99)).isEqualTo(5000 + 9000L + 100);
    assertThat(mappings.carriedUntil(5000 + 9000L + 100)).isEqualTo(5000 + 9000L + 100);
  }

  @Test
  void carriesWhatFollowsInSeveralMappings() {
    TxMappings mappings = TxMappings.begin(5000);
    mappings.add(1, 100, 5000, 0);
    mappings.add(101, 50, 7000, 0);
    mappings.add(151, 100, 5100, 0);
    assertThat(mappings.carriedUntil(5020)).isEqualTo(5200);
    assertThat(mappings.carriedUntil(5200)).isEqualTo(5200);
  }

  // RFC 8684 section 3.7: an infinite mapping wants what is outstanding to be contiguous.
  @Test
  void knowsWhatIsContiguous() {
    assertThat(TxMappings.NONE.isContiguous(70, 70)).isTrue();
    assertThat(TxMappings.NONE.isContiguous(70, 90)).isFalse();
    assertThat(TxMappings.NONE.contiguousEnd(70)).isEqualTo(70);
    TxMappings mappings = TxMappings.begin(0);
    mappings.add(1, 100, 5_000, 0);
    mappings.add(101, 100, 5_100, 0);
    assertThat(mappings.isContiguous(5_000, 5_200)).isTrue();
    assertThat(mappings.isContiguous(4_999, 5_200)).as("some of it was lost elsewhere").isFalse();
    assertThat(mappings.isContiguous(5_150, 6_000)).as("some of it follows").isTrue();
    assertThat(mappings.contiguousEnd(6_000)).isEqualTo(5_200);
    // What was left out is acknowledged: only what follows counts.
    mappings.add(201, 100, 5_300, 0);
    assertThat(mappings.isContiguous(5_200, 5_400)).isFalse();
    assertThat(mappings.isContiguous(5_300, 5_400)).isTrue();
    // What goes out twice may be taken for the first.
    mappings.add(301, 50, 5_350, 0);
    assertThat(mappings.isContiguous(5_350, 5_400)).isFalse();
  }

  @Test
  void mappingsToBeToldStayUntilTheDataLevelHasThem() {
    TxMappings mappings = TxMappings.begin(0);
    mappings.add(1, 100, 5_000, 0);
    mappings.add(101, 100, 5_100, 0);
    mappings.acknowledged(201, 5_000);
    assertThat(mappings.size()).isEqualTo(2);
    assertThat(mappings.allArrived()).isTrue();
    assertThat(mappings.carries(5_050)).as("TCP will not send it again").isFalse();
    mappings.acknowledged(201, 5_100);
    assertThat(mappings.size()).isEqualTo(1);
    assertThat(mappings.dsn(0)).isEqualTo(5_100);
    mappings.acknowledged(201);
    assertThat(mappings.size()).isZero();
  }

  @Test
  void knowsWhatIsCarriedAndHowFarItEverWent() {
    assertThat(TxMappings.NONE.carries(0)).isFalse();
    long first = Long.MAX_VALUE - 120; // data sequence numbers wrap
    TxMappings mappings = TxMappings.begin(first);
    assertThat(mappings.carriedEnd()).isEqualTo(first);
    mappings.add(1, 100, first + 100, 0);
    mappings.add(101, 50, first, 0); // what another subflow lost
    assertThat(mappings.carriedEnd()).isEqualTo(first + 200);
    assertThat(mappings.carries(first + 49)).isTrue();
    assertThat(mappings.carries(first + 50)).isFalse();
    assertThat(mappings.carries(first + 199)).isTrue();
    assertThat(mappings.carries(first + 200)).isFalse();
    mappings.acknowledged(151);
    assertThat(mappings.carries(first + 199)).isFalse();
    assertThat(mappings.carriedEnd()).isEqualTo(first + 200);
  }
}
