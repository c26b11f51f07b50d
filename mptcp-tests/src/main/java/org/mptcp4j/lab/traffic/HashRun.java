package org.mptcp4j.lab.traffic;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.io.EOFException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.mptcp4j.lab.console.Units;

/** Sends random bytes and compares its own SHA-256 of them with the server's. */
final class HashRun extends LoadRun {
  private static final int PIECE = 64 << 10;

  private final RandomGenerator random;
  private final long bytes;
  private final MessageDigest digest = Digests.sha256();
  private final byte[] answer = new byte[digest.getDigestLength()];
  private int answered;

  HashRun(Bootstrap bootstrap, LongSupplier clock, RandomGenerator random, long bytes) {
    super(bootstrap, clock);
    this.random = random;
    this.bytes = bytes;
  }

  @Override
  ChannelHandler handler() {
    return new Sender();
  }

  @Override
  void reset() {
    digest.reset();
  }

  @Override
  LoadResult result(double seconds, double busy) {
    byte[] sent = digest.digest();
    return new LoadResult.Hash(
        "hash",
        bytes,
        seconds,
        Units.bitsPerSecond(bytes, seconds),
        HexFormat.of().formatHex(sent),
        HexFormat.of().formatHex(answer),
        Arrays.equals(sent, answer));
  }

  private final class Sender extends RunHandler {
    private final byte[] piece = new byte[PIECE];
    private long left = bytes;
    private boolean finished;

    Sender() {
      super(HashRun.this, LoadMode.HASH);
    }

    @Override
    void begin(ChannelHandlerContext ctx) {
      send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
      while (left > 0 && ctx.channel().isWritable()) {
        random.nextBytes(piece);
        int length = (int) Math.min(left, PIECE);
        digest.update(piece, 0, length);
        ctx.write(ctx.alloc().directBuffer(length).writeBytes(piece, 0, length), ctx.voidPromise());
        left -= length;
      }
      ctx.flush();
      if (left == 0 && !finished && ctx.channel().isWritable()) {
        finished = true;
        ctx.writeAndFlush(ctx.alloc().directBuffer(0))
            .addListener(sent -> ((DuplexChannel) ctx.channel()).shutdownOutput());
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (ctx.channel().isWritable()) {
        send(ctx);
      }
    }

    @Override
    void received(ChannelHandlerContext ctx, ByteBuf data) {
      int length = Math.min(answer.length - answered, data.readableBytes());
      data.readBytes(answer, answered, length);
      answered += length;
      if (answered == answer.length) {
        finish();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      gone(ctx.channel());
      fail(new EOFException("the peer closed the connection before it sent its hash"));
    }
  }
}
