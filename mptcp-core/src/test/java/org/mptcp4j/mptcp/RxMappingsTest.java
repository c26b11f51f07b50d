package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.mptcp.RxMappings.Outcome.ADDED;
import static org.mptcp4j.mptcp.RxMappings.Outcome.CONFLICT;
import static org.mptcp4j.mptcp.RxMappings.Outcome.FULL;
import static org.mptcp4j.mptcp.RxMappings.Outcome.REPEATED;

import org.junit.jupiter.api.Test;

/** RFC 8684 section 3.3.1: mappings of what is received. */
class RxMappingsTest {
  private static final int START = -50; // so that sequence numbers wrap

  private final RxMappings mappings = new RxMappings();

  private RxMappings.Outcome add(int from, int length, long dsn) {
    return mappings.add(START, START + from, length, dsn, -1);
  }

  @Test
  void repeatedIsIgnored() {
    assertThat(add(0, 100, 1000)).isEqualTo(ADDED);
    assertThat(add(0, 100, 1000)).isEqualTo(REPEATED);
    assertThat(mappings.size()).isEqualTo(1);
  }

  @Test
  void mayComeInAnyOrder() {
    assertThat(add(100, 100, 1100)).isEqualTo(ADDED);
    assertThat(mappings.covers(START)).isFalse();
    assertThat(add(0, 100, 1000)).isEqualTo(ADDED);
    assertThat(mappings.covers(START + 50)).isTrue();
    assertThat(mappings.firstDsn()).isEqualTo(1000);
    assertThat(mappings.covers(START + 100)).isTrue();
    assertThat(mappings.firstDsn()).isEqualTo(1100);
    assertThat(mappings.covers(START + 200)).isFalse();
    assertThat(mappings.size()).isZero();
  }

  @Test
  void contradictionIsFound() {
    add(0, 100, 1000);
    assertThat(add(0, 100, 1001)).isEqualTo(CONFLICT);
    assertThat(add(50, 100, 2000)).isEqualTo(CONFLICT);
  }

  @Test
  void grownMappingAddsItsTail() {
    add(0, 100, 1000);
    assertThat(add(0, 150, 1000)).isEqualTo(ADDED);
    assertThat(mappings.covers(START + 120)).isTrue();
    assertThat(mappings.firstSeq()).isEqualTo(START + 100);
    assertThat(mappings.firstDsn()).isEqualTo(1100);
    assertThat(mappings.firstLength()).isEqualTo(50);
  }

  @Test
  void mappingAroundAnotherFillsBothSides() {
    add(50, 10, 1050);
    assertThat(add(0, 100, 1000)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(3);
    assertThat(mappings.covers(START + 70)).isTrue();
    assertThat(mappings.firstDsn()).isEqualTo(1060);
  }

  @Test
  void withChecksumOnlyTheSameMayRepeat() {
    mappings.add(START, START, 100, 1000, 0x1234);
    assertThat(mappings.add(START, START, 100, 1000, 0x1234)).isEqualTo(REPEATED);
    assertThat(mappings.add(START, START, 150, 1000, 0x1234)).isEqualTo(CONFLICT);
  }

  @Test
  void oldIsIgnoredAndNumberIsBounded() {
    assertThat(mappings.add(START + 100, START, 100, 1000, -1)).isEqualTo(REPEATED);
    for (int i = 0; i < RxMappings.LIMIT; i++) {
      assertThat(add(200 + 10 * i, 5, 5000 + 10L * i)).isEqualTo(ADDED);
    }
    assertThat(add(0, 5, 1000)).isEqualTo(FULL);
  }
}
