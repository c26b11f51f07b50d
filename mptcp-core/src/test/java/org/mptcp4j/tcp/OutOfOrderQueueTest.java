package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pieces in any order and overlap come out in order, once. */
class OutOfOrderQueueTest {

  private static final long BASE = Long.MAX_VALUE - 300;

  private static byte at(long i) {
    return (byte) (i * 17 + 3);
  }

  @Property(tries = 300)
  void deliversEveryByteOnceInOrder(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    OutOfOrderQueue queue = new OutOfOrderQueue(1_000);
    int next = 0;
    while (next < 600) {
      int start = Math.max(next, next + random.nextInt(-20, 60));
      int length = 1 + random.nextInt(30);
      ByteBuf buf = allocator.buffer(random.nextBoolean() ? 4 * length + 64 : length + 2);
      for (int i = -2; i < length; i++) {
        buf.writeByte(at(start + i));
      }
      if (random.nextBoolean()) {
        buf.skipBytes(2);
      }
      long before = queue.bytes();
      int stored = queue.insert(BASE + start, buf, 2, length);
      assertThat(queue.bytes()).isEqualTo(before + stored);
      buf.release();
      if (random.nextInt(3) == 0) {
        next += random.nextInt(5);
      }
      ByteBuf piece;
      while ((piece = queue.poll(BASE + next)) != null) {
        while (piece.isReadable()) {
          assertThat(piece.readByte()).isEqualTo(at(next++));
        }
        piece.release();
      }
      assertThat(queue.rangeOf(BASE + next)).isEqualTo(OffsetTree.NONE);
      assertThat(queue.firstEndingAfter(BASE + next) == OffsetTree.NONE).isEqualTo(queue.isEmpty());
    }
    queue.release();
    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }

  @Test
  void refusesMorePiecesThanTheLimit() {
    OutOfOrderQueue queue = new OutOfOrderQueue(2);
    ByteBuf buf = Unpooled.buffer(10).writeZero(10);
    assertThat(queue.insert(10, buf, 0, 5)).isEqualTo(5);
    assertThat(queue.insert(20, buf, 0, 5)).isEqualTo(5);
    assertThat(queue.insert(30, buf, 0, 5)).isZero();
    assertThat(queue.refusedBytes()).isEqualTo(5);
    assertThat(buf.refCnt()).isEqualTo(3);
    queue.release();
    assertThat(buf.refCnt()).isEqualTo(1);
  }

  @Test
  void smallPiecesDoNotPinBigBuffers() {
    OutOfOrderQueue queue = new OutOfOrderQueue(2);
    ByteBuf big = Unpooled.buffer(65_536).writeZero(65_536);
    queue.insert(10, big, 100, 1_448);
    assertThat(big.refCnt()).isEqualTo(1);
    queue.insert(10_000, big, 100, 40_000);
    assertThat(big.refCnt()).isEqualTo(2);
    queue.release();
  }

  @Test
  void aBufferThatIsOnePieceIsKeptAsItIs() {
    OutOfOrderQueue queue = new OutOfOrderQueue(2);
    ByteBuf buf = Unpooled.buffer(10).writeZero(10).skipBytes(3);
    queue.insert(10, buf, 3, 7);
    buf.release();

    ByteBuf piece = queue.poll(12);
    assertThat(piece).isSameAs(buf);
    assertThat(piece.readerIndex()).isEqualTo(5);
    assertThat(piece.readableBytes()).isEqualTo(5);
    assertThat(piece.release()).isTrue();
  }

  @Test
  void rangesMergeAndAreFoundByOffset() {
    OutOfOrderQueue queue = new OutOfOrderQueue(9);
    ByteBuf buf = Unpooled.buffer(10).writeZero(10);
    queue.insert(10, buf, 0, 5);
    queue.insert(20, buf, 0, 5);
    assertThat(queue.ranges()).isEqualTo(2);
    queue.insert(12, buf, 0, 10);
    assertThat(queue.ranges()).isEqualTo(1);
    int range = queue.rangeOf(17);
    assertThat(queue.rangeStart(range)).isEqualTo(10);
    assertThat(queue.rangeEnd(range)).isEqualTo(25);
    assertThat(queue.end()).isEqualTo(25);
    assertThat(queue.rangeOf(25)).isEqualTo(OffsetTree.NONE);
    assertThat(queue.pieces()).isEqualTo(3);
    queue.release();
  }

  @Test
  void whatThereIsNoMemoryForLeavesNoPlaceBehind() {
    ByteBuf big =
        new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 4096, 4096) {
          @Override
          public ByteBufAllocator alloc() {
            throw new OutOfMemoryError("made by a test");
          }
        };
    OutOfOrderQueue queue = new OutOfOrderQueue(2);
    assertThatThrownBy(() -> queue.insert(10, big, 0, 1)).isInstanceOf(OutOfMemoryError.class);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.rangeOf(10)).isEqualTo(OffsetTree.NONE);
    assertThat(queue.poll(10)).isNull();
    big.release();
  }

  /** Orders in which single bytes of a stream may come so that no two lie beside each other. */
  enum Order {
    ASCENDING {
      @Override
      int place(int i, SplittableRandom random) {
        return i;
      }
    },
    DESCENDING {
      @Override
      int place(int i, SplittableRandom random) {
        return PIECES - 1 - i;
      }
    },
    FROM_BOTH_ENDS {
      @Override
      int place(int i, SplittableRandom random) {
        return i % 2 == 0 ? i / 2 : PIECES - 1 - i / 2;
      }
    },
    RANDOM {
      @Override
      int place(int i, SplittableRandom random) {
        return random.nextInt(PIECES);
      }
    };

    abstract int place(int i, SplittableRandom random);
  }

  private static final int PIECES = 16_384;

  // A peer that sends single bytes beyond a hole must not make each of them cost a search, or a
  // move, of all others.
  @ParameterizedTest
  @EnumSource
  void aPieceCostsTheLogarithmOfTheirNumberInWhateverOrderTheyCome(Order order) {
    SplittableRandom random = new SplittableRandom(1);
    OutOfOrderQueue queue = new OutOfOrderQueue(2 * PIECES);
    ByteBuf buf = Unpooled.buffer(1).writeZero(1);
    int logarithm = 15;
    for (int i = 0; i < PIECES; i++) {
      long before = queue.steps();
      queue.insert(BASE + 2L * order.place(i, random), buf, 0, 1);
      // One search among ranges, and one addition to each of the trees.
      assertThat(queue.steps() - before).isLessThanOrEqualTo(3 * (logarithm * 3 / 2 + 1));
    }
    assertThat(queue.ranges()).isEqualTo(queue.pieces());
    for (int i = 0; i < PIECES; i++) {
      long before = queue.steps();
      queue.insert(BASE + 1 + 2L * i, buf, 0, 1);
      assertThat(queue.steps() - before).isLessThanOrEqualTo(3 * (logarithm * 3 / 2 + 1));
    }
    queue.release();
    assertThat(buf.refCnt()).isEqualTo(1);
  }
}
