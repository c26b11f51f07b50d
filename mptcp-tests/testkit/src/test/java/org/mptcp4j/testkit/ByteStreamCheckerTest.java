package org.mptcp4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ByteStreamCheckerTest {
  private final PseudoRandomBytes stream = new PseudoRandomBytes(7);
  private final ByteStreamChecker checker = new ByteStreamChecker("test", stream);

  private ByteBuf bytes(long offset, int length) {
    ByteBuf b = Unpooled.buffer();
    stream.write(b, offset, length);
    return b;
  }

  @Test
  void piecesOfAnySizeGiveTheSameStream() {
    int at = 0;
    for (int length = 1; length < 50; length++) {
      checker.accept(bytes(at, length));
      at += length;
    }
    assertThat(checker.received()).isEqualTo(at);
  }

  @Test
  void saysWhereTheBytesComeFrom() {
    checker.accept(bytes(0, 1000));
    assertThatThrownBy(() -> checker.accept(bytes(1003, 100)))
        .hasMessageContaining("offset 1000")
        .hasMessageContaining("3 bytes forward");
    assertThatThrownBy(() -> checker.accept(bytes(900, 100)))
        .hasMessageContaining("100 bytes back");
    assertThatThrownBy(() -> checker.accept(Unpooled.wrappedBuffer(new byte[20])))
        .hasMessageContaining("nowhere near");
  }

  @Test
  void aBufferThatIsNotReleasedIsFound() {
    LeakChecker leaks = new LeakChecker();
    ByteBuf b = leaks.allocator().buffer(100);
    assertThatThrownBy(() -> leaks.assertNothingLeft("here")).hasMessageContaining("100 bytes");
    b.release();
    leaks.assertNothingLeft("here");
  }
}
