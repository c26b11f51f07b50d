package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Bytes by offset, without copies. */
class SendQueueTest {

  private static final long BASE = Long.MAX_VALUE - 50;

  @Property(tries = 200)
  void showsWhatWasAppended(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 30) Integer> sizes,
      @ForAll @IntRange(max = 400) int from,
      @ForAll @IntRange(max = 400) int freed) {
    SendQueue queue = new SendQueue(BASE);
    List<ByteBuf> bufs = new ArrayList<>();
    int total = 0;
    for (int size : sizes) {
      ByteBuf buf = Unpooled.buffer(size + 1).writeByte(99);
      for (int i = 0; i < size; i++) {
        buf.writeByte(total++);
      }
      queue.append(buf, 1, size);
      buf.release();
      bufs.add(buf);
    }
    int free = Math.min(freed, total);
    queue.freeUntil(BASE + free);
    assertThat(queue.bytes()).isEqualTo(total - free);
    int at = Math.max(free, Math.min(from, total));
    ByteBuf seen = Unpooled.buffer();
    queue.forEach(BASE + at, total - at, (b, index, length) -> seen.writeBytes(b, index, length));
    for (int i = at; i < total; i++) {
      assertThat(seen.readByte()).isEqualTo((byte) i);
    }
    assertThat(seen.isReadable()).isFalse();
    queue.release();
    assertThat(bufs).allMatch(b -> b.refCnt() == 0);
  }

  @Test
  void aPieceThatContinuesTheLastOneIsMerged() {
    SendQueue queue = new SendQueue(1);
    ByteBuf buf = Unpooled.buffer(100).writeZero(100);
    queue.append(buf, 0, 40);
    queue.append(buf, 40, 60);
    assertThat(queue.pieces()).isEqualTo(1);
    assertThat(buf.refCnt()).isEqualTo(2);
    queue.append(buf, 0, 10);
    assertThat(queue.pieces()).isEqualTo(2);
    assertThat(queue.span(1, 110, 1)).isEqualTo(100);
    assertThat(queue.span(50, 61, 2)).isEqualTo(61);
    queue.freeUntil(101);
    assertThat(buf.refCnt()).isEqualTo(2);
    queue.freeUntil(111);
    assertThat(buf.refCnt()).isEqualTo(1);
  }
}
