package org.mptcp4j.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class WaitingPiecesTest {
  private final WaitingPieces pieces = new WaitingPieces();

  @Test
  void theBufferOfPacketIsThePiece() {
    ByteBuf packet = Unpooled.buffer(100).writeZero(100).setByte(40, 7);

    pieces.add(packet, 40, 60);
    packet.release();

    ByteBuf piece = pieces.poll();
    assertThat(piece).isSameAs(packet);
    assertThat(piece.readableBytes()).isEqualTo(60);
    assertThat(piece.readByte()).isEqualTo((byte) 7);
    assertThat(piece.release()).isTrue();
    assertThat(pieces.heldBytes()).isZero();
  }

  @Test
  void whatIsSmallInItsPacketIsCopied() {
    ByteBuf packet = Unpooled.buffer(100).writeZero(100).setByte(40, 7);

    pieces.add(packet, 40, 24);

    assertThat(packet.refCnt()).isEqualTo(1);
    ByteBuf piece = pieces.poll();
    assertThat(piece.readByte()).isEqualTo((byte) 7);
    assertThat(piece.release()).isTrue();
    packet.release();
  }

  @Test
  void partOfOnePieceLeavesTheRest() {
    ByteBuf packet = Unpooled.buffer(100).writeZero(100).setByte(50, 7);
    pieces.add(packet, 10, 90);
    packet.release();

    ByteBuf part = pieces.poll(40);
    ByteBuf rest = pieces.poll(90);

    assertThat(part.readableBytes()).isEqualTo(40);
    assertThat(rest.readByte()).isEqualTo((byte) 7);
    assertThat(rest.readableBytes()).isEqualTo(49);
    assertThat(pieces.isEmpty()).isTrue();
    part.release();
    assertThat(rest.release()).isTrue();
  }
}
