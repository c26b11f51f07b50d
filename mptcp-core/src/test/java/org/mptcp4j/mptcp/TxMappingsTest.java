package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.3.1: mappings of what is sent. */
class TxMappingsTest {
  @Test
  void findsAcrossWrapAndGrowthUntilAcknowledged() {
    TxMappings mappings = new TxMappings();
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
    TxMappings mappings = new TxMappings();
    mappings.add(1, 100, 5000, 0);
    mappings.add(101, 50, 7000, 0);
    mappings.add(151, 100, 5100, 0);
    assertThat(mappings.carriedUntil(5020)).isEqualTo(5200);
    assertThat(mappings.carriedUntil(5200)).isEqualTo(5200);
  }
}
