package org.mptcp4j.lab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadServerHandlerTest {
  private final LoadCounters counters = new LoadCounters();
  private final EmbeddedChannel channel = new EmbeddedChannel(new LoadServerHandler(counters));

  @AfterEach
  void closeChannel() {
    channel.finishAndReleaseAll();
  }

  @Test
  void sinkSaysNothing() {
    receive("Sabc");
    receive("def");
    assertThat(sent()).isEmpty();
    assertThat(counters.snapshot().bytesReceived()).isEqualTo(7);
  }

  @Test
  void echoSendsBackAllButTheFirstByte() {
    receive("R");
    receive("abc");
    receive("def");
    assertThat(sent()).isEqualTo("abcdef");
  }

  @Test
  void connectAnswersOneByteAndLeavesClosingToTheClient() {
    receive("C");
    assertThat(sent()).hasSize(1);
    assertThat(channel.isOpen()).isTrue();
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void hashIsSentOnHalfClose() {
    receive("Ha");
    receive("bc");
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    ByteBuf answer = channel.readOutbound();
    // FIPS 180-4, the example "abc"
    assertThat(ByteBufUtil.hexDump(answer))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    answer.release();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void randomBytesAreFollowedByTheirHash() {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'D', 0, 0, 0, 0}));
    assertThat(channel.outboundMessages()).isEmpty();
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 3, 0, 1}));
    ByteBuf answer = Unpooled.buffer();
    for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
      answer.writeBytes(piece);
      piece.release();
    }
    assertThat(answer.readableBytes()).isEqualTo(0x30001 + 32);
    MessageDigest digest = Digests.sha256();
    digest.update(answer.nioBuffer(0, 0x30001));
    assertThat(ByteBufUtil.getBytes(answer, 0x30001, 32)).isEqualTo(digest.digest());
    assertThat(counters.snapshot().bytesSent()).isEqualTo(0x30001 + 32);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void anUnknownModeClosesTheConnection() {
    receive("Zabc");
    assertThat(channel.isOpen()).isFalse();
    assertThat(counters.snapshot().failed()).isEqualTo(1);
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private String sent() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
      text.append(piece.toString(StandardCharsets.US_ASCII));
      piece.release();
    }
    return text.toString();
  }
}
