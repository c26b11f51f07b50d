package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mptcp4j.mptcp.RxMappings.Outcome.ADDED;
import static org.mptcp4j.mptcp.RxMappings.Outcome.CONFLICT;
import static org.mptcp4j.mptcp.RxMappings.Outcome.FULL;
import static org.mptcp4j.mptcp.RxMappings.Outcome.REPEATED;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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
  void mayComeInAnyOrderAndNeighboursAreOne() {
    assertThat(add(200, 100, 1200)).isEqualTo(ADDED);
    assertThat(mappings.covers(START)).isFalse();
    assertThat(add(0, 100, 1000)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(2);
    assertThat(add(100, 100, 1100)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(1);
    assertThat(mappings.covers(START + 50)).isTrue();
    assertFirst(0, 300, 1000);
    assertThat(mappings.covers(START + 300)).isFalse();
    assertThat(mappings.size()).isZero();
  }

  private void assertFirst(int from, int length, long dsn) {
    assertThat(mappings.firstSeq()).isEqualTo(START + from);
    assertThat(mappings.firstLength()).isEqualTo(length);
    assertThat(mappings.firstDsn()).isEqualTo(dsn);
  }

  @Test
  void neighboursOfOtherDataStayApart() {
    add(0, 100, 1000);
    assertThat(add(100, 100, 5000)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(2);
    assertThat(mappings.covers(START + 100)).isTrue();
    assertFirst(100, 100, 5000);
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
    assertFirst(0, 150, 1000);
    assertThat(add(50, 200, 1050)).isEqualTo(ADDED);
    assertThat(mappings.covers(START + 120)).isTrue();
    assertFirst(0, 250, 1000);
  }

  @Test
  void mappingAroundOthersTakesTheirPlace() {
    add(50, 10, 1050);
    add(70, 10, 1070);
    assertThat(add(0, 100, 1000)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(1);
    assertThat(mappings.covers(START)).isTrue();
    assertFirst(0, 100, 1000);
  }

  private RxMappings.Outcome addWithChecksum(int from, int length, int checksum) {
    return mappings.add(START, START + from, length, 1000 + from, checksum);
  }

  @Test
  void withChecksumsMappingsAreUnits() {
    assertThat(addWithChecksum(0, 100, 1)).isEqualTo(ADDED);
    assertThat(addWithChecksum(0, 100, 1)).isEqualTo(REPEATED);
    assertThat(addWithChecksum(0, 100, 2)).isEqualTo(REPEATED);
    assertThat(addWithChecksum(0, 50, 3)).isEqualTo(REPEATED);
    assertThat(addWithChecksum(100, 100, 4)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(2);
    assertThat(mappings.covers(START)).isTrue();
    assertFirst(0, 100, 1000);
    assertThat(mappings.firstChecksum()).isEqualTo(1);
  }

  @Test
  void withChecksumsALongerOneStandsBehindTheShorter() {
    addWithChecksum(0, 100, 1);
    assertThat(addWithChecksum(0, 150, 2)).isEqualTo(ADDED);
    assertThat(addWithChecksum(0, 200, 3)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(2);
    assertThat(mappings.covers(START)).isTrue();
    assertFirst(0, 100, 1000);
    assertThat(mappings.covers(START + 100)).isTrue();
    assertFirst(0, 200, 1000);
    assertThat(mappings.firstChecksum()).isEqualTo(3);
  }

  @Test
  void withChecksumsWhatOverlapsInPartCannotBeVerified() {
    addWithChecksum(0, 100, 1);
    assertThat(addWithChecksum(50, 100, 2)).isEqualTo(ADDED);
    assertThat(mappings.firstChecksum()).isEqualTo(1);
    assertThat(mappings.covers(START + 100)).isTrue();
    assertThat(mappings.firstLength()).isEqualTo(50);
    assertThat(mappings.firstChecksum()).isEqualTo(RxMappings.MISSING_CHECKSUM);
    addWithChecksum(200, 100, 3);
    assertThat(addWithChecksum(150, 100, 4)).isEqualTo(CONFLICT);
    assertThat(addWithChecksum(150, 200, 5)).isEqualTo(ADDED);
    assertThat(mappings.size()).isEqualTo(2);
  }

  @Test
  void oldIsIgnoredAndNumberIsBounded() {
    assertThat(mappings.add(START + 100, START, 100, 1000, -1)).isEqualTo(REPEATED);
    for (int i = 0; i < RxMappings.LIMIT; i++) {
      assertThat(add(200 + 10 * i, 5, 5000 + 10L * i)).isEqualTo(ADDED);
    }
    assertThat(mappings.full()).isTrue();
    assertThat(add(10, 5, 1010)).isEqualTo(FULL);
    assertThat(add(0, 5, 1000)).as("what comes next").isEqualTo(ADDED);
  }

  // RFC 9293 section 3.4: sequence numbers wrap, and a stream is longer than they are.
  @Test
  void whatWasTakenIsForgottenHoweverLongTheStream() {
    int seq = START;
    long dsn = 1000;
    for (int i = 0; i < 100_000; i++) {
      assertThat(mappings.add(seq, seq + 60_000, 60_000, dsn + 60_000, -1)).isEqualTo(ADDED);
      assertThat(mappings.add(seq, seq, 60_000, dsn, -1)).isEqualTo(ADDED);
      assertThat(mappings.covers(seq)).isTrue();
      assertThat(mappings.firstDsn() + (seq - mappings.firstSeq())).isEqualTo(dsn);
      assertThat(mappings.firstLength()).isEqualTo(120_000);
      assertThat(mappings.size()).isEqualTo(1);
      seq += 90_000; // in the middle of a mapping
      dsn += 90_000;
      assertThat(mappings.add(seq, seq + 30_000, 30_000, dsn + 30_000, -1)).isEqualTo(ADDED);
      assertThat(mappings.firstSeq()).isEqualTo(seq);
      assertThat(mappings.firstLength()).isEqualTo(60_000);
      seq += 60_000;
      dsn += 60_000;
    }
  }

  @Test
  void withChecksumsWhatIsBeingVerifiedStays() {
    mappings.add(START, START + 100, 50, 1100, 1);
    int half = START + 120;
    assertThat(mappings.add(half, START, 150, 1000, 2)).as("ends with it").isEqualTo(REPEATED);
    assertThat(mappings.add(half, START, 200, 1000, 3)).as("ends later").isEqualTo(CONFLICT);
    assertThat(mappings.covers(half)).isTrue();
    assertFirst(100, 50, 1100);
  }

  @Test
  void anyOrderGivesTheSameRing() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RxMappings some = new RxMappings();
      List<Integer> left = new ArrayList<>(IntStream.range(0, 100).boxed().toList());
      while (!left.isEmpty()) {
        int i = left.remove(random.nextInt(left.size()));
        assertThat(some.add(START, START + 10 * i, 10, 7L * 10 * i, random.nextInt(1, 9)))
            .isEqualTo(ADDED);
      }
      for (int i = 0; i < 100; i++) {
        assertThat(some.covers(START + 10 * i)).isTrue();
        assertThat(some.firstDsn()).isEqualTo(70L * i);
      }
      assertThat(some.size()).isEqualTo(1);
    }
  }

  @Test
  void inOrderIsWhatNeedsNoMappings() {
    assertThat(mappings.inOrder(START, 1000)).isTrue();
    add(0, 100, 1000);
    add(300, 100, 1300);
    assertThat(mappings.inOrder(START + 20, 1020)).isTrue();
    assertThat(mappings.inOrder(START + 20, 1000)).isFalse();
    add(500, 100, 2000);
    assertThat(mappings.inOrder(START, 1000)).isFalse();
  }
}
