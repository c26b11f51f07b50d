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
