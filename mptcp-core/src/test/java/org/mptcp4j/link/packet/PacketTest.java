package org.mptcp4j.link.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class PacketTest {
  private final ByteBuf data = Unpooled.copiedBuffer(new byte[] {0, 1, 2, 3, 4, 5});

  @Test
  void movingHandsOverEveryReference() {
    Packet from = new Packet();
    from.header(Unpooled.wrappedBuffer(new byte[] {9}));
    from.addPiece(data, 1, 2);
    from.addPiece(data, 4, 1);
    from.gsoSize(7);
    Packet to = new Packet();
    to.header(data.retain());

    from.moveTo(to);

    assertThat(from.length()).isZero();
    assertThat(from.gsoSize()).isZero();
    assertThat(to.pieces()).isEqualTo(2);
    assertThat(data.refCnt()).isEqualTo(3);
    ByteBuf linear = to.linearize(ByteBufAllocator.DEFAULT);
    assertThat(linear).isEqualTo(Unpooled.wrappedBuffer(new byte[] {9, 1, 2, 4}));
    linear.release();
    to.release();
    to.release();
    assertThat(data.refCnt()).isEqualTo(1);
  }

  @Test
  void piecesAreLimited() {
    Packet packet = new Packet();
    for (int i = 0; i < Packet.MAX_PIECES; i++) {
      assertThat(packet.addPiece(data, i % 2 * 2, 1)).isTrue();
    }
    assertThat(packet.addPiece(data, 5, 1)).isFalse();
    assertThat(packet.pieceBytes()).isEqualTo(Packet.MAX_PIECES);
    packet.release();
    assertThat(data.refCnt()).isEqualTo(1);
  }

  @Test
  void aBatchReusesItsSlots() {
    PacketBatch batch = new PacketBatch(2);
    Packet first = batch.add();
    first.header(data.retain());
    batch.add();
    assertThat(batch.isFull()).isTrue();
    assertThatIllegalStateException().isThrownBy(batch::add);
    batch.clear();
    assertThat(data.refCnt()).isEqualTo(1);
    assertThat(batch.size()).isZero();
    assertThat(batch.add()).isSameAs(first);
  }
}
