package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.wire.TcpOptionWriter;

/** RFC 2018 section 4: which blocks are reported, and in which order. */
class SackBlocksTest {
  private static final int IRS = 1000;

  private final SackBlocks blocks = new SackBlocks();

  private List<String> written(long nxt) {
    TcpOptionWriter options = new TcpOptionWriter();
    blocks.write(options, IRS, nxt);
    List<String> found = new ArrayList<>();
    for (int i = 4; i < options.used(); i += 8) {
      found.add(options.bytes().getInt(i) - IRS + "-" + (options.bytes().getInt(i + 4) - IRS));
    }
    return found;
  }

  @Test
  void theBlockWithTheMostRecentSegmentIsFirst() {
    blocks.onStored(10, 20);
    blocks.onStored(40, 50);
    blocks.onStored(30, 32);
    assertThat(written(1)).containsExactly("30-32", "40-50", "10-20");
    blocks.onStored(10, 22);
    assertThat(written(1)).containsExactly("10-22", "30-32", "40-50");
  }

  @Test
  void whatGrewTogetherIsOneBlock() {
    blocks.onStored(10, 20);
    blocks.onStored(40, 50);
    blocks.onStored(10, 50);
    assertThat(written(1)).containsExactly("10-50");
  }

  @Test
  void theOldestOfMoreThanFourIsLeftOut() {
    for (int i = 1; i <= 5; i++) {
      blocks.onStored(10 * i, 10 * i + 1);
    }
    assertThat(written(1)).containsExactly("50-51", "40-41", "30-31", "20-21");
  }

  @Test
  void whatIsInOrderIsNoBlockAnyMore() {
    blocks.onStored(10, 20);
    blocks.onStored(40, 50);
    assertThat(written(20)).containsExactly("40-50");
    assertThat(written(50)).isEmpty();
  }

  @Test
  void whatWasDroppedIsNotReported() {
    blocks.onStored(10, 20);
    blocks.onDuplicate(3, 5);
    blocks.forget();
    assertThat(written(7)).containsExactly("3-5");
  }

  @Test
  void whatIsInOrderMakesRoomForOlderBlocks() {
    blocks.onStored(40, 50);
    blocks.onStored(10, 20);
    assertThat(written(20)).containsExactly("40-50");
  }

  // RFC 2883 section 4: a duplicate is reported once, in the first block.
  @Test
  void aDuplicateIsReportedOnceAndFirst() {
    assertThat(blocks.dsackStart()).isEqualTo(-1);
    blocks.onStored(10, 20);
    blocks.onDuplicate(3, 5);
    assertThat(blocks.dsackStart()).isEqualTo(3);
    assertThat(written(7)).containsExactly("3-5", "10-20");
    assertThat(blocks.dsackStart()).isEqualTo(-1);
    assertThat(written(7)).containsExactly("10-20");
  }

  @Test
  void duplicatesThatTouchAreOneAndOfOthersTheLastIsReported() {
    blocks.onDuplicate(3, 5);
    blocks.onDuplicate(5, 7);
    assertThat(written(9)).containsExactly("3-7");
    blocks.onDuplicate(5, 7);
    blocks.onDuplicate(3, 5);
    assertThat(written(9)).containsExactly("3-7");
    blocks.onDuplicate(3, 5);
    blocks.onDuplicate(6, 8);
    assertThat(written(9)).containsExactly("6-8");
    blocks.onDuplicate(6, 8);
    blocks.onDuplicate(3, 5);
    assertThat(written(9)).containsExactly("3-5");
  }
}
