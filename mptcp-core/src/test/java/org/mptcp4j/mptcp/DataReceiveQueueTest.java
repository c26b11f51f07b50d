package org.mptcp4j.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.mptcp4j.mib.Mib;

/** RFC 8684 section 3.3.3: reassembly at the data level. */
class DataReceiveQueueTest {
  private static final long FIRST = -5_000; // so that data sequence numbers wrap

  private final Map<Mib, Long> counted = new EnumMap<>(Mib.class);
  private final ReceiveWindow window = new ReceiveWindow(100_000, StackMemory.UNLIMITED);
  private final DataReceiveQueue queue =
      new DataReceiveQueue(window, (c, n) -> counted.merge(c, n, Long::sum));
  private final List<ByteBuf> all = new ArrayList<>();

  private void receive(long offset, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = TestApp.at(offset + i, 1);
    }
    ByteBuf buf = Unpooled.buffer(length).writeBytes(bytes);
    all.add(buf);
    queue.receive(FIRST + offset, buf);
  }

  @Test
  void anyOrderAndOverlapGiveTheStream() {
    window.start(FIRST);
    SplittableRandom random = new SplittableRandom(3);
    long read = 0;
    while (read < 60_000) {
      int from = (int) Math.max(0, read + random.nextInt(-500, 8_000));
      receive(from, random.nextInt(1, 3_000));
      ByteBuf data;
      while ((data = queue.read(Integer.MAX_VALUE)) != null) {
        while (data.isReadable()) {
          assertThat(data.readByte()).isEqualTo(TestApp.at(read++, 1));
        }
        data.release();
      }
      assertThat(window.next()).isEqualTo(FIRST + read);
    }
    queue.release();
    assertThat(all).allMatch(b -> b.refCnt() == 0);
  }

  // RFC 8684 section 3.3.3: nothing follows a DATA_FIN, also of what came before it was known.
  @Test
  void whatWaitsBehindTheEndIsNotDelivered() {
    window.start(FIRST);
    receive(10, 10);
    receive(25, 10);
    queue.endAt(FIRST + 10);
    receive(0, 11);
    assertThat(queue.readableBytes()).isEqualTo(10);
    assertThat(window.next()).isEqualTo(FIRST + 10);
    queue.end();
    queue.release();
    assertThat(all).allMatch(b -> b.refCnt() == 0);
  }

  @Test
  void bytesOneByOneDoNotFillMemoryWithBuffers() {
    window.start(FIRST);
    for (int i = 0; i < 20_000; i++) {
      receive(i, i % 1_000 == 0 ? 600 : 1);
    }
    assertThat(all.stream().filter(b -> b.refCnt() > 0)).hasSizeLessThan(300);
    long read = 0;
    ByteBuf data;
    for (int pieces = 0; (data = queue.read(Integer.MAX_VALUE)) != null; pieces++) {
      while (data.isReadable()) {
        assertThat(data.readByte()).isEqualTo(TestApp.at(read++, 1));
      }
      data.release();
      if (pieces % 10 == 0) {
        receive(window.next() - FIRST, 1);
      }
    }
    assertThat(read).isEqualTo(window.next() - FIRST).isGreaterThan(20_000);
    assertThat(queue.readableBytes()).isZero();
    assertThat(all).allMatch(b -> b.refCnt() == 0);
  }

  @Test
  void oldIsCountedAndFarBeyondTheWindowIsDropped() {
    window.start(FIRST);
    receive(0, 100);
    receive(0, 100);
    receive(300_000, 10);
    assertThat(counted).containsEntry(Mib.DUPLICATE_DATA, 1L);
    assertThat(counted).containsEntry(Mib.NO_DSS_IN_WINDOW, 1L);
    assertThat(queue.outOfOrderBytes()).isZero();
    queue.release();
    assertThat(all).allMatch(b -> b.refCnt() == 0);
  }

  // RFC 8684 section 3.3.1: the right edge never moves back.
  @Test
  void rightEdgeOnlyGrows() {
    window.start(0);
    window.offer();
    window.promise();
    window.advance(40_000);
    assertThat(window.available()).isEqualTo(60_000);
    assertThat(window.updateDue()).isFalse();
    window.advance(50_000);
    assertThat(window.available()).isEqualTo(10_000);
    window.consumed(20_000);
    assertThat(window.available()).isEqualTo(30_000);
    assertThat(window.updateDue()).isFalse();
    window.consumed(20_000);
    assertThat(window.updateDue()).isTrue();
    window.offer();
    window.promise();
    assertThat(window.updateDue()).isFalse();
  }
}
