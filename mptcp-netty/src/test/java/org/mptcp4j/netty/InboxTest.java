package org.mptcp4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mptcp4j.link.packet.PacketBatch;

class InboxTest {
  private final VirtualEventLoop loop = new VirtualEventLoop(() -> 0);
  private final Inbox inbox = new Inbox((IoEventLoop) loop);
  private final PacketBatch batch = new PacketBatch(16);
  private final PacketBatch taken = new PacketBatch(10);
  private final List<ByteBuf> given = new ArrayList<>();
  private int calls;

  private void give(int packets) {
    for (int i = 0; i < packets; i++) {
      ByteBuf buf = Unpooled.buffer(4).writeInt(given.size());
      given.add(buf);
      batch.add().header(buf);
    }
    inbox.add(batch);
    assertThat(batch.size()).isZero();
  }

  private int take(int expectedFirst) {
    inbox.take(taken);
    for (int i = 0; i < taken.size(); i++) {
      assertThat(taken.get(i).header().getInt(0)).isEqualTo(expectedFirst + i);
    }
    int count = taken.size();
    taken.clear();
    return count;
  }

  @Test
  void theReceiverIsToldOnceUntilNothingIsLeft() {
    inbox.open(() -> calls++);
    give(16);
    give(4);
    loop.runDue();
    assertThat(calls).isEqualTo(1);
    assertThat(take(0)).isEqualTo(10);
    give(1);
    loop.runDue();
    assertThat(calls).as("some were left").isEqualTo(1);
    assertThat(take(10)).isEqualTo(10);
    assertThat(take(20)).isEqualTo(1);
    assertThat(take(21)).isZero();
    give(1);
    loop.runDue();
    assertThat(calls).isEqualTo(2);
    assertThat(take(21)).isEqualTo(1);
    assertThat(given).allMatch(buf -> buf.refCnt() == 0);
  }

  @Test
  void whatExceedsItIsDroppedAndCounted() {
    inbox.open(() -> calls++);
    for (int i = 0; i < 65; i++) {
      give(16);
    }
    assertThat(inbox.dropped()).isEqualTo(16);
    assertThat(given.subList(1024, 1040)).allMatch(buf -> buf.refCnt() == 0);
    for (int first = 0; first < 1024; first += 10) {
      assertThat(take(first)).isEqualTo(Math.min(10, 1024 - first));
    }
  }

  @Test
  void nothingIsKeptOnceItIsClosed() {
    inbox.open(() -> calls++);
    give(3);
    inbox.close();
    give(2);
    assertThat(given).allMatch(buf -> buf.refCnt() == 0);
    assertThat(take(0)).isZero();
  }
}
